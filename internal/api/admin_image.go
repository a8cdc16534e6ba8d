package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminImages = "/v1/admin/images"

func (s *server) adminImageOperations() {
	const tag = "Admin: images"
	whole(s, operation{
		id: "admin-list-images", tag: tag, path: adminImages, need: identity.ReadFleet, summary: "Every image",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.AdminImage, error) {
		all, err := s.Panel.AdminImages(ctx, who)
		return each(all, adminImage), err
	})
	post(s, operation{
		id: "admin-create-image", tag: tag, path: adminImages, need: identity.WriteCatalog, summary: "Offer an image", status: http.StatusCreated,
	}, s.createImage)
}

func adminImage(i panel.Image) client.AdminImage {
	return client.AdminImage{Image: image(i), Visible: i.Visible}
}

// newImageInput is an image to be offered.
type newImageInput struct {
	Keyed
	Body client.NewImage
}

func (s *server) createImage(ctx context.Context, who identity.Who, in *newImageInput) (out outcome[client.AdminImage], err error) {
	b := in.Body
	i, err := s.Panel.AddImage(ctx, who, panel.Image{Family: b.Family, Version: b.Version, MinDiskGiB: b.MinDiskGiB, Visible: *b.Visible})
	return created(adminImages, adminImage(i)), err
}
