package fleet

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRemedies(t *testing.T) {
	runs := Sight{Facts: Facts{Lifecycle: LifecycleActive, Desired: PowerOn, Observed: PowerOn}, Seen: PowerOn}
	with := func(changes ...func(*Sight)) Sight {
		s := runs
		for _, change := range changes {
			change(&s)
		}
		return s
	}
	seen := func(p Power) func(*Sight) { return func(s *Sight) { s.Seen = p } }
	held := func(s *Sight) { s.Holds = Holds(HoldBilling) }
	stopped := func(s *Sight) { s.Desired, s.Observed = PowerOff, PowerOff }
	lost := func(s *Sight) { s.Holds = Holds(HoldLost) }
	busy := func(s *Sight) { s.Busy = true }
	missed := func(n int64) func(*Sight) { return func(s *Sight) { s.Seen, s.Missed = PowerAbsent, n } }
	restarted := func(ago ...int64) func(*Sight) {
		return func(s *Sight) {
			for _, a := range ago {
				s.Restarts = append(s.Restarts, 10_000-a)
			}
		}
	}
	for _, test := range []struct {
		name      string
		sight     Sight
		want      Remedy
		surprises bool
	}{
		{"runs as it should", runs, RemedyNone, false},
		{"is off as it should be", with(stopped, seen(PowerOff)), RemedyNone, false},
		{"is off and held", with(held, seen(PowerOff)), RemedyNone, false},
		{"runs though held", with(held), RemedySwitchOff, false},
		{"is paused though held", with(held, seen(PowerPaused)), RemedySwitchOff, true},
		{"runs though stopped", with(stopped), RemedySwitchOff, true},
		{"crashed", with(seen(PowerCrashed)), RemedyRestart, true},
		{"went off", with(seen(PowerOff)), RemedyRestart, true},
		{"is still off", with(seen(PowerOff), func(s *Sight) { s.Observed = PowerOff }), RemedyRestart, false},
		{"is paused", with(seen(PowerPaused)), RemedyNone, false},
		{"shut itself down", with(seen(PowerOff), func(s *Sight) { s.ByGuest = true }), RemedyAdopt, true},
		{"shut itself down and is on again", with(func(s *Sight) { s.ByGuest = true }), RemedyNone, false},
		{"shut itself down and is held", with(held, seen(PowerOff), func(s *Sight) { s.ByGuest = true }), RemedyNone, false},
		{"is down with its hypervisor", with(seen(PowerOff), func(s *Sight) { s.Rebooted = true }), RemedySwitchOn, false},
		{"came up with its hypervisor though held", with(held, func(s *Sight) { s.Rebooted, s.Observed = true, PowerOff }), RemedySwitchOff, false},
		{"is not known", with(seen(PowerUnknown)), RemedyNone, false},
		{"is being worked on", with(seen(PowerOff), busy), RemedyNone, false},
		{"is not there while worked on", with(seen(PowerAbsent), busy), RemedyNone, false},
		{"is being created", with(seen(PowerAbsent), func(s *Sight) { s.Lifecycle = LifecyclePending }), RemedyNone, false},
		{"is being deleted", with(func(s *Sight) { s.Lifecycle = LifecycleDeleting }), RemedyNone, false},

		{"is not there", with(missed(0)), RemedyMiss, true},
		{"is not there again", with(missed(1)), RemedyMiss, false},
		{"is not there again at once", with(missed(1), func(s *Sight) { s.TooSoon = true }), RemedyNone, false},
		{"is not there for the third time", with(missed(2)), RemedyLose, false},
		{"is off and not there for the third time", with(stopped, missed(2)), RemedyLose, false},
		{"is lost", with(lost, missed(3)), RemedyNone, false},
		{"was lost and is there", with(lost, seen(PowerOff)), RemedyFind, false},

		{"crashed three times", with(seen(PowerCrashed), restarted(599, 60, 10)), RemedyGiveUp, true},
		{"crashed three times in eleven minutes", with(seen(PowerCrashed), restarted(600, 60, 10)), RemedyRestart, true},
		{"crashed and was given up", with(seen(PowerCrashed), func(s *Sight) { s.GivenUp = true }), RemedyNone, false},
		{"was given up and shut down", with(seen(PowerOff), func(s *Sight) { s.GivenUp, s.ByGuest = true, true }), RemedyAdopt, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.sight.Remedy(10_000)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if surprises := test.sight.Surprising(got); surprises != test.surprises {
				t.Errorf("surprising: got %v, want %v", surprises, test.surprises)
			}
		})
	}
}

// A guest that crashes at once, every time, is restarted three times in ten
// minutes, later and later.
func TestRestartsComeToAnEnd(t *testing.T) {
	s := Sight{Facts: Facts{Lifecycle: LifecycleActive, Desired: PowerOn}, Seen: PowerCrashed}
	var waits []int64
	now := int64(10_000)
	for s.Remedy(now) == RemedyRestart {
		var after int64
		s.Restarts, after = s.Restart(now)
		waits = append(waits, after)
		now += after
	}
	if want := []int64{0, 15, 60}; !slices.Equal(waits, want) || s.Remedy(now) != RemedyGiveUp {
		t.Errorf("waited %v and then %q, want %v", waits, s.Remedy(now), want)
	}
	if _, after := (Sight{Seen: PowerOff}).Restart(now); after != 5 {
		t.Errorf("one that went off waits %d seconds, want 5", after)
	}
}

func TestRestartsAreBoundedInEveryWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Sight{Facts: Facts{Lifecycle: LifecycleActive, Desired: PowerOn}, Seen: PowerCrashed}
		var all []int64
		now := int64(10_000)
		for range 60 {
			now += rapid.Int64Range(1, 400).Draw(t, "pause")
			if s.Remedy(now) != RemedyRestart {
				continue
			}
			s.Restarts, _ = s.Restart(now)
			all = append(all, now)
		}
		for n := 3; n < len(all); n++ {
			if all[n]-all[n-3] < 600 {
				t.Fatalf("four restarts within ten minutes: %v", all[n-3:n+1])
			}
		}
	})
}

func TestTooMany(t *testing.T) {
	for _, test := range []struct {
		surprises, machines int64
		want                bool
	}{
		{0, 0, false}, {1, 1, false}, {3, 3, false}, {4, 4, true}, {4, 19, true}, {4, 20, false}, {5, 20, true}, {20, 100, false}, {21, 100, true},
	} {
		if got := TooMany(test.surprises, test.machines); got != test.want {
			t.Errorf("%d of %d: got %v, want %v", test.surprises, test.machines, got, test.want)
		}
	}
}
