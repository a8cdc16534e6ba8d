package sim

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// everyWorld runs a test in memory and in a file.
func everyWorld(t *testing.T, do func(t *testing.T, w *World)) {
	for name, path := range map[string]string{"in memory": "", "in a file": filepath.Join(t.TempDir(), "sim.db")} {
		t.Run(name, func(t *testing.T) { do(t, open(t, path, Options{Instant: true})) })
	}
}

func TestMachinesGoDownInTheirWays(t *testing.T) {
	everyWorld(t, func(t *testing.T, w *World) {
		for _, uid := range []string{"crashes", "shuts down", "is destroyed", "vanishes", "stays"} {
			run(t, w, 1, uid)
		}
		for uid, do := range map[string]func(string) error{
			"crashes": w.Crash, "shuts down": w.ShutDown, "is destroyed": w.Destroy, "vanishes": w.Vanish,
		} {
			if err := do(uid); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]fleet.Power{
			"crashes": fleet.PowerCrashed, "shuts down": fleet.PowerOff, "is destroyed": fleet.PowerOff, "stays": fleet.PowerOn,
		}
		if diff := cmp.Diff(want, powers(t, w)); diff != "" {
			t.Error(diff)
		}
		for _, uid := range []string{"crashes", "nobody"} {
			for _, do := range []func(string) error{w.Crash, w.ShutDown, w.Destroy} {
				if err := do(uid); err == nil {
					t.Errorf("%s, which is not on, went down", uid)
				}
			}
		}
	})
}

func TestARestartedHostHasBooted(t *testing.T) {
	everyWorld(t, func(t *testing.T, w *World) {
		run(t, w, 1, "a")
		run(t, w, 2, "b")
		facts := func(hypervisor int64) panel.Facts {
			t.Helper()
			f, err := connect(t, w, hypervisor).Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		before, other := facts(1), facts(2)
		if before.UID == "" || before.BootID == "" || before.UID == other.UID {
			t.Errorf("got %+v and %+v, want two hypervisors", before, other)
		}
		if err := w.RestartHost(1); err != nil {
			t.Fatal(err)
		}
		after := facts(1)
		if after.UID != before.UID || after.BootID == before.BootID || !cmp.Equal(facts(2), other) {
			t.Errorf("got %+v and %+v, want the first booted", after, facts(2))
		}
		if diff := cmp.Diff(map[string]fleet.Power{"a": fleet.PowerOff, "b": fleet.PowerOn}, powers(t, w)); diff != "" {
			t.Error(diff)
		}
		for _, uid := range []string{"another", ""} {
			if err := w.ReplaceHost(1, uid); err != nil {
				t.Fatal(err)
			}
			if got := facts(1); (got.UID == before.UID) != (uid == "") || got.BootID != after.BootID {
				t.Errorf("replaced with %q: got %+v", uid, got)
			}
		}
	})
}

func TestForeignMachinesAreCountedAndNotListed(t *testing.T) {
	everyWorld(t, func(t *testing.T, w *World) {
		run(t, w, 1, "a")
		for _, name := range []string{"db", "dns"} {
			if err := w.AddForeign(1, name, small); err != nil {
				t.Fatal(err)
			}
		}
		got, err := connect(t, w, 1).Inventory(t.Context())
		if err != nil || len(got.Machines) != 1 || got.Foreign != 2 || got.Taken != small.Add(small) {
			t.Errorf("got %+v, %v, want one of ours and two that are not", got, err)
		}
	})
}

func TestWatchersHearWhatNobodyAskedFor(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	ctx, stop := context.WithCancel(t.Context())
	heard, ended := make(chan panel.Change, 8), make(chan error)
	watcher := connect(t, w, 1).(panel.Watcher)
	go func() { ended <- watcher.Watch(ctx, func(c panel.Change) { heard <- c }) }()
	if got, want := <-heard, (panel.Change{Power: fleet.PowerUnknown}); got != want {
		t.Errorf("at first: got %+v, want %+v", got, want)
	}
	run(t, w, 1, "a") // asked for
	for _, happen := range []error{
		w.AddForeign(2, "db", small), // elsewhere
		w.ShutDown("a"), w.RestartHost(1), w.Vanish("a"),
	} {
		if happen != nil {
			t.Fatal(happen)
		}
	}
	for _, want := range []panel.Change{{UID: "a", Power: fleet.PowerOff, ByGuest: true}, {}, {UID: "a", Power: fleet.PowerAbsent}} {
		if got := <-heard; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	stop()
	if err := <-ended; panel.KindOf(err) != panel.UnknownOutcome || len(w.watching()) != 0 {
		t.Errorf("it ended with %v, and %v still watch", err, w.watching())
	}
	set(t, w, panel.FaultUnreachable, true)
	if err := watcher.Watch(t.Context(), nil); panel.KindOf(err) != panel.Unreachable {
		t.Errorf("got %v, want it unreachable", err)
	}
}

// watching are the hypervisors that somebody watches.
func (w *World) watching() (hypervisors []int64) {
	w.watchers.mu.Lock()
	defer w.watchers.mu.Unlock()
	for one := range w.watchers.all {
		hypervisors = append(hypervisors, one.hypervisor)
	}
	return hypervisors
}
