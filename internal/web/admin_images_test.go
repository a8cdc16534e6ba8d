package web

import (
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// unreachable is where nothing can be fetched.
type unreachable struct{}

func (unreachable) Get(context.Context, string) (io.ReadCloser, error) {
	return nil, errors.New("there is nothing")
}

// upload sends a file through the form, with a digest before it.
func (c *customer) upload(path, file, digest string) answer {
	c.t.Helper()
	content, err := os.ReadFile(file)
	c.must(err)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	c.must(form.WriteField("digest", digest))
	part, err := form.CreateFormFile("file", "image.qcow2")
	c.must(err)
	_, err = part.Write(content)
	c.must(err)
	c.must(form.Close())
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return c.send(r)
}

func TestAnImageIsSentAndDistributed(t *testing.T) {
	k := newConsole(t)
	k.WithImages(imagefile.Open(t.TempDir(), 1<<30), unreachable{})
	root := k.admin()
	made := root.post("/admin/images/new", "family", "Void", "version", "2026", "arch", "x86_64", "min_disk_gib", "1", "visible", "on").to()
	root.has(root.get(made), http.StatusOK, "Waits for its file", "Fetching from addresses is off")
	root.has(root.get("/admin/images"), http.StatusOK, "Void 2026")
	root.has(root.post("/admin/images/new", "family", "Void", "version", "2026", "arch", "x86_64"), http.StatusUnprocessableEntity, "There is an image Void 2026 already")

	for file, says := range map[string]string{"backed": "has a backing file", "plain": "Digest is not that of the file"} {
		if a := root.upload(made+"/file", "../qcow2/testdata/"+file+".qcow2", strings.Repeat("0", 64)); a.to() != made {
			t.Errorf("%s: got %d to %q", file, a.Code, a.to())
		}
		root.has(root.get(made), http.StatusOK, says, "Not imported")
	}
	if a := root.upload(made+"/file", "../qcow2/testdata/plain.qcow2", ""); a.to() != made {
		t.Errorf("got %d to %q", a.Code, a.to())
	}
	root.has(root.get(made), http.StatusOK, "Void 2026 is ready", "Not there")
	root.post(made+"/distribute", "hypervisor", "1")
	root.has(root.get(made), http.StatusOK, "Queued")
	k.work()
	root.has(root.get(made), http.StatusOK, "There", "found whole on")
	root.post(made+"/edit", "family", "Void", "version", "2027", "arch", "x86_64")
	root.has(root.get(made), http.StatusOK, "Void 2027", "not shown to customers")
	root.post(made + "/retire")
	root.has(root.get("/admin/images"), http.StatusOK, "Retired")
}

func TestImagesAreFetchedWhereThatIsAllowed(t *testing.T) {
	k := newConsole(t)
	k.WithImages(imagefile.Open(t.TempDir(), 1<<30), unreachable{})
	root := k.admin()
	made := root.post("/admin/images/new", "family", "Void", "version", "2026", "arch", "x86_64").to()
	address := []string{"url", "https://example.org/void.qcow2", "digest", strings.Repeat("a", 64)}
	root.post(made+"/fetch", address...)
	root.has(root.get(made), http.StatusOK, "Fetching images from addresses is off")
	root.post("/admin/images/addresses", "addresses", "on")
	root.has(root.post(made+"/fetch", "url", "http://example.org", "digest", strings.Repeat("a", 64)), http.StatusUnprocessableEntity, "Must be an address such as", "http://example.org")
	if a := root.post(made+"/fetch", address...); a.to() != made {
		t.Errorf("got %d to %q", a.Code, a.to())
	}
	root.has(root.get(made), http.StatusOK, "Being fetched from https://example.org/void.qcow2")
}

func TestReplicasAreExplained(t *testing.T) {
	i, host := panel.Image{Bytes: 200}, panel.Hypervisor{}
	for name, test := range map[string]struct {
		has         panel.ImageReplica
		ordered     panel.TaskState
		says, bring string
	}{
		"nothing":             {panel.ImageReplica{}, "", "Not there", "Bring it"},
		"on its way":          {panel.ImageReplica{State: panel.ReplicaCopying, Bytes: 50}, panel.TaskRunning, "On its way", ""},
		"ready":               {panel.ImageReplica{State: panel.ReplicaReady}, "", "There", ""},
		"failed":              {panel.ImageReplica{State: panel.ReplicaFailed, Error: "full"}, "", "Did not arrive", "Try again"},
		"tried again":         {panel.ImageReplica{State: panel.ReplicaFailed, Error: "full"}, panel.TaskQueued, "Queued", ""},
		"hypervisor is away ": {panel.ImageReplica{}, panel.TaskWaiting, "Waits for the hypervisor", ""},
	} {
		got := replicaRow(i, host, test.has, test.ordered)
		if got.Status.Text != test.says || got.Bring != test.bring {
			t.Errorf("%s: got %q, %q, want %q, %q", name, got.Status.Text, got.Bring, test.says, test.bring)
		}
	}
	if got := replicaRow(i, host, panel.ImageReplica{State: panel.ReplicaCopying, Bytes: 50}, "").Meter.Text; got != "25 % has arrived" {
		t.Errorf("got %q", got)
	}
}
