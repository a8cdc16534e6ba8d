package labtest

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"accrue/internal/panel"
)

var hardware = regexp.MustCompile(`<mac address='([^']*)'/>`)

// MakeByHand makes and starts a machine from an image that the driver has brought,
// with the steps of virsh that an administrator would take, and removes it again.
// The model is the XML of a domain that the driver made; the network `default` is
// told of the address, if there is one. It returns how long the making took.
func (h *Hypervisor) MakeByHand(image panel.ImageFile, model, address string) time.Duration {
	h.t.Helper()
	name := "hand-" + strings.ToLower(rand.Text()[:8])
	dir := h.t.TempDir()
	seed, xml := filepath.Join(dir, "seed"), filepath.Join(dir, "xml")
	for pattern, with := range map[string]string{
		`<uuid>.*</uuid>`: "", `<name>.*</name>`: "<name>" + name + "</name>",
		`file='([^']*/)[^'/]*\.qcow2'`: "file='${1}" + name + ".qcow2'", `file='([^']*/)[^'/]*\.iso'`: "file='${1}" + name + ".iso'",
	} {
		model = regexp.MustCompile(pattern).ReplaceAllString(model, with)
	}
	for path, content := range map[string][]byte{seed: make([]byte, 57<<10), xml: []byte(model)} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	host := fmt.Sprintf("<host mac='%s' ip='%s'/>", hardware.FindStringSubmatch(model)[1], address)
	began := time.Now()
	h.Virsh("vol-create-as", "accrue", name+".qcow2", "1G", "--format", "qcow2", "--backing-vol", fmt.Sprintf("img-%s.qcow2", image.Digest), "--backing-vol-format", "qcow2")
	h.Virsh("vol-create-as", "accrue", name+".iso", "57K", "--format", "raw")
	h.Virsh("vol-upload", "--pool", "accrue", name+".iso", seed)
	if address != "" {
		h.Virsh("net-update", "default", "add", "ip-dhcp-host", host, "--live", "--config")
	}
	h.Virsh("define", xml)
	h.Virsh("start", name)
	took := time.Since(began)
	h.Virsh("destroy", name)
	h.Virsh("undefine", name)
	if address != "" {
		h.Virsh("net-update", "default", "delete", "ip-dhcp-host", host, "--live", "--config")
	}
	h.Virsh("vol-delete", "--pool", "accrue", name+".qcow2")
	h.Virsh("vol-delete", "--pool", "accrue", name+".iso")
	return took
}
