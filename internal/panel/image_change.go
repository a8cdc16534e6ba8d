package panel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"accrue/internal/identity"
)

// arches are the architectures that images can be for.
var arches = []string{DefaultArch, "aarch64"}

// AddImage offers an operating system without a file, for simulated hypervisors.
func (p *Panel) AddImage(ctx context.Context, who identity.Who, image Image) (Image, error) {
	image = image.named()
	image.State = ImageReady
	return p.saveImage(ctx, who, image)
}

// SaveImage makes the draft of an operating system, into which a file is imported
// then, or changes what is said about the one with its ID. What its file is, and
// how far it has come, is not changed.
func (p *Panel) SaveImage(ctx context.Context, who identity.Who, image Image) (Image, error) {
	image = image.named()
	image.State = ImageDraft
	return p.saveImage(ctx, who, image)
}

func (p *Panel) saveImage(ctx context.Context, who identity.Who, image Image) (Image, error) {
	if err := checkImageWords(image); err != nil {
		return image, err
	}
	err := p.change(ctx, who, identity.WriteCatalog, func(tx Tx) (err error) {
		if image.ID == 0 {
			image.CreatedAt = tx.Now()
			image.ID, err = tx.InsertImage(image)
		} else {
			image, err = updateImage(tx, image)
		}
		if errors.Is(err, ErrExists) {
			return &Invalid{Field: "version", Message: "there is an image " + image.Name() + " already", Code: CodeNameTaken}
		}
		if err != nil {
			return err
		}
		return audit(tx, who, "image.save", fmt.Sprintf("image:%d", image.ID), image.Name())
	})
	return image, err
}

// updateImage changes what is said about an image of the provider's.
func updateImage(tx Tx, said Image) (Image, error) {
	image, err := systemImage(tx, said.ID)
	if err != nil {
		return said, err
	}
	image.Family, image.Version, image.Arch, image.Description = said.Family, said.Version, said.Arch, said.Description
	image.MinDiskGiB, image.MinMemoryMiB, image.Visible, image.Labels = said.MinDiskGiB, said.MinMemoryMiB, said.Visible, said.Labels
	if image.State == ImageRetired {
		image.Visible = false
	}
	return image, tx.UpdateImage(image)
}

func systemImage(tx Tx, id int64) (Image, error) {
	image, err := tx.Image(id)
	if err == nil && image.Kind != ImageSystem {
		return Image{}, ErrNotFound
	}
	return image, err
}

func checkImageWords(i Image) error {
	if err := checkLabel("family", i.Family); err != nil {
		return err
	}
	if err := checkLabel("version", i.Version); err != nil {
		return err
	}
	switch {
	case !slices.Contains(arches, i.Arch):
		return invalidf("arch", "must be %s or %s", arches[0], arches[1])
	case len(i.Description) > 500:
		return invalid("description", "must be at most 500 characters")
	case i.MinDiskGiB < 0 || i.MinDiskGiB > 1<<20:
		return invalid("min_disk_gib", "must be between 0 and 1048576")
	case i.MinMemoryMiB < 0 || i.MinMemoryMiB > 1<<30:
		return invalid("min_memory_mib", "must be between 0 and 1073741824")
	}
	return checkLabels(i.Labels)
}

// retiredFor is how long the file of a retired image is kept, for orders that
// were accepted before.
const retiredFor = 2 * createExpiry

// RetireImage withdraws an image for good. Instances that have it keep their
// disks, and cannot be rebuilt from it any more; its file is removed.
func (p *Panel) RetireImage(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		image, err := systemImage(tx, id)
		if err != nil || image.State == ImageRetired {
			return err
		}
		settings, err := tx.Settings()
		if err != nil {
			return err
		}
		if settings.RescueImage == id {
			return refuse(CodeInUse, "%s is the image that instances are rescued with. Choose another in the settings first.", image.Name())
		}
		image.State, image.Visible = ImageRetired, false
		if err := tx.UpdateImage(image); err != nil {
			return err
		}
		if image.Digest != "" {
			t := Task{Kind: TaskForget, ImageID: id, RunAt: tx.Now() + retiredFor, RequestedBy: who.Actor()}
			if err := insertTask(tx, t, tx.Now()); err != nil {
				return err
			}
		}
		return audit(tx, who, "image.retire", fmt.Sprintf("image:%d", id), image.Name())
	})
}

// performForget removes the file of a retired image, unless another image is the
// same file.
func (p *Panel) performForget(ctx context.Context, t *Task) error {
	var image Image
	err := p.view(ctx, func(tx Tx) (err error) {
		image, err = tx.Image(t.ImageID)
		return err
	})
	if err != nil || p.files == nil {
		return err
	}
	return p.discard(ctx, image.Digest)
}
