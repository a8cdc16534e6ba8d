package sim

import (
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

// sampleOf reads the counters of the one machine of hypervisor 1.
func sampleOf(t *testing.T, w *World) panel.Sample {
	t.Helper()
	samples, err := connect(t, w, 1).(panel.Sampler).Samples(t.Context())
	if err != nil || len(samples) != 1 {
		t.Fatalf("got %v, %v, want one sample", samples, err)
	}
	return samples[0]
}

func TestCountersGrowAsAGuestsDo(t *testing.T) {
	now := time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)
	w := open(t, "", Options{Instant: true, Now: func() time.Time { return now }})
	run(t, w, 1, "a")
	last := sampleOf(t, w)
	if last.NetOut != 0 || last.CPUNanos != 0 {
		t.Errorf("a machine that was just switched on shows %+v", last)
	}
	var least, most float64
	for i := range 2 * 24 * 60 {
		now = now.Add(time.Minute)
		s := sampleOf(t, w)
		v, known := metric.Rates(last, s, small.VCPUs)
		if !known {
			t.Fatalf("after %d minutes a counter ran backwards: %+v, then %+v", i, last, s)
		}
		if used := v.Of(metric.Memory); used <= 0 || used >= float64(small.MemoryMiB) {
			t.Fatalf("it uses %g MiB of %d", used, small.MemoryMiB)
		}
		if least, most = min(least, v.Of(metric.CPU)), max(most, v.Of(metric.CPU)); i == 0 {
			least = most
		}
		last = s
	}
	if least < 0.5 || least > 15 || most < 25 || most > 95 {
		t.Errorf("the CPU was between %g and %g percent busy, want idle times and bursts", least, most)
	}
	if perDay := last.NetOut / 2; perDay < 1<<30 || perDay > 100<<30 {
		t.Errorf("it sent %d bytes a day", perDay)
	}
}

func TestCountersBeginAnewWithEachStart(t *testing.T) {
	now := time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)
	w := open(t, "", Options{Instant: true, Now: func() time.Time { return now }})
	run(t, w, 1, "a")
	now = now.Add(time.Hour)
	before := sampleOf(t, w)
	d := connect(t, w, 1)
	for _, start := range []func() error{
		func() error { return d.Reboot(t.Context(), "a", 0) },
		func() error {
			if err := d.EnsurePower(t.Context(), "a", fleet.PowerOff, 0); err != nil {
				return err
			}
			if samples, err := d.(panel.Sampler).Samples(t.Context()); err != nil || len(samples) != 0 {
				t.Errorf("got %v, %v of a machine that is off", samples, err)
			}
			now = now.Add(time.Hour)
			return d.EnsurePower(t.Context(), "a", fleet.PowerOn, 0)
		},
	} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		after := sampleOf(t, w)
		if after.Epoch == before.Epoch || after.NetOut >= before.NetOut || after.CPUNanos >= before.CPUNanos {
			t.Errorf("got %+v after %+v, want another epoch, and counters that began anew", after, before)
		}
		now = now.Add(time.Hour)
		before = sampleOf(t, w)
	}
}

func TestALimitedPortIsSlow(t *testing.T) {
	now := time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)
	w := open(t, "", Options{Instant: true, Now: func() time.Time { return now }})
	run(t, w, 1, "a")
	machine := panel.Machine{UID: "a", Name: "a", Size: small}
	d := connect(t, w, 1)
	sent := func(mbit int64) int64 {
		machine.Limits.PortMbitPerS = mbit
		if err := d.EnsureDefined(t.Context(), machine); err != nil {
			t.Fatal(err)
		}
		before := sampleOf(t, w)
		now = now.Add(24 * time.Hour)
		after := sampleOf(t, w)
		if after.Epoch != before.Epoch || after.NetOut < before.NetOut || after.NetIn < before.NetIn {
			t.Errorf("limited to %d Mbit/s, got %+v after %+v", mbit, after, before)
		}
		return after.NetOut - before.NetOut
	}
	free, slow, again := sent(0), sent(1), sent(0)
	if most := int64(86400 * 1_000_000 / 8); slow > most || free <= most || again <= most {
		t.Errorf("sent %d, then %d through a slow port, then %d", free, slow, again)
	}
}
