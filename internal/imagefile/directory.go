// Package imagefile keeps the files of images in a directory, each under the
// SHA-256 of what is in it: nobody chooses a name, what is there twice is kept
// once, and what is being written has no name yet. Several panels may share a
// directory.
package imagefile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"accrue/internal/panel"
)

// Directory is a panel.ImageFiles.
type Directory struct {
	path     string
	maxBytes int64
}

var _ panel.ImageFiles = (*Directory)(nil)

// Open returns the directory at a path, which is made when it is needed. A file
// of it has at most maxBytes.
func Open(path string, maxBytes int64) *Directory {
	return &Directory{path: path, maxBytes: maxBytes}
}

// Put keeps what r gives until its end, and returns its digest and length. An
// error leaves nothing.
func (d *Directory) Put(ctx context.Context, r io.Reader) (digest string, bytes int64, err error) {
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return "", 0, fmt.Errorf("image directory: %w", err)
	}
	d.sweep(time.Now().Add(-abandoned))
	file, err := os.CreateTemp(d.path, ".new-*")
	if err != nil {
		return "", 0, fmt.Errorf("image directory: %w", err)
	}
	defer func() {
		_ = file.Close()           // a second time after all went well
		_ = os.Remove(file.Name()) // has another name by then
	}()
	hash := sha256.New()
	bytes, err = io.Copy(io.MultiWriter(file, hash), io.LimitReader(whileWanted{ctx, r}, d.maxBytes+1))
	if err == nil && bytes > d.maxBytes {
		err = &panel.Invalid{Field: "file", Message: fmt.Sprintf("has more than %d GiB", d.maxBytes>>30)}
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", 0, fmt.Errorf("write image: %w", err)
	}
	digest = hex.EncodeToString(hash.Sum(nil))
	if err := os.Rename(file.Name(), d.name(digest)); err != nil {
		return "", 0, fmt.Errorf("image %s: %w", digest, err)
	}
	return digest, bytes, nil
}

// abandoned is how long nobody writes to what whoever began it has died over.
const abandoned = time.Hour

// sweep removes what was begun and not written to since an instant. What cannot be
// removed waits for the next time.
func (d *Directory) sweep(since time.Time) {
	begun, _ := filepath.Glob(filepath.Join(d.path, ".new-*")) // the pattern is right
	for _, path := range begun {
		if info, err := os.Stat(path); err == nil && info.ModTime().Before(since) {
			_ = os.Remove(path)
		}
	}
}

// Open opens a file, or returns panel.ErrNotFound.
func (d *Directory) Open(digest string) (io.ReadCloser, error) {
	file, err := os.Open(d.name(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("image %s: %w", digest, panel.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open image: %w", err)
	}
	return file, nil
}

// Remove removes a file. Whoever reads it reads on.
func (d *Directory) Remove(digest string) error {
	err := os.Remove(d.name(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// name is where a file is. What is no digest names a file that cannot be there.
func (d *Directory) name(digest string) string {
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		digest = "none"
	}
	return filepath.Join(d.path, digest)
}

// whileWanted is a reader that ends with a context.
type whileWanted struct {
	ctx context.Context
	io.Reader
}

func (r whileWanted) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
