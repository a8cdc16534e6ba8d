package panel_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// web is what there is to be fetched.
type web map[string]func() (io.ReadCloser, error)

func (w web) Get(_ context.Context, address string) (io.ReadCloser, error) { return w[address]() }

// lasting is an error that would come again.
type lasting struct{ error }

func (lasting) Permanent() bool { return true }

// withImages gives a provider a directory for images and what is to be fetched,
// and returns an image file, its digest, and what is in the directory.
func withImages(t *testing.T, p *provider, downloads web) (qcow2 []byte, digest string, kept func() int) {
	t.Helper()
	qcow2, err := os.ReadFile("../qcow2/testdata/plain.qcow2")
	p.must(err)
	dir := t.TempDir()
	p.WithImages(imagefile.Open(dir, 1<<20), downloads)
	sum := sha256.Sum256(qcow2)
	return qcow2, hex.EncodeToString(sum[:]), func() int {
		entries, err := os.ReadDir(dir)
		p.must(err)
		return len(entries)
	}
}

func (p *provider) draft(version string) panel.Image {
	p.t.Helper()
	image, err := p.SaveImage(ctx, admin, panel.Image{Family: "Debian", Version: version, Visible: true})
	p.must(err)
	return image
}

func (p *provider) image(id int64) panel.Image {
	p.t.Helper()
	image, err := p.Image(ctx, admin, id)
	p.must(err)
	return image
}

// TestAnImageIsImportedAndReachesItsHypervisor follows a file from an upload into
// an instance's disk.
func TestAnImageIsImportedAndReachesItsHypervisor(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		qcow2, digest, kept := withImages(t, p, nil)
		ida := p.customer("ida", 100*billing.Credit)
		order := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ImageID: p.draft("13").ID}
		_, err := p.CreateInstance(ctx, ida, order)
		invalidAt(t, err, "image") // a draft is nothing to start from

		image, err := p.ImportImage(ctx, admin, order.ImageID, bytes.NewReader(qcow2), strings.ToUpper(digest))
		p.must(err)
		if image.State != panel.ImageReady || image.Digest != digest || image.Bytes != int64(len(qcow2)) || image.VirtualGiB != 1 {
			t.Errorf("got %+v, want it ready with its file", image)
		}
		if got := p.image(image.ID); got.State != panel.ImageReady || got.Digest != digest {
			t.Errorf("what was written down is %+v", got)
		}
		_, err = p.ImportImage(ctx, admin, image.ID, bytes.NewReader(qcow2), "")
		refusedWith(t, err, panel.CodeConflict)

		web, err := p.CreateInstance(ctx, ida, order)
		p.must(err)
		p.work()
		if got := p.placed(web).Image; got.Digest != digest || got.Name != "Debian 13" {
			t.Errorf("the disk was made from %+v", got)
		}
		replicas, err := p.Replicas(ctx, admin, image.ID)
		p.must(err)
		want := panel.ImageReplica{ImageID: image.ID, HypervisorID: web.HypervisorID, State: panel.ReplicaReady, Bytes: image.Bytes, VerifiedAt: p.clock.now}
		if len(replicas) == 1 {
			want.TaskID = replicas[0].TaskID
		}
		if len(replicas) != 1 || replicas[0] != want {
			t.Errorf("got replicas %+v, want %+v", replicas, want)
		}
		p.addHost("hv2", 5)
		p.must(p.DistributeImage(ctx, admin, image.ID))
		p.work()
		if replicas, err = p.Replicas(ctx, admin, image.ID); err != nil || len(replicas) != 2 || replicas[1].State != panel.ReplicaReady {
			t.Errorf("got replicas %+v, %v, want one on each hypervisor", replicas, err)
		}

		p.must(p.RetireImage(ctx, admin, image.ID))
		p.must(p.RetireImage(ctx, admin, image.ID))
		offered, err := p.Images(ctx, ida)
		p.must(err)
		if len(offered) != 0 || kept() != 1 {
			t.Errorf("got %d images offered and %d files", len(offered), kept())
		}
		_, err = p.RebuildInstance(ctx, ida, web.ID, 0)
		invalidAt(t, err, "image")
		p.draft("13") // its name is free
		p.pass(2 * 3600)
		if got := kept(); got != 0 {
			t.Errorf("%d files are left, want that of the retired image gone", got)
		}
		if got := p.instance(ida, web.ID); got.Image != "Debian 13" || got.Status != fleet.StatusRunning {
			t.Errorf("the instance is %s on %s", got.Status, got.Image)
		}
		p.verify()
	})
}

// TestWhatIsNoImageIsRefused sends what must reach no hypervisor.
func TestWhatIsNoImageIsRefused(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	qcow2, digest, kept := withImages(t, p, nil)
	read := func(name string) []byte {
		content, err := os.ReadFile("../qcow2/testdata/" + name)
		p.must(err)
		return content
	}
	image := p.draft("13")
	for _, test := range []struct {
		name, field, says string
		file              io.Reader
		digest            string
	}{
		{"a backing file", "file", "has a backing file", bytes.NewReader(read("backed.qcow2")), ""},
		{"an external data file", "file", "external file", bytes.NewReader(read("external.qcow2")), ""},
		{"a raw disk", "file", "is not a qcow2 image", bytes.NewReader(make([]byte, 4096)), ""},
		{"nothing", "file", "is empty", strings.NewReader(""), ""},
		{"half an image", "file", "not within the file", bytes.NewReader(qcow2[:1100]), ""},
		{"too large", "file", "has more than", io.MultiReader(bytes.NewReader(qcow2), bytes.NewReader(make([]byte, 1<<20))), ""},
		{"another digest", "digest", "is not that of the file", bytes.NewReader(qcow2), strings.Repeat("0", 64)},
		{"no digest", "digest", "64 hexadecimal digits", bytes.NewReader(qcow2), "abc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := p.ImportImage(ctx, admin, image.ID, test.file, test.digest)
			invalidAt(t, err, test.field)
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
			if got := p.image(image.ID); got.State == panel.ImageReady || got.State == panel.ImageImporting || kept() != 0 {
				t.Errorf("the image is %s, and %d files are kept", got.State, kept())
			}
		})
	}
	if _, err := p.ImportImage(ctx, admin, image.ID, iotest.ErrReader(errors.New("gone")), ""); err == nil || p.image(image.ID).State != panel.ImageFailed {
		t.Errorf("broken off: got %v, image %s", err, p.image(image.ID).State)
	}
	ida := p.customer("ida", 0)
	_, err := p.ImportImage(ctx, ida, image.ID, bytes.NewReader(qcow2), "")
	if !errors.Is(err, panel.ErrForbidden) {
		t.Errorf("a customer: got %v", err)
	}
	if _, err := p.ImportImage(ctx, admin, image.ID, bytes.NewReader(qcow2), digest); err != nil {
		t.Errorf("after what failed: %v", err)
	}
}

func TestAnImageIsFetched(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	var qcow2 []byte
	gone, tries := errors.New("no answer"), 0
	fetch := web{
		"https://a.test/good": func() (io.ReadCloser, error) {
			if tries++; tries == 1 {
				return nil, gone
			}
			return io.NopCloser(bytes.NewReader(qcow2)), nil
		},
		"https://a.test/inside": func() (io.ReadCloser, error) { return nil, lasting{errors.New("not a public address")} },
		"https://a.test/raw":    func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("MZ")), nil },
		"https://a.test/down":   func() (io.ReadCloser, error) { return nil, gone },
	}
	var digest string
	qcow2, digest, kept := withImages(t, p, fetch)
	image := p.draft("13")
	from := func(id int64, address, digest string) error {
		_, err := p.ImportImageFrom(ctx, admin, id, address, digest)
		return err
	}
	refusedWith(t, from(image.ID, "https://a.test/good", digest), panel.CodeConflict) // it is off
	p.settings(func(s *panel.Settings) { s.ImageURLs = true })
	invalidAt(t, from(image.ID, "http://a.test/good", digest), "url")
	invalidAt(t, from(image.ID, "https://a.test/good", ""), "digest")

	p.must(from(image.ID, "https://a.test/good", digest))
	p.work()
	if got := p.image(image.ID).State; got != panel.ImageImporting {
		t.Errorf("after one try the image is %s", got)
	}
	p.pass(10)
	if got := p.image(image.ID); got.State != panel.ImageReady || got.Source != "https://a.test/good" || got.VirtualGiB != 1 {
		t.Errorf("got %+v, want it ready", got)
	}
	for n, test := range []struct{ address, says string }{
		{"https://a.test/inside", "could not be read"},
		{"https://a.test/raw", "is not a qcow2 image"},
		{"https://a.test/down", "in time"},
	} {
		failed := p.draft(strings.Repeat("x", n+1))
		p.must(from(failed.ID, test.address, digest))
		p.work()
		for range 20 {
			p.pass(600)
		}
		if got := p.image(failed.ID); got.State != panel.ImageFailed || !strings.Contains(got.Failure, test.says) {
			t.Errorf("%s: got %s, %q, want it failed because it %s", test.address, got.State, got.Failure, test.says)
		}
	}
	if got := kept(); got != 1 {
		t.Errorf("%d files are kept, want the good one", got)
	}
}

// TestAFileThatIsGoneFailsTheOrder loses the panel's file before a hypervisor has
// it.
func TestAFileThatIsGoneFailsTheOrder(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	qcow2, _, _ := withImages(t, p, nil)
	image := p.draft("13")
	_, err := p.ImportImage(ctx, admin, image.ID, bytes.NewReader(qcow2), "")
	p.must(err)
	p.WithImages(imagefile.Open(t.TempDir(), 1<<20), nil)
	ida := p.customer("ida", 100*billing.Credit)
	web, err := p.CreateInstance(ctx, ida, panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ImageID: image.ID, Off: true})
	p.must(err)
	p.work()
	if got := p.instance(ida, web.ID); got.Lifecycle != fleet.LifecycleFailed {
		t.Errorf("the instance is %s", got.Status)
	}
	replicas, err := p.Replicas(ctx, admin, image.ID)
	p.must(err)
	if len(replicas) != 1 || replicas[0].State != panel.ReplicaFailed || replicas[0].Error == "" {
		t.Errorf("got replicas %+v, want one that failed", replicas)
	}
	if got := p.summary(ida).Balance; got != 100*billing.Credit {
		t.Errorf("the balance is %s, want nothing charged", got)
	}
	again, err := p.RetryInstance(ctx, ida, web.ID)
	p.must(err)
	if again.Name != "web" || again.ImageID != image.ID || again.DesiredPower != fleet.PowerOff {
		t.Errorf("ordered again, it is %s of image %d and should be %s, want web of %d, off", again.Name, again.ImageID, again.DesiredPower, image.ID)
	}
}
