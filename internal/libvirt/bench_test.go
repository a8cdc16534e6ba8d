//go:build faults

package libvirt_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/libvirt/labtest"
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
		byHand = append(byHand, h.MakeByHand(m.Image, model, ""))
	}
	slices.Sort(driven)
	slices.Sort(byHand)
	ours, theirs := driven[len(driven)/2], byHand[len(byHand)/2]
	b.ReportMetric(float64(ours.Milliseconds()), "driver-ms")
	b.ReportMetric(float64(theirs.Milliseconds()), "virsh-ms")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
}
