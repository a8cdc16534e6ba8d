package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminImages = "/v1/admin/images"

func (s *server) adminImageOperations() {
	const tag, one = "Admin: images", adminImages + "/{id}"
	whole(s, operation{
		id: "admin-list-images", tag: tag, path: adminImages, need: identity.ReadFleet, summary: "Every image",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.AdminImage, error) {
		all, err := s.Panel.AdminImages(ctx, who)
		return each(all, adminImage), err
	})
	post(s, operation{
		id: "admin-create-image", tag: tag, path: adminImages, need: identity.WriteCatalog, summary: "Offer an image", status: http.StatusCreated,
		text: "One that is a draft gets its file then, sent or fetched.",
	}, s.createImage)
	get(s, operation{
		id: "admin-get-image", tag: tag, path: one, need: identity.ReadFleet, summary: "An image",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.AdminImage, error) {
		return s.adminImage(ctx, who, in.ID)
	})
	patch(s, operation{
		id: "admin-change-image", tag: tag, path: one, need: identity.WriteCatalog,
		summary: "Change what is said about an image", text: "Its file never changes.",
	}, s.changeImage)
	post(s, operation{
		id: "import-image", tag: tag, path: one + "/import", need: identity.WriteCatalog, status: http.StatusAccepted, errors: []int{http.StatusConflict},
		summary: "Fetch the file of an image from an address", text: "Where the settings allow it. The image's state says how that went.",
	}, s.importImage)
	register(s, operation{
		id: "upload-image", tag: tag, method: http.MethodPut, path: one + "/file", need: identity.WriteCatalog, errors: []int{http.StatusConflict},
		summary: "Send the file of an image", text: "The body is a qcow2 image that stands alone, without another one behind it.", takes: fileType,
	}, s.uploadImage)
	post(s, operation{
		id: "retire-image", tag: tag, path: one + "/retire", need: identity.WriteCatalog, status: http.StatusOK, errors: []int{http.StatusConflict},
		summary: "Withdraw an image for good", text: "Instances that have it keep their disks, and cannot be rebuilt from it any more. Its file is removed.",
	}, func(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.AdminImage], err error) {
		if err := s.Panel.RetireImage(ctx, who, in.ID); err != nil {
			return out, err
		}
		out.Body, err = s.adminImage(ctx, who, in.ID)
		return out, err
	})
	whole(s, operation{
		id: "list-replicas", tag: tag, path: one + "/replicas", need: identity.ReadFleet, summary: "On which hypervisors an image's file is, or on its way",
	}, s.listReplicas)
	post(s, operation{
		id: "distribute-image", tag: tag, path: one + "/distribute", need: identity.WriteCatalog, status: http.StatusAccepted, errors: []int{http.StatusConflict},
		summary: "Bring an image's file to hypervisors", text: "Before anybody asks for it there. The replicas say how far they are.",
	}, s.distributeImage)
}

func adminImage(i panel.Image) client.AdminImage {
	return client.AdminImage{
		Image: image(i), Description: i.Description, State: string(i.State), Visible: i.Visible, Arch: i.Arch, MinMemoryMiB: i.MinMemoryMiB,
		Digest: i.Digest, Bytes: i.Bytes, VirtualGiB: i.VirtualGiB, Source: i.Source, Failure: i.Failure, CreatedAt: i.CreatedAt.Time(),
	}
}

// adminImage is an image of the provider's. Snapshots belong to customers.
func (s *server) adminImage(ctx context.Context, who identity.Who, id int64) (client.AdminImage, error) {
	i, err := s.Panel.Image(ctx, who, id)
	if err == nil && i.Kind != panel.ImageSystem {
		err = panel.ErrNotFound
	}
	return adminImage(i), err
}

// newImageInput is an image to be offered.
type newImageInput struct {
	Keyed
	Body client.NewImage
}

func (s *server) createImage(ctx context.Context, who identity.Who, in *newImageInput) (out outcome[client.AdminImage], err error) {
	b, save := in.Body, s.Panel.AddImage
	if b.Draft {
		save = s.Panel.SaveImage
	}
	i, err := save(ctx, who, panel.Image{
		Family: b.Family, Version: b.Version, Arch: b.Arch, Description: b.Description, MinDiskGiB: b.MinDiskGiB, MinMemoryMiB: b.MinMemoryMiB, Visible: *b.Visible,
	})
	return created(fmt.Sprint(adminImages, "/", i.ID), adminImage(i)), err
}

// imageChange is a change of an image.
type imageChange struct {
	ByID
	Body client.ImageChange
}

func (s *server) changeImage(ctx context.Context, who identity.Who, in *imageChange) (out client.AdminImage, err error) {
	err = s.Panel.Alone(ctx, who, identity.WriteCatalog, func(ctx context.Context) error {
		i, err := s.Panel.Image(ctx, who, in.ID)
		if err != nil {
			return err
		}
		put(&i.Family, in.Body.Family)
		put(&i.Version, in.Body.Version)
		put(&i.Description, in.Body.Description)
		put(&i.MinDiskGiB, in.Body.MinDiskGiB)
		put(&i.MinMemoryMiB, in.Body.MinMemoryMiB)
		put(&i.Visible, in.Body.Visible)
		i, err = s.Panel.SaveImage(ctx, who, i)
		out = adminImage(i)
		return err
	})
	return out, err
}

// importInput names an image and where its file is.
type importInput struct {
	ByID
	Keyed
	Body client.ImageImport
}

func (s *server) importImage(ctx context.Context, who identity.Who, in *importInput) (out outcome[client.AdminImage], err error) {
	i, err := s.Panel.ImportImageFrom(ctx, who, in.ID, in.Body.URL, in.Body.Digest)
	out.Body = adminImage(i)
	return out, err
}

// fileType is what files of images are sent as.
const fileType = "application/octet-stream"

// uploadQuery says whose file is sent. The file itself is not read before
// everything else was checked.
type uploadQuery struct {
	ByID
	Digest string `query:"digest" maxLength:"64" doc:"Its SHA-256, if it is to be checked."`
}

func (s *server) uploadImage(ctx context.Context, who identity.Who, in *uploadQuery) (*found[client.AdminImage], error) {
	i, err := s.Panel.ImportImage(ctx, who, in.ID, callOf(ctx).file, in.Digest)
	return &found[client.AdminImage]{adminImage(i)}, err
}

func (s *server) listReplicas(ctx context.Context, who identity.Who, in *ByID) ([]client.ImageReplica, error) {
	if _, err := s.adminImage(ctx, who, in.ID); err != nil {
		return nil, err
	}
	all, err := s.Panel.Replicas(ctx, who, in.ID)
	return each(all, func(r panel.ImageReplica) client.ImageReplica {
		return client.ImageReplica{HypervisorID: r.HypervisorID, State: string(r.State), Bytes: r.Bytes, VerifiedAt: moment(r.VerifiedAt), Error: r.Error}
	}), err
}

// distributionInput names an image and where its file is to go.
type distributionInput struct {
	ByID
	Keyed
	Body client.Distribution
}

func (s *server) distributeImage(ctx context.Context, who identity.Who, in *distributionInput) (out outcome[client.AdminImage], err error) {
	if err := s.Panel.DistributeImage(ctx, who, in.ID, in.Body.HypervisorIDs...); err != nil {
		return out, err
	}
	out.Body, err = s.adminImage(ctx, who, in.ID)
	return out, err
}
