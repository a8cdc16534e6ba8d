package panel

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/qcow2"
)

// importExpiry is how long fetching a file may take, with all its tries.
const importExpiry = 2 * billing.Hour

// ImportImage reads the file of a draft, or of an image whose import failed, to
// its end. It has to be a qcow2 image that stands alone, and to have the digest
// unless that is empty. What is wrong with it is an *Invalid of the field file
// or digest, and is kept as the image's failure.
func (p *Panel) ImportImage(ctx context.Context, who identity.Who, id int64, file io.Reader, digest string) (Image, error) {
	image, err := p.beginImport(ctx, who, id, "", digest)
	if err != nil {
		return image, err
	}
	received, err := p.receive(ctx, image, file)
	ctx = context.WithoutCancel(ctx) // whoever sent half a file and hung up
	if err != nil {
		return image, errors.Join(err, p.update(ctx, func(tx Tx) error { return failImport(tx, id, importFailure(err)) }))
	}
	return received, p.update(ctx, func(tx Tx) error { return endImport(tx, received) })
}

// ImportImageFrom fetches the file of a draft from an address, where the settings
// allow it. The digest is not optional: an address can lead to anything.
func (p *Panel) ImportImageFrom(ctx context.Context, who identity.Who, id int64, address, digest string) (Image, error) {
	if digest == "" {
		return Image{}, invalid("digest", "give the SHA-256 of the file, as whoever publishes it says")
	}
	if !strings.HasPrefix(address, "https://") || len(address) > 1000 {
		return Image{}, invalid("url", "must be an address such as https://example.org/image.qcow2")
	}
	return p.beginImport(ctx, who, id, address, digest)
}

// beginImport notes that a file is on its way. One that has to be fetched is a
// task.
func (p *Panel) beginImport(ctx context.Context, who identity.Who, id int64, address, digest string) (image Image, err error) {
	digest = strings.ToLower(strings.TrimSpace(digest))
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != 32 && digest != "" {
		return image, invalid("digest", "must be a SHA-256, which has 64 hexadecimal digits")
	}
	err = p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		if image, err = systemImage(tx, id); err != nil {
			return err
		}
		settings, err := tx.Settings()
		switch {
		case err != nil:
			return err
		case p.files == nil || (address != "" && p.downloads == nil):
			return refuse(CodeConflict, "This panel has no directory for image files.")
		case address != "" && !settings.ImageURLs:
			return refuse(CodeConflict, "Fetching images from addresses is off. It can be allowed in the settings.")
		case image.State == ImageReady || image.State == ImageRetired:
			return refuse(CodeConflict, "%s has its file, which never changes. Make another image.", image.Name())
		}
		image.State, image.Failure, image.Source, image.Digest = ImageImporting, "", address, digest
		if err := tx.UpdateImage(image); err != nil {
			return err
		}
		if address != "" {
			t := Task{Kind: TaskImport, ImageID: id, ExpiresAt: tx.Now() + importExpiry, RequestedBy: who.Actor()}
			if err := insertTask(tx, t, tx.Now()); err != nil {
				return err
			}
		}
		return audit(tx, who, "image.import", fmt.Sprintf("image:%d", id), image.Name())
	})
	return image, err
}

// receive keeps a file that passes the gate, and returns its image as it is with
// it. Of a file that does not, nothing is kept.
func (p *Panel) receive(ctx context.Context, image Image, file io.Reader) (Image, error) {
	expected := image.Digest
	looked, err := p.admit(ctx, &image, file)
	if err == nil && expected != "" && image.Digest != expected {
		err = invalidf("digest", "is not that of the file, which has %s", image.Digest)
	}
	if err != nil {
		return image, errors.Join(err, p.discard(context.WithoutCancel(ctx), image.Digest))
	}
	image.VirtualGiB = (looked.VirtualSize + 1<<30 - 1) >> 30
	image.State = ImageReady
	return image, nil
}

// admit lets a file in that is what it should be. It is looked at before a byte
// of it is kept, and again when its length is known.
func (p *Panel) admit(ctx context.Context, image *Image, file io.Reader) (looked qcow2.Image, err error) {
	begin := make([]byte, qcow2.Header)
	n, err := io.ReadFull(file, begin)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return looked, err
	}
	begin = begin[:n]
	if _, err := qcow2.Check(begin, math.MaxInt64); err != nil {
		return looked, invalid("file", err.Error())
	}
	if image.Digest, image.Bytes, err = p.files.Put(ctx, io.MultiReader(bytes.NewReader(begin), file)); err != nil {
		image.Digest, image.Bytes = "", 0
		return looked, err
	}
	if looked, err = qcow2.Check(begin, image.Bytes); err != nil {
		return looked, invalid("file", err.Error())
	}
	return looked, nil
}

// discard removes a file that no image has.
func (p *Panel) discard(ctx context.Context, digest string) error {
	if digest == "" {
		return nil
	}
	var same []Image
	err := p.view(ctx, func(tx Tx) (err error) {
		same, err = tx.ListImages(ImageFilter{Digest: digest})
		return err
	})
	if err != nil || slices.ContainsFunc(same, func(i Image) bool { return i.State != ImageRetired }) {
		return err
	}
	return p.files.Remove(digest)
}

// endImport writes down what an import has come to, unless another one of the
// same image was quicker.
func endImport(tx Tx, received Image) error {
	image, err := tx.Image(received.ID)
	if err != nil || image.State != ImageImporting {
		return err
	}
	image.Digest, image.Bytes, image.VirtualGiB, image.State = received.Digest, received.Bytes, received.VirtualGiB, received.State
	return tx.UpdateImage(image)
}

// importFailure says for people why an import failed.
func importFailure(err error) string {
	var refused *Invalid
	if errors.As(err, &refused) {
		return "The " + refused.Field + " " + refused.Message + "."
	}
	return "The file could not be read to its end."
}

// failImport notes that an image has no file yet, and why.
func failImport(tx Tx, id int64, why string) error {
	image, err := tx.Image(id)
	if err != nil || image.State != ImageImporting {
		return err
	}
	image.State, image.Failure = ImageFailed, why
	return tx.UpdateImage(image)
}

// performImport fetches the file of an image.
func (p *Panel) performImport(ctx context.Context, t *Task) error {
	var image Image
	err := p.view(ctx, func(tx Tx) (err error) {
		image, err = tx.Image(t.ImageID)
		return err
	})
	if err != nil || image.State != ImageImporting {
		return err
	}
	if err := p.step(ctx, t, StepFetch); err != nil {
		return err
	}
	received, err := p.fetch(ctx, image)
	if err != nil {
		return err
	}
	return ignoreReplaced(p.update(ctx, func(tx Tx) error {
		if err := finish(tx, t, TaskSucceeded); err != nil {
			return err
		}
		return endImport(tx, received)
	}))
}

// fetch receives a file from an image's address. What would fail again is not
// tried again.
func (p *Panel) fetch(ctx context.Context, image Image) (Image, error) {
	body, err := p.downloads.Get(ctx, image.Source)
	if err == nil {
		defer body.Close()
		image, err = p.receive(ctx, image, body)
	}
	if err == nil {
		return image, nil
	}
	kind := Transient
	var invalid *Invalid
	var refused interface{ Permanent() bool }
	if errors.As(err, &invalid) || (errors.As(err, &refused) && refused.Permanent()) {
		kind = InvalidSpec
	}
	return image, &DriverError{Kind: kind, Operation: "fetch image", Hypervisor: "panel", Err: err}
}
