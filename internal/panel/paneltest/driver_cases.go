package paneltest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func everyCallTwice(t *testing.T, d *driven) {
	if _, err := d.Driver.Probe(t.Context()); err != nil {
		t.Fatalf("probe: %v", err)
	}
	m := d.obedient()
	for _, s := range creation(m) {
		d.do(s, s)
		d.wantPower(s.name, m.UID, s.then)
	}
	d.awaitReady(m.UID)
	if got := d.find(m.UID); got.Name != m.Name || got.Size != m.Size {
		t.Errorf("got %+v, want %+v", got, m)
	}
	for range 2 {
		if err := d.Driver.Reboot(t.Context(), m.UID, panel.ShutdownGrace); err != nil {
			t.Fatalf("reboot: %v", err)
		}
		d.wantPower("reboot", m.UID, fleet.PowerOn)
	}
	d.awaitReady(m.UID)
	for _, s := range d.removal(m) {
		d.do(s, s)
		d.wantPower(s.name, m.UID, s.then)
	}
}

// The panel dies after any number of calls, and another begins from the start.
func abandoned(t *testing.T, d *driven) {
	for calls := range len(creation(panel.Machine{})) + 1 {
		m := d.machine()
		d.do(creation(m)[:calls]...)
		d.Driver = d.Reopen()
		d.do(creation(m)...)
		d.wantPower(fmt.Sprintf("made again after %d calls", calls), m.UID, fleet.PowerOn)

		off, absent := d.removal(m)[0], d.removal(m)[1]
		d.do(off)
		d.Driver = d.Reopen()
		d.do(off, absent)
		d.Driver = d.Reopen()
		d.do(absent)
		d.wantPower("removed again", m.UID, fleet.PowerAbsent)
	}
}

// A caller that gives up gets an error and no promise; the next try gets there.
func givenUp(t *testing.T, d *driven) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	m := d.machine()
	for _, s := range append(creation(m), d.removal(m)...) {
		err := s.call(gone, d.Driver)
		if kind := panel.KindOf(err); err == nil || kind != panel.Unreachable && kind != panel.UnknownOutcome {
			t.Errorf("%s: got %v, want unreachable or unknown outcome", s.name, err)
		}
		d.do(s)
		d.wantPower(s.name, m.UID, s.then)
	}
	for name, look := range map[string]func() error{
		"probe":     func() error { _, err := d.Driver.Probe(gone); return err },
		"inventory": func() error { _, err := d.Driver.Inventory(gone); return err },
		"ready":     func() error { _, err := d.Driver.Ready(gone, m.UID); return err },
	} {
		if look() == nil {
			t.Errorf("%s: got an answer for a caller that has gone", name)
		}
	}
}

func completeList(t *testing.T, d *driven) {
	if inventory, err := d.Driver.Inventory(t.Context()); err != nil || len(inventory.Machines) != 0 {
		t.Fatalf("an empty hypervisor lists %v, %v", inventory.Machines, err)
	}
	want := map[string]fleet.Power{}
	for i := range 5 {
		m := d.machine()
		calls := creation(m)[:2+i%2] // switched on or not
		d.do(calls...)
		want[m.UID] = calls[len(calls)-1].then
	}
	check := func(when string) {
		t.Helper()
		inventory, err := d.Driver.Inventory(t.Context())
		if err != nil || len(inventory.Machines) != len(want) {
			t.Fatalf("%s: got %d machines, %v; want %d", when, len(inventory.Machines), err, len(want))
		}
		for _, m := range inventory.Machines {
			if want[m.UID] != m.Power {
				t.Errorf("%s: got %s %s, want %s", when, m.UID, m.Power, want[m.UID])
			}
		}
	}
	check("five machines")
	d.Driver = d.Reopen()
	check("seen by another panel")
	for uid := range want {
		if err := d.Driver.EnsureAbsent(t.Context(), uid); err != nil {
			t.Fatal(err)
		}
		delete(want, uid)
		check("one less")
	}
}

func deletion(t *testing.T, d *driven) {
	for calls := range len(creation(panel.Machine{})) + 1 {
		m := d.machine()
		d.do(creation(m)[:calls]...)
		for range 2 {
			d.do(d.removal(m)[1])
			d.wantPower(fmt.Sprintf("deleted after %d calls", calls), m.UID, fleet.PowerAbsent)
		}
		d.do(creation(m)...) // the disk was gone too, or there was none
		d.wantPower("made again", m.UID, fleet.PowerOn)
		d.do(d.removal(m)...)
	}
}

func missing(t *testing.T, d *driven) {
	ctx, uid := t.Context(), d.machine().UID
	_, ready := d.Driver.Ready(ctx, uid)
	for when, err := range map[string]error{
		"on":     d.Driver.EnsurePower(ctx, uid, fleet.PowerOn, panel.ShutdownGrace),
		"off":    d.Driver.EnsurePower(ctx, uid, fleet.PowerOff, panel.ShutdownGrace),
		"reboot": d.Driver.Reboot(ctx, uid, panel.ShutdownGrace),
		"ready":  ready,
	} {
		d.wantKind(when, err, panel.MachineMissing)
	}
	d.wantPower("afterwards", uid, fleet.PowerAbsent)
}

func powerStates(t *testing.T, d *driven) {
	m := d.obedient()
	d.do(creation(m)...)
	off := d.removal(m)[0]
	d.do(off) // while the guest still boots
	d.wantPower("switched off while booting", m.UID, fleet.PowerOff)
	if ready, err := d.Driver.Ready(t.Context(), m.UID); ready || err != nil {
		t.Errorf("off: got ready %v, %v", ready, err)
	}
	d.do(creation(m)[2])
	d.awaitReady(m.UID)
	d.do(creation(m)...) // making what is running leaves it running
	d.wantPower("made again", m.UID, fleet.PowerOn)
	d.Grace = panel.ShutdownGrace
	d.do(off)
	d.wantPower("switched off when up", m.UID, fleet.PowerOff)
	for _, power := range []fleet.Power{fleet.PowerPaused, fleet.PowerCrashed, fleet.PowerAbsent, fleet.PowerUnknown, ""} {
		d.wantKind("power "+string(power), d.Driver.EnsurePower(t.Context(), m.UID, power, panel.ShutdownGrace), panel.InvalidSpec)
	}
	d.wantPower("after what nobody can want", m.UID, fleet.PowerOff)
}

func rebootOff(t *testing.T, d *driven) {
	m := d.machine()
	d.do(creation(m)[:2]...)
	d.wantKind("reboot", d.Driver.Reboot(t.Context(), m.UID, panel.ShutdownGrace), panel.InvalidSpec)
	d.wantPower("afterwards", m.UID, fleet.PowerOff)
}

func growth(t *testing.T, d *driven) {
	m := d.machine()
	d.do(creation(m)...)
	d.awaitReady(m.UID)
	grown := m
	grown.Size = m.Size.Add(fleet.Resources{VCPUs: 1, MemoryMiB: m.Size.MemoryMiB / 2, DiskGiB: 1})
	d.do(creation(grown)[1])
	d.wantPower("defined while on", m.UID, fleet.PowerOn)
	d.do(d.removal(m)[0])
	d.do(creation(grown)...)
	if got := d.find(m.UID).Size; got != grown.Size {
		t.Errorf("started after it grew: got %+v, want %+v", got, grown.Size)
	}
	d.do(d.removal(m)[0])
	d.do(creation(m)...)
	smaller := m.Size
	smaller.DiskGiB = grown.Size.DiskGiB // a disk never shrinks
	if got := d.find(m.UID).Size; got != smaller {
		t.Errorf("started after it shrank: got %+v, want %+v", got, smaller)
	}
}

func invalid(t *testing.T, d *driven) {
	for name, spoil := range map[string]func(*panel.Machine){
		"no UID":      func(m *panel.Machine) { m.UID = "" },
		"no disk":     func(m *panel.Machine) { m.Size.DiskGiB = 0 },
		"no memory":   func(m *panel.Machine) { m.Size.MemoryMiB = 0 },
		"minus vCPUs": func(m *panel.Machine) { m.Size.VCPUs = -1 },
	} {
		m := d.machine()
		spoil(&m)
		d.wantKind(name+": disk", d.Driver.EnsureDisk(t.Context(), m), panel.InvalidSpec)
		d.wantKind(name+": define", d.Driver.EnsureDefined(t.Context(), m), panel.InvalidSpec)
		d.wantPower(name, m.UID, fleet.PowerAbsent)
	}
}

// Of what is done in several steps, the answer to the first is lost: whatever
// came of it, it is as before or as wanted, and the next try gets there.
func lostReplies(t *testing.T, d *driven) {
	m := d.machine()
	before := fleet.PowerAbsent
	for _, s := range append(creation(m), d.removal(m)...) {
		d.LoseReplies(true)
		d.wantKind(s.name, s.call(t.Context(), d.Driver), panel.UnknownOutcome)
		if got := d.find(m.UID).Power; got != before && got != s.then {
			t.Errorf("%s read back: got power %s, want %s or %s", s.name, got, before, s.then)
		}
		d.LoseReplies(false)
		d.do(s)
		d.wantPower(s.name+" again", m.UID, s.then)
		before = s.then
	}
}

func crashed(t *testing.T, d *driven) {
	m := d.machine()
	d.do(creation(m)...)
	d.Crash(m.UID)
	d.wantPower("after the crash", m.UID, fleet.PowerCrashed)
	d.wantKind("reboot", d.Driver.Reboot(t.Context(), m.UID, panel.ShutdownGrace), panel.InvalidSpec)
	d.do(creation(m)...)
	d.wantPower("started again", m.UID, fleet.PowerOn)
	d.Crash(m.UID)
	d.do(d.removal(m)[0])
	d.wantPower("stopped", m.UID, fleet.PowerOff)
}

// Several callers bring about the same at once, on several machines.
func concurrent(t *testing.T, d *driven) {
	var machines []panel.Machine
	for range 3 {
		machines = append(machines, d.machine())
	}
	var callers sync.WaitGroup
	for _, m := range slices.Concat(machines, machines) {
		callers.Go(func() {
			for _, s := range creation(m) {
				if err := s.call(t.Context(), d.Driver); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
			}
		})
	}
	callers.Wait()
	for _, m := range machines {
		d.wantPower("made twice at once", m.UID, fleet.PowerOn)
	}
}
