package libvirt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// EnsureImage uploads an image that is not on the hypervisor, and goes on with
// that when the caller gives up. The digest is that of the bytes on their way; an
// upload that broke off is begun again, over what is there.
func (h *host) EnsureImage(ctx context.Context, image panel.ImageFile, source panel.ImageSource) error {
	return h.ask(ctx, "bring image", func(ctx context.Context, l *link) error {
		if image.Digest == "" {
			return nil
		}
		if !digest.MatchString(image.Digest) || image.Bytes <= 0 {
			return faulty(panel.InvalidSpec, "an image needs a digest in hexadecimal and a length")
		}
		name := imageName(image.Digest)
		if _, complete, err := h.complete(ctx, l, name); complete || err != nil {
			return err
		}
		return h.flights.join(ctx, h.alive, name, func(ctx context.Context) error {
			return h.bringImage(ctx, l, name, image, source)
		})
	})
}

func (h *host) bringImage(ctx context.Context, l *link, name string, image panel.ImageFile, source panel.ImageSource) error {
	if _, complete, err := h.complete(ctx, l, name); complete || err != nil {
		return err
	}
	file, err := source.Open(ctx)
	if err != nil {
		return &fault{panel.Transient, err}
	}
	defer file.Close()
	v, err := h.makeVolume(ctx, l, describeVolume(name, "qcow2", uint64(image.Bytes), ""))
	if err != nil {
		return err
	}
	hash := sha256.New()
	watched := io.TeeReader(&progress{Reader: file, source: source}, hash)
	if err := h.upload(ctx, v, watched, uint64(image.Bytes)); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != image.Digest {
		return errors.Join(
			faulty(panel.InvalidSpec, fmt.Sprintf("the image's digest is %s, not %s", got, image.Digest)),
			h.ensureNoVolume(ctx, l, name),
		)
	}
	return h.markComplete(ctx, l, name)
}

// progress says how far an upload is.
type progress struct {
	io.Reader
	source panel.ImageSource
	read   int64
}

func (p *progress) Read(data []byte) (int, error) {
	n, err := p.Reader.Read(data)
	p.read += int64(n)
	if n > 0 {
		p.source.Progress(p.read)
	}
	return n, err
}

// upload writes size bytes to the beginning of a volume, over a connection of its
// own: a slow disk would hold up everything else on this one.
func (h *host) upload(ctx context.Context, v rpc.Volume, from io.Reader, size uint64) error {
	conn, err := h.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := conn.Upload(ctx, v, size)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	n, err := io.Copy(stream, io.LimitReader(from, int64(size)))
	if err != nil {
		return err
	}
	if uint64(n) != size {
		return faulty(panel.InvalidSpec, fmt.Sprintf("there are %d bytes of %d", n, size))
	}
	return stream.Finish(ctx)
}
