package paneltest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// memory is an image source that keeps count.
type memory struct {
	content []byte
	fails   error // instead of the end
	opened  int
	told    []int64
}

func (m *memory) Open(context.Context) (io.ReadCloser, error) {
	m.opened++
	var file io.Reader = bytes.NewReader(m.content)
	if m.fails != nil {
		file = io.MultiReader(file, broken{m.fails})
	}
	return io.NopCloser(file), nil
}

func (m *memory) Progress(bytes int64) { m.told = append(m.told, bytes) }

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func bringing(t *testing.T, d *driven) {
	if d.Image == nil {
		t.Skip("this hypervisor takes no files")
	}
	sum := sha256.Sum256(d.Image)
	image := panel.ImageFile{Name: "small", Digest: hex.EncodeToString(sum[:]), Bytes: int64(len(d.Image))}
	m := d.machine()
	m.Image = image
	if err := d.Driver.EnsureDisk(t.Context(), m); err == nil {
		t.Error("a disk was made from an image that is not there")
	}
	cut := &memory{content: d.Image[:len(d.Image)/2], fails: errors.New("broken off")}
	if err := d.Driver.EnsureImage(t.Context(), image, cut); err == nil {
		t.Error("half a file was taken")
	}
	other := bytes.Clone(d.Image)
	other[len(other)-1] ^= 1
	d.wantKind("another file", d.Driver.EnsureImage(t.Context(), image, &memory{content: other}), panel.InvalidSpec)
	if err := d.Driver.EnsureDisk(t.Context(), m); err == nil {
		t.Error("a disk was made from what was not taken")
	}
	whole := &memory{content: d.Image}
	for range 2 {
		if err := d.Driver.EnsureImage(t.Context(), image, whole); err != nil {
			t.Fatalf("bring image: %v", err)
		}
		d.Driver = d.Reopen()
	}
	if whole.opened != 1 {
		t.Errorf("the file was opened %d times, want once", whole.opened)
	}
	last := int64(0)
	for _, told := range whole.told {
		if told < last {
			t.Errorf("progress went back from %d to %d", last, told)
		}
		last = told
	}
	if last != image.Bytes {
		t.Errorf("progress ended at %d, want %d", last, image.Bytes)
	}
	d.do(creation(m)...)
	d.wantPower("made from it", m.UID, fleet.PowerOn)
}
