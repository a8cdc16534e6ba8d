package sim

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

var small = fleet.Resources{VCPUs: 1, MemoryMiB: 512, DiskGiB: 10}

func open(t *testing.T, path string, opts Options) *World {
	t.Helper()
	w, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func connect(t *testing.T, w *World, id int64) panel.Driver {
	t.Helper()
	d, err := w.Driver(panel.Hypervisor{Hypervisor: fleet.Hypervisor{ID: id, Name: "alpha"}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// run makes a machine and switches it on.
func run(t *testing.T, w *World, hypervisor int64, uid string) {
	t.Helper()
	d, m := connect(t, w, hypervisor), panel.Machine{UID: uid, Name: "name of " + uid, Image: panel.ImageFile{Name: "debian-12"}, Size: small}
	ctx := context.Background()
	if err := errors.Join(d.EnsureDisk(ctx, m), d.EnsureDefined(ctx, m), d.EnsurePower(ctx, uid, fleet.PowerOn, panel.ShutdownGrace)); err != nil {
		t.Fatal(err)
	}
}

func machines(t *testing.T, w *World) []Placed {
	t.Helper()
	all, err := w.Machines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// powers is what the machines are, by name.
func powers(t *testing.T, w *World) map[string]fleet.Power {
	t.Helper()
	all := map[string]fleet.Power{}
	for _, p := range machines(t, w) {
		all[p.UID] = p.Power
	}
	return all
}

func TestOneUIDOnTwoHypervisorsIsSeen(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 2, "a")
	run(t, w, 1, "b")
	run(t, w, 1, "a")
	var got []any
	for _, p := range machines(t, w) {
		got = append(got, p.Hypervisor, p.UID)
	}
	if diff := cmp.Diff([]any{int64(1), "a", int64(1), "b", int64(2), "a"}, got); diff != "" {
		t.Error(diff)
	}
	if err := connect(t, w, 1).EnsureAbsent(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got := machines(t, w); len(got) != 2 || got[1].Hypervisor != 2 || got[1].Power != fleet.PowerOn {
		t.Errorf("got %+v, want b on 1 and a on 2", got)
	}
}

func TestMachinesShowsWhatNoInventoryDoes(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	d := connect(t, w, 1)
	m := panel.Machine{UID: "a", Name: "web", Image: panel.ImageFile{Name: "debian-12"}, Size: small}
	if err := d.EnsureDisk(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Power = fleet.PowerAbsent
	if diff := cmp.Diff([]Placed{{Hypervisor: 1, Machine: m, Disks: map[int64]Disk{0: {10, m.Image}}}}, machines(t, w)); diff != "" {
		t.Error(diff)
	}
	if list, err := d.Inventory(t.Context()); len(list.Machines) != 0 || err != nil {
		t.Errorf("inventory: got %v, %v, want nothing", list, err)
	}
}

// A new size is defined at once and runs from the next start, not from a reboot.
func TestSizeIsTakenWithTheNextStart(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	run(t, w, 1, "a")
	d, ctx := connect(t, w, 1), t.Context()
	big := fleet.Resources{VCPUs: 4, MemoryMiB: 4096, DiskGiB: 10}
	if err := d.EnsureDefined(ctx, panel.Machine{UID: "a", Name: "a", Size: big}); err != nil {
		t.Fatal(err)
	}
	check := func(when string, running, listed fleet.Resources) {
		t.Helper()
		list, err := d.Inventory(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if p := machines(t, w)[0]; p.Running.Size != running || p.Size != big || list.Machines[0].Size != listed {
			t.Errorf("%s: got running %+v, defined %+v, listed %+v", when, p.Running.Size, p.Size, list.Machines[0].Size)
		}
	}
	check("defined", small, small)
	if err := d.Reboot(ctx, "a", panel.ShutdownGrace); err != nil {
		t.Fatal(err)
	}
	check("rebooted", small, small)
	if err := d.EnsurePower(ctx, "a", fleet.PowerOff, panel.ShutdownGrace); err != nil {
		t.Fatal(err)
	}
	check("off", fleet.Resources{}, big)
	if err := d.EnsurePower(ctx, "a", fleet.PowerOn, panel.ShutdownGrace); err != nil {
		t.Fatal(err)
	}
	check("on again", big, big)
}

func TestPowerOnWithoutADisk(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	d := connect(t, w, 1)
	if err := d.EnsureDefined(t.Context(), panel.Machine{UID: "a", Name: "a", Size: small}); err != nil {
		t.Fatal(err)
	}
	if err := d.EnsurePower(t.Context(), "a", fleet.PowerOn, panel.ShutdownGrace); panel.KindOf(err) != panel.MachineMissing {
		t.Errorf("got %v, want its disk missing", err)
	}
}
