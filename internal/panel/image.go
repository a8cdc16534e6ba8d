package panel

import (
	"cmp"
	"context"
	"errors"
	"io"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Image is what a disk starts from: an operating system of the provider's, or a
// snapshot of a customer's.
type Image struct {
	ID          int64
	Kind        ImageKind
	AccountID   int64  // whose it is; 0: the provider's
	Family      string // "Debian"; empty for snapshots
	Version     string // "13"
	Arch        string // "x86_64"
	Description string // what its owner calls a snapshot; a sentence about a system

	Digest       string // SHA-256 of the file in hexadecimal; empty: none, as simulated hypervisors need none
	Bytes        int64  // the length of the file, or what a snapshot takes
	VirtualGiB   int64  // the size of the disk in it
	MinDiskGiB   int64
	MinMemoryMiB int64

	State     ImageState
	Visible   bool   // offered to customers
	Source    string // the address that its file is fetched from; empty if it was sent
	Failure   string // why it could not be made, for people
	Labels    fleet.Labels
	CreatedAt billing.Instant
}

// ImageKind says where an image comes from.
type ImageKind string

// The kinds of images.
const (
	ImageSystem   ImageKind = "system"
	ImageSnapshot ImageKind = "snapshot"
)

// ImageState says how far an image has come.
type ImageState string

// The states of an image. A draft has no file yet; of one that failed, another
// can be imported. The file of one that is ready never changes.
const (
	ImageDraft     ImageState = "draft"
	ImageImporting ImageState = "importing"
	ImageReady     ImageState = "ready"
	ImageCreating  ImageState = "creating" // a snapshot that is being taken
	ImageDeleting  ImageState = "deleting" // a snapshot that is on its way out
	ImageFailed    ImageState = "failed"
	ImageRetired   ImageState = "retired" // not for new disks; what was made from it stays
)

// DefaultArch is the architecture of what does not say another.
const DefaultArch = "x86_64"

// Name is family and version, "Debian 13", or what a snapshot is called.
func (i Image) Name() string {
	if i.Kind == ImageSnapshot {
		return i.Description
	}
	return i.Family + " " + i.Version
}

// offeredTo says whether an account can have a disk made from the image.
func (i Image) offeredTo(account int64) bool {
	if i.State != ImageReady {
		return false
	}
	return i.Kind == ImageSystem && i.Visible || i.Kind == ImageSnapshot && i.AccountID == account
}

// file is the image as a driver knows it.
func (i Image) file() ImageFile {
	return ImageFile{Name: i.Name(), Digest: i.Digest, Bytes: i.Bytes}
}

// ImageFilter selects images, by ID.
type ImageFilter struct {
	Kind      ImageKind // empty: every kind
	AccountID int64     // 0: everybody's
	Digest    string
}

// ImageFiles keeps the files of images, each under the SHA-256 of what is in it.
type ImageFiles interface {
	// Put keeps what r gives until its end, and returns its digest and length.
	Put(ctx context.Context, r io.Reader) (digest string, bytes int64, err error)
	// Open opens a file, or returns ErrNotFound.
	Open(digest string) (io.ReadCloser, error)
	// Remove removes a file; doing it twice does it once.
	Remove(digest string) error
}

// Downloads fetches files from addresses that people name. An error that would
// come again has a method Permanent that says so.
type Downloads interface {
	Get(ctx context.Context, address string) (io.ReadCloser, error)
}

// WithImages gives the panel files of images, and a way to fetch more. Without
// them images can be offered only to simulated hypervisors.
func (p *Panel) WithImages(files ImageFiles, downloads Downloads) *Panel {
	p.files, p.downloads = files, downloads
	return p
}

// Images returns what the caller can have disks made from: the systems that are
// offered, and the snapshots of their account.
func (p *Panel) Images(ctx context.Context, who identity.Who) (images []Image, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		images, err = visible(listed(tx, ImageFilter{}), func(i Image) bool { return i.offeredTo(who.AccountID) })
		return err
	})
	return images, err
}

// listed is a list of images for visible.
func listed(tx Tx, f ImageFilter) func() ([]Image, error) {
	return func() ([]Image, error) { return tx.ListImages(f) }
}

// Image returns an image that is offered to the caller, or any for an
// administrator.
func (p *Panel) Image(ctx context.Context, who identity.Who, id int64) (image Image, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		image, err = tx.Image(id)
		if err == nil && !who.Admin() && !image.offeredTo(who.AccountID) {
			image, err = Image{}, ErrNotFound
		}
		return err
	})
	return image, err
}

// AdminImages returns the provider's images in every state.
func (p *Panel) AdminImages(ctx context.Context, who identity.Who) (images []Image, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		images, err = tx.ListImages(ImageFilter{Kind: ImageSystem})
		return err
	})
	return images, err
}

// checkImage returns an image that the account can have a disk of a size made
// from.
func (b *book) checkImage(id int64, size fleet.Resources) (Image, error) {
	image, err := b.tx.Image(id)
	if errors.Is(err, ErrNotFound) || (err == nil && !image.offeredTo(b.account.ID)) {
		return Image{}, invalid("image", "choose one of the images")
	}
	if err == nil {
		err = image.fits(size)
	}
	return image, err
}

// DiskGiB is the smallest disk that can be made from the image.
func (i Image) DiskGiB() int64 { return max(i.MinDiskGiB, i.VirtualGiB) }

// fits refuses a size that is too small for the image.
func (i Image) fits(size fleet.Resources) error {
	switch {
	case i.DiskGiB() > size.DiskGiB:
		return invalidf("image", "%s needs a disk of %d GiB; here it has %d", i.Name(), i.DiskGiB(), size.DiskGiB)
	case i.MinMemoryMiB > size.MemoryMiB:
		return invalidf("image", "%s needs %d MiB of memory; here there are %d", i.Name(), i.MinMemoryMiB, size.MemoryMiB)
	}
	return nil
}

// named fills in what an image is unless it says otherwise.
func (i Image) named() Image {
	i.Kind = cmp.Or(i.Kind, ImageSystem)
	i.Arch = cmp.Or(i.Arch, DefaultArch)
	return i
}
