package imagefile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"accrue/internal/panel"
)

// abc is the SHA-256 of "abc", from FIPS 180-2.
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

func files(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return len(entries)
}

func TestFilesAreKeptUnderTheirDigest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "images")
	d := Open(dir, 1<<20)
	for range 2 {
		digest, bytes, err := d.Put(t.Context(), strings.NewReader("abc"))
		if err != nil || digest != abc || bytes != 3 {
			t.Fatalf("got %s, %d bytes, %v", digest, bytes, err)
		}
	}
	if got := files(t, dir); got != 1 {
		t.Errorf("got %d files, want what is there twice once", got)
	}
	file, err := d.Open(abc)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for range 2 {
		if err := d.Remove(abc); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := io.ReadAll(file); string(got) != "abc" || err != nil {
		t.Errorf("got %q, %v from a file that was removed meanwhile", got, err)
	}
	if _, err := d.Open(abc); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("got %v, want it not found", err)
	}
}

func TestWhatCannotBeKeptLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	d := Open(dir, 3)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("broken")
	var large *panel.Invalid
	if _, _, err := d.Put(t.Context(), strings.NewReader("abcd")); !errors.As(err, &large) || large.Field != "file" {
		t.Errorf("too large: got %v", err)
	}
	if _, _, err := d.Put(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("cut off: got %v", err)
	}
	if _, _, err := d.Put(gone, strings.NewReader("abc")); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: got %v", err)
	}
	if got := files(t, dir); got != 0 {
		t.Errorf("%d files are left", got)
	}
}

func TestNoNameLeadsOutOfTheDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := Open(filepath.Join(dir, "images"), 3)
	for _, name := range []string{"", "../secret", "/etc/passwd", abc[:63], abc + "/../../secret", strings.Repeat("g", 64)} {
		if _, err := d.Open(name); !errors.Is(err, panel.ErrNotFound) {
			t.Errorf("%q: got %v, want it not found", name, err)
		}
		if err := d.Remove(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := files(t, dir); got != 1 {
		t.Errorf("%d files are left, want the secret", got)
	}
}

// What a panel began that was killed is not there for ever, and what another one
// writes at this moment is left alone.
func TestWhatWasBegunIsRemovedLater(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, ".new-1"), filepath.Join(dir, ".new-2")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("ab"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(dir, 1<<20).Put(t.Context(), strings.NewReader("abc")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{old: false, young: true, filepath.Join(dir, abc): true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: got %v, want it there: %t", path, err, want)
		}
	}
}
