package labtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"accrue/internal/panel"
)

// Guest is an image that tests boot, and its own panel.ImageSource.
type Guest struct {
	panel.ImageFile
	Path string
}

// Image returns the lab's guest, which says on its serial port what it sees and
// does what it is asked to: scripts/lab/guest.
func Image(t testing.TB) Guest { return image(t, "lab") }

// Quick returns a guest that boots in a second or two, sends something into its
// network, and heeds nothing.
func Quick(t testing.TB) Guest { return image(t, "quick") }

// image returns an image, which is made once for a machine and version of the
// script that makes it.
func image(t testing.TB, name string) Guest {
	t.Helper()
	need(t)
	path := script(t, "guest")
	maker, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "accrue", "lab-"+hexDigest(maker)[:16])
	if output, err := exec.Command(path, dir).CombinedOutput(); err != nil {
		t.Fatalf("make guests: %v\n%s", err, output)
	}
	g := Guest{Path: filepath.Join(dir, name+".qcow2")}
	content, err := os.ReadFile(g.Path)
	if err != nil {
		t.Fatal(err)
	}
	g.ImageFile = panel.ImageFile{Name: name, Digest: hexDigest(content), Bytes: int64(len(content))}
	return g
}

func hexDigest(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// Open opens the image's file.
func (g Guest) Open(context.Context) (io.ReadCloser, error) { return os.Open(g.Path) }

// Progress does nothing: the image is small.
func (g Guest) Progress(int64) {}
