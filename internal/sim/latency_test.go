package sim

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// took is how long do takes on the bubble's clock.
func took(t *testing.T, do func() error) time.Duration {
	t.Helper()
	began := time.Now()
	if err := do(); err != nil {
		t.Error(err)
	}
	return time.Since(began)
}

func within(t *testing.T, what string, got, from, to time.Duration) {
	t.Helper()
	if got < from || got > to {
		t.Errorf("%s took %s, want %s to %s", what, got, from, to)
	}
}

func TestThingsTakeTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := open(t, "", Options{Seed: 1})
		d, ctx := connect(t, w, 1), t.Context()
		m := panel.Machine{UID: "a", Name: "a", Image: panel.ImageFile{Name: "debian-12"}, Size: small}
		disk := func() error { return d.EnsureDisk(ctx, m) }
		off := func() error { return d.EnsurePower(ctx, "a", fleet.PowerOff, panel.ShutdownGrace) }
		on := func() error { return d.EnsurePower(ctx, "a", fleet.PowerOn, panel.ShutdownGrace) }

		within(t, "disk", took(t, disk), 200*time.Millisecond, 1800*time.Millisecond)
		within(t, "disk that is there", took(t, disk), 0, 0)
		within(t, "define", took(t, func() error { return d.EnsureDefined(ctx, m) }), 30*time.Millisecond, 180*time.Millisecond)
		within(t, "power on", took(t, on), 60*time.Millisecond, 500*time.Millisecond)
		within(t, "boot", boot(t, d), 1500*time.Millisecond, 8*time.Second)
		within(t, "reboot", took(t, func() error { return d.Reboot(ctx, "a", panel.ShutdownGrace) }), 800*time.Millisecond, 4*time.Second)
		within(t, "boot", boot(t, d), 1500*time.Millisecond, 8*time.Second)
		within(t, "shutdown", took(t, off), 800*time.Millisecond, 4*time.Second)
		within(t, "power off of what is off", took(t, off), 0, 0)

		within(t, "power on", took(t, on), 60*time.Millisecond, 500*time.Millisecond)
		within(t, "shutdown while booting", took(t, off), 2*time.Second, DefaultProfile.Grace)
		within(t, "remove", took(t, func() error { return d.EnsureAbsent(ctx, "a") }), 50*time.Millisecond, 800*time.Millisecond)
		within(t, "remove nothing", took(t, func() error { return d.EnsureAbsent(ctx, "a") }), 0, 0)
	})
}

// boot waits until the guest of machine a is up, and says how long that was.
func boot(t *testing.T, d panel.Driver) time.Duration {
	t.Helper()
	began := time.Now()
	for time.Since(began) < time.Minute {
		ready, err := d.Ready(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if ready {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(began)
}

func TestGuestsThatDoNotFollowAreForced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		profile := Profile{Boot: Delay{P50: time.Hour}, Shutdown: Delay{P50: time.Second}, Grace: 30 * time.Second}
		w := open(t, "", Options{Latency: profile})
		run(t, w, 1, "a")
		d := connect(t, w, 1)
		if ready, err := d.Ready(t.Context(), "a"); ready || err != nil {
			t.Errorf("got ready %v, %v before it booted", ready, err)
		}
		off := func() error { return d.EnsurePower(t.Context(), "a", fleet.PowerOff, panel.ShutdownGrace) }
		within(t, "forced power off", took(t, off), profile.Grace, profile.Grace)
		run(t, w, 1, "a")
		if err := w.Crash("a"); err != nil {
			t.Fatal(err)
		}
		within(t, "power off of what crashed", took(t, off), 0, 0)
	})
}

// Whoever gives up in the middle does not know what became of it. Here nothing
// did, and trying again gets there.
func TestGivingUpInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := open(t, "", Options{})
		d, m := connect(t, w, 1), panel.Machine{UID: "a", Name: "a", Size: small}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := d.EnsureDisk(ctx, m)
		if panel.KindOf(err) != panel.UnknownOutcome || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want an unknown outcome because of the deadline", err)
		}
		if got := machines(t, w); len(got) != 0 {
			t.Errorf("got %v, want nothing", got)
		}
		if err := d.EnsureDisk(t.Context(), m); err != nil {
			t.Error(err)
		}
	})
}

func TestHangEndsWithTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := open(t, "", Options{})
		set(t, w, panel.FaultHang, true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		if _, err := connect(t, w, 1).Probe(ctx); panel.KindOf(err) != panel.UnknownOutcome || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want an unknown outcome because of the deadline", err)
		}
		within(t, "hang", time.Since(began), time.Hour, time.Hour)
	})
}

// Times depend on the seed, the machine and the instant, not on who comes first.
func TestTimesAreTheSeeds(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	times := func(seed uint64, order ...int64) map[int64]time.Duration {
		c := newClock(Options{Seed: seed})
		all := map[int64]time.Duration{}
		for _, hypervisor := range order {
			all[hypervisor] = c.draw(DefaultProfile.Boot, "boot", hypervisor, "a", at)
		}
		return all
	}
	first, again, other := times(1, 1, 2, 3), times(1, 3, 2, 1), times(2, 1, 2, 3)
	for hypervisor, took := range first {
		if again[hypervisor] != took {
			t.Errorf("hypervisor %d: got %s and then %s with one seed", hypervisor, took, again[hypervisor])
		}
		if other[hypervisor] == took {
			t.Errorf("hypervisor %d: got %s with two seeds", hypervisor, took)
		}
	}
	if first[1] == first[2] || first[2] == first[3] {
		t.Errorf("hypervisors take the same times: %v", first)
	}
}

// The delays are distributed as they say.
func TestDelays(t *testing.T) {
	c, delay := newClock(Options{Seed: 7}), Delay{P50: 100 * time.Millisecond, P95: 400 * time.Millisecond}
	var all []time.Duration
	for i := range 10_000 {
		all = append(all, c.draw(delay, "test", 1, "a", time.Unix(0, int64(i))))
	}
	slices.Sort(all)
	within(t, "half", all[5000], 95*time.Millisecond, 105*time.Millisecond)
	within(t, "19 of 20", all[9500], 370*time.Millisecond, 430*time.Millisecond)
	within(t, "the longest", all[9999], 790*time.Millisecond, 800*time.Millisecond)
	within(t, "the shortest", all[0], 1, 10*time.Millisecond)
	if got := (Delay{P50: time.Second}).at(3); got != time.Second {
		t.Errorf("a delay that does not vary: got %s, want 1s", got)
	}
	if got := (Delay{}).at(3); got != 0 {
		t.Errorf("no delay: got %s", got)
	}
}
