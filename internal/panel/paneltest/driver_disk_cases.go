package paneltest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// wantGeneration checks which disk a machine has, and that it has no other.
func (d *driven) wantGeneration(when, uid string, want int64) {
	d.t.Helper()
	if got := d.find(uid).Generation; got != want {
		d.t.Errorf("%s: got generation %d, want %d", when, got, want)
	}
	if d.Generations == nil {
		return
	}
	if got := d.Generations(uid); !slices.Equal(got, []int64{want}) {
		d.t.Errorf("%s: got disks of the generations %v, want %d alone", when, got, want)
	}
}

func generations(t *testing.T, d *driven) {
	m := d.machine()
	m.Size.DiskGiB++ // a new disk is told from the old one by its size
	d.do(creation(m)...)
	next := m
	next.Generation, next.Size.DiskGiB = 1, m.Size.DiskGiB-1
	rebuild := creation(next)
	d.do(rebuild[0], rebuild[0], rebuild[1], rebuild[1])
	d.wantPower("made anew while on", m.UID, fleet.PowerOn)
	if got := d.find(m.UID).Generation; got != 0 {
		t.Errorf("while it is on: got generation %d, want the one it was started with", got)
	}
	d.do(d.removal(m)[0], rebuild[2])
	d.wantGeneration("started anew", m.UID, 1)
	if got := d.find(m.UID).Size.DiskGiB; got != next.Size.DiskGiB {
		t.Errorf("the new disk has %d GiB, want %d", got, next.Size.DiskGiB)
	}
	d.awaitReady(m.UID)

	next.Generation = 5 // some were ordered and never made
	d.do(d.removal(m)[0])
	d.Driver = d.Reopen()
	d.do(creation(next)...)
	d.do(creation(next)...)
	d.wantGeneration("made anew while off", m.UID, 5)
	d.do(d.removal(m)[1])
	if d.Generations != nil {
		if got := d.Generations(m.UID); len(got) != 0 {
			t.Errorf("removed: got disks of the generations %v", got)
		}
	}
}

func seeding(t *testing.T, d *driven) {
	m := d.machine()
	m.Seed = panel.Seed{
		SSHKeys:      []string{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0tVfH7pJmsrbcvX9vMd4kYGNO4lFuO7dDWhKSVAFXg"},
		UserData:     "#cloud-config\n# {{ <&>\"' \u00e4\u2028\nruncmd: [true]\n" + strings.Repeat("#", 1000),
		PasswordHash: "$6$salt$hash",
	}
	want := func(when string) {
		t.Helper()
		if d.Seed == nil {
			return
		}
		if diff := cmp.Diff(d.Seed(m.UID), m.Seed); diff != "" {
			t.Errorf("%s: - got, + want:\n%s", when, diff)
		}
	}
	d.do(creation(m)...)
	want("made")
	d.awaitReady(m.UID)
	d.do(d.removal(m)[0])
	m.Generation, m.Seed.UserData = 1, ""
	d.do(creation(m)...)
	want("made anew")
	d.awaitReady(m.UID)
}

func force(t *testing.T, d *driven) {
	m := d.machine()
	d.do(creation(m)...)
	for range 2 {
		if err := d.Driver.Reboot(t.Context(), m.UID, 0); err != nil {
			t.Fatalf("reset: %v", err)
		}
		d.wantPower("reset while booting", m.UID, fleet.PowerOn)
	}
	d.awaitReady(m.UID)
	for range 2 {
		if err := d.Driver.EnsurePower(t.Context(), m.UID, fleet.PowerOff, 0); err != nil {
			t.Fatalf("off: %v", err)
		}
		d.wantPower("switched off by force", m.UID, fleet.PowerOff)
	}
}

func rescue(t *testing.T, d *driven) {
	m := d.machine()
	d.do(creation(m)...)
	rescued := m
	rescued.Rescue = m.Image
	d.do(d.removal(m)[0])
	d.do(creation(rescued)...)
	d.do(creation(rescued)...)
	d.awaitReady(m.UID)
	d.do(d.removal(m)[0])
	d.do(creation(m)...)
	d.awaitReady(m.UID)
	d.wantGeneration("after its rescue", m.UID, 0)
}

func passwords(t *testing.T, d *driven) {
	m := d.machine()
	const hash = "$6$Xv3kP0aQ$dzyM8tF1eLbmMpi7b2rVxKzO8K1m8fZ0fU8w3lq0"
	set := func(uid string) error {
		setter, ok := d.Driver.(panel.PasswordSetter)
		if !ok {
			t.Fatal("this driver sets no passwords")
		}
		return setter.SetPassword(t.Context(), uid, hash)
	}
	if err := set(m.UID); panel.KindOf(err) != panel.MachineMissing {
		t.Errorf("of what is not there: got %v, want that it is missing", err)
	}
	d.do(creation(m)[:2]...)
	if err := set(m.UID); err == nil {
		t.Error("a machine that is off took a password")
	}
	d.do(creation(m)...)
	d.awaitReady(m.UID)
	for range 2 {
		err := set(m.UID)
		switch {
		case d.Password == nil && panel.KindOf(err) != panel.GuestFault:
			t.Errorf("of a guest without an agent: got %v, want a fault of the guest", err)
		case d.Password != nil && (err != nil || d.Password(m.UID) != hash):
			t.Errorf("got %v, and the guest has %q", err, d.Password(m.UID))
		}
	}
	d.wantPower("after its password was set", m.UID, fleet.PowerOn)
}

// snapshotter is the driver, if it can keep disks.
func (d *driven) snapshotter() panel.Snapshotter {
	s, ok := d.Driver.(panel.Snapshotter)
	if !ok {
		d.t.Fatal("this driver keeps no snapshots")
	}
	return s
}

// take takes a snapshot, twice.
func (d *driven) take(uid, snapshot string) int64 {
	d.t.Helper()
	first, err := d.snapshotter().EnsureSnapshot(d.t.Context(), uid, snapshot)
	if err != nil || first <= 0 {
		d.t.Fatalf("snapshot: got %d bytes, %v", first, err)
	}
	d.Driver = d.Reopen()
	if again, err := d.snapshotter().EnsureSnapshot(d.t.Context(), uid, snapshot); err != nil || again != first {
		d.t.Fatalf("snapshot again: got %d bytes, %v, want %d", again, err, first)
	}
	return first
}

func (d *driven) drop(snapshot string) {
	d.t.Helper()
	if err := d.snapshotter().EnsureNoSnapshot(d.t.Context(), snapshot); err != nil {
		d.t.Fatalf("remove snapshot: %v", err)
	}
}

func snapshots(t *testing.T, d *driven) {
	m, on, off := d.machine(), uuid.NewString(), uuid.NewString()
	d.do(creation(m)...)
	d.awaitReady(m.UID)
	d.take(m.UID, on)
	d.wantPower("after a snapshot", m.UID, fleet.PowerOn)
	d.do(d.removal(m)[0])
	d.take(m.UID, off)
	d.wantPower("after another", m.UID, fleet.PowerOff)
	if inventory, err := d.Driver.Inventory(t.Context()); err != nil || len(inventory.Machines) != 1 || inventory.Foreign != 0 {
		t.Errorf("the inventory has %+v, %v, want the machine alone", inventory, err)
	}
	d.do(d.removal(m)[1], d.removal(m)[1])

	for _, snapshot := range []string{on, off} {
		copied := d.machine()
		copied.Image = panel.ImageFile{Name: "snapshot", Snapshot: snapshot}
		d.do(creation(copied)...)
		d.do(creation(copied)...)
		d.awaitReady(copied.UID)
		d.drop(snapshot)
		d.drop(snapshot)
		d.do(d.removal(copied)[0])
		d.do(creation(copied)[2]) // does not need it any more
		d.awaitReady(copied.UID)
	}
	orphan := d.machine()
	orphan.Image = panel.ImageFile{Name: "snapshot", Snapshot: on}
	d.wantKind("disk from a snapshot that is gone", d.Driver.EnsureDisk(t.Context(), orphan), panel.InvalidSpec)
	_, err := d.snapshotter().EnsureSnapshot(t.Context(), d.machine().UID, uuid.NewString())
	d.wantKind("snapshot of nothing", err, panel.MachineMissing)
}

func restoring(t *testing.T, d *driven) {
	m, snapshot := d.machine(), uuid.NewString()
	d.do(creation(m)...)
	d.take(m.UID, snapshot)
	for generation := int64(1); generation <= 2; generation++ {
		m.Generation, m.Image = generation, panel.ImageFile{Name: "snapshot", Snapshot: snapshot}
		d.do(d.removal(m)[0])
		d.do(creation(m)...)
		d.wantGeneration("restored", m.UID, generation)
		d.awaitReady(m.UID)
	}
	d.take(m.UID, uuid.NewString()) // of a disk that was made from one
	d.drop(snapshot)
	d.wantPower("without its snapshot", m.UID, fleet.PowerOn)
}
