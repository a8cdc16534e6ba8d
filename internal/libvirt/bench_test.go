//go:build faults

package libvirt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// BenchmarkMachine makes machines and switches them on, in turn by the driver and
// by the same steps with virsh, and reports the median of each and their ratio.
func BenchmarkMachine(b *testing.B) {
	h := labtest.Start(b, nil)
	d := connect(b, h, h.Endpoint())
	m := small(bring(b, d, labtest.Quick(b)))
	var driven, byHand []time.Duration
	var model string
	for b.Loop() {
		m.UID = uuid.NewString()
		began := time.Now()
		boot(b, d, m)
		driven = append(driven, time.Since(began))
		if model == "" {
			model = h.Virsh("dumpxml", "--inactive", "accrue-"+m.UID)
		}
		if err := d.EnsureAbsent(b.Context(), m.UID); err != nil {
			b.Fatal(err)
		}
		byHand = append(byHand, makeByHand(b, h, m, model))
	}
	slices.Sort(driven)
	slices.Sort(byHand)
	ours, theirs := driven[len(driven)/2], byHand[len(byHand)/2]
	b.ReportMetric(float64(ours.Milliseconds()), "driver-ms")
	b.ReportMetric(float64(theirs.Milliseconds()), "virsh-ms")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
}

// makeByHand makes a machine like the model, as an administrator would, and
// removes it again. It returns how long the making took.
func makeByHand(b *testing.B, h *labtest.Hypervisor, m panel.Machine, model string) time.Duration {
	name := "hand-" + m.UID
	dir := b.TempDir()
	seed, xml := filepath.Join(dir, "seed"), filepath.Join(dir, "xml")
	if err := os.WriteFile(seed, make([]byte, 57<<10), 0o600); err != nil {
		b.Fatal(err)
	}
	for pattern, with := range map[string]string{
		`<uuid>.*</uuid>`: "", `<name>.*</name>`: "<name>" + name + "</name>",
		`file='([^']*/)[^'/]*\.qcow2'`: "file='${1}" + name + ".qcow2'", `file='([^']*/)[^'/]*\.iso'`: "file='${1}" + name + ".iso'",
	} {
		model = regexp.MustCompile(pattern).ReplaceAllString(model, with)
	}
	if err := os.WriteFile(xml, []byte(model), 0o600); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	h.Virsh("vol-create-as", "accrue", name+".qcow2", "1G", "--format", "qcow2", "--backing-vol", fmt.Sprintf("img-%s.qcow2", m.Image.Digest), "--backing-vol-format", "qcow2")
	h.Virsh("vol-create-as", "accrue", name+".iso", "57K", "--format", "raw")
	h.Virsh("vol-upload", "--pool", "accrue", name+".iso", seed)
	h.Virsh("define", xml)
	h.Virsh("start", name)
	took := time.Since(began)
	h.Virsh("destroy", name)
	h.Virsh("undefine", name)
	h.Virsh("vol-delete", "--pool", "accrue", name+".qcow2")
	h.Virsh("vol-delete", "--pool", "accrue", name+".iso")
	return took
}
