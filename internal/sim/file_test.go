package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("SIM_TEST_PANEL"); path != "" {
		panelToKill(path)
		return
	}
	os.Exit(m.Run())
}

func TestWorldOutlivesThePanel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a world? 100% new.db")
	now := time.Unix(1_800_000_000, 123)
	opts := Options{Instant: true, Now: func() time.Time { return now }}
	w, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	run(t, w, 1, "a")
	run(t, w, 2, "b")
	if err := w.Crash("b"); err != nil {
		t.Fatal(err)
	}
	set(t, w, panel.FaultHang, true)
	want := machines(t, w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the file is elsewhere: %v", err)
	}

	w = open(t, path, opts)
	if diff := cmp.Diff(want, machines(t, w)); diff != "" || len(want) != 2 || !want[0].Since.Equal(now) {
		t.Errorf("got another world, or none: %s", diff)
	}
	if got, err := w.Faults(1); err != nil || !slices.Equal(got, []panel.Fault{panel.FaultHang}) {
		t.Errorf("got faults %v, %v, want hang", got, err)
	}
}

// panelToKill makes a machine, says so, and waits to be killed.
func panelToKill(path string) {
	w, err := Open(path, Options{Instant: true})
	if err == nil {
		d, _ := w.Driver(panel.Hypervisor{Hypervisor: fleet.Hypervisor{ID: 1}})
		m := panel.Machine{UID: "a", Name: "a", Size: small}
		ctx := context.Background()
		err = errors.Join(d.EnsureDisk(ctx, m), d.EnsureDefined(ctx, m), d.EnsurePower(ctx, "a", fleet.PowerOn, panel.ShutdownGrace))
	}
	fmt.Println(err)
	select {}
}

func TestWorldOutlivesAPanelThatIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sim.db")
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), "SIM_TEST_PANEL="+path)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || said != "<nil>\n" {
		t.Errorf("the panel said %q, %v", said, err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait() // killed, as it was meant to be
	if got := powers(t, open(t, path, Options{Instant: true})); got["a"] != fleet.PowerOn {
		t.Errorf("got %v, want a on", got)
	}
}

// Several panels open one new file at once and work on the same machines.
func TestManyWorldsOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sim.db")
	const panels, each = 4, 12
	worlds := make([]*World, panels)
	var all sync.WaitGroup
	for i := range worlds {
		all.Go(func() {
			var err error
			if worlds[i], err = Open(path, Options{Instant: true}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for i, w := range worlds {
		defer w.Close()
		all.Go(func() {
			for n := range each {
				run(t, w, 1, fmt.Sprintf("shared-%d", n))
				run(t, w, int64(2+i), fmt.Sprintf("own-%d", n))
			}
		})
	}
	all.Wait()
	for _, w := range worlds {
		if got := len(machines(t, w)); got != each*(panels+1) {
			t.Errorf("got %d machines, want %d", got, each*(panels+1))
		}
	}
	set(t, worlds[0], panel.FaultUnreachable, true)
	if _, err := connect(t, worlds[1], 1).Probe(t.Context()); panel.KindOf(err) != panel.Unreachable {
		t.Errorf("a fault set by another panel: got %v", err)
	}
}

func TestFileThatCannotBeOpened(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "missing", "sim.db"), Options{}); err == nil {
		t.Error("got a world where no file can be")
	}
}

// A world whose file is gone does not know what it did.
func TestClosedWorld(t *testing.T) {
	w, err := Open(filepath.Join(t.TempDir(), "sim.db"), Options{Instant: true})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	d := connect(t, w, 1)
	if err := d.EnsureDisk(t.Context(), panel.Machine{UID: "a", Size: small}); panel.KindOf(err) != panel.UnknownOutcome {
		t.Errorf("got %v, want an unknown outcome", err)
	}
	if _, err := d.Probe(t.Context()); err == nil {
		t.Error("probe: got no error")
	}
}
