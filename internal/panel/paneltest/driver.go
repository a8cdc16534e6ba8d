// Package paneltest says, as tests, what every adapter of a port must do. A suite
// knows the port and nothing of who implements it: whoever writes an adapter runs
// the suite on it and may then be used by the panel.
package paneltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// DriverFixture is a hypervisor to try a driver on. It has no machines of ours
// yet and room for six of them.
type DriverFixture struct {
	Driver panel.Driver
	// Machine is one that the hypervisor can run, and room to grow by one vCPU,
	// half its memory and 1 GiB of disk. Its UID and name do not matter.
	Machine panel.Machine
	// Obedient is one whose guest shuts down when it is asked to. Zero: so does that
	// of Machine.
	Obedient panel.Machine
	// Reopen connects to the same hypervisor again, as after the panel died.
	Reopen func() panel.Driver

	// LoseReplies makes the hypervisor do what it is asked and lose the answers
	// to changes, or answer again.
	LoseReplies func(lose bool)
	// Image is the content of a small image that a machine can be made from. Nil
	// where the hypervisor takes no files.
	Image []byte
	// Generations are those whose disks a machine has, in order. Nil where nobody
	// can see them.
	Generations func(uid string) []int64
	// Seed is what the guest of a machine is told. Nil where nobody can read it.
	Seed func(uid string) panel.Seed
	// Password is the hash of root's that the guest of a machine was given while it
	// ran. Nil where guests have no agent.
	Password func(uid string) string
	// Crash kills the guest of a machine that is on.
	Crash func(uid string)

	// Grace is how long guests are asked where nothing depends on whether they obey;
	// 0 means as long as the panel does.
	Grace time.Duration
	// Patience is how long a guest may take to come up; 0 means a minute.
	Patience time.Duration
	// Wait passes time; nil means time.Sleep.
	Wait func(time.Duration)
}

// RunDriver tries everything that the panel relies on in a driver. Each test
// opens its own fixture, and says of a hypervisor only what the port says. Some of
// them run at the same time; who has fewer hypervisors lets open wait for one.
func RunDriver(t *testing.T, open func(t *testing.T) DriverFixture) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, d *driven)
	}{
		{"every call twice", everyCallTwice},
		{"abandoned between any two calls", abandoned},
		{"given up at any call", givenUp},
		{"the list is complete", completeList},
		{"delete of nothing and of anything", deletion},
		{"what is not there is said to be missing", missing},
		{"power states", powerStates},
		{"a reboot of what is off changes nothing", rebootOff},
		{"sizes grow", growth},
		{"what can never be is refused", invalid},
		{"an image is brought whole", bringing},
		{"a generation has a disk of its own", generations},
		{"a guest is told what it is given", seeding},
		{"force does not ask the guest", force},
		{"a machine boots what rescues it", rescue},
		{"a guest with an agent takes a password", passwords},
		{"a snapshot outlives its machine", snapshots},
		{"a snapshot is restored", restoring},
		{"lost replies can be read back", lostReplies},
		{"a guest that died can be started and stopped", crashed},
		{"many at once", concurrent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			f.Grace = cmp.Or(f.Grace, panel.ShutdownGrace)
			f.Patience = cmp.Or(f.Patience, time.Minute)
			if f.Wait == nil {
				f.Wait = time.Sleep
			}
			test.run(t, &driven{DriverFixture: f, t: t})
		})
	}
}

// driven is a fixture and the words in which the tests speak of it.
type driven struct {
	DriverFixture
	t *testing.T
}

// machine returns a new machine that is not on the hypervisor.
func (d *driven) machine() panel.Machine { return fresh(d.Machine) }

// obedient returns one whose guest obeys.
func (d *driven) obedient() panel.Machine {
	if d.Obedient.Image.Empty() {
		return d.machine()
	}
	return fresh(d.Obedient)
}

// fresh returns a machine of its own, of the same kind.
func fresh(m panel.Machine) panel.Machine {
	m.UID = uuid.NewString()
	m.Name = "m-" + m.UID[:8]
	m.Interfaces = slices.Clone(m.Interfaces)
	for n := range m.Interfaces {
		m.Interfaces[n].MAC = fmt.Sprintf("52:54:%s:%s:%s:%02x", m.UID[:2], m.UID[2:4], m.UID[4:6], n)
	}
	return m
}

// step is one call of a driver.
type step struct {
	name string
	call func(context.Context, panel.Driver) error
	then fleet.Power // what the machine is afterwards
}

func creation(m panel.Machine) []step {
	return []step{
		{"disk", func(ctx context.Context, d panel.Driver) error { return d.EnsureDisk(ctx, m) }, fleet.PowerAbsent},
		{"define", func(ctx context.Context, d panel.Driver) error { return d.EnsureDefined(ctx, m) }, fleet.PowerOff},
		{"on", func(ctx context.Context, d panel.Driver) error {
			return d.EnsurePower(ctx, m.UID, fleet.PowerOn, panel.ShutdownGrace)
		}, fleet.PowerOn},
	}
}

func (d *driven) removal(m panel.Machine) []step {
	return []step{
		{"off", func(ctx context.Context, driver panel.Driver) error {
			return driver.EnsurePower(ctx, m.UID, fleet.PowerOff, d.Grace)
		}, fleet.PowerOff},
		{"absent", func(ctx context.Context, d panel.Driver) error { return d.EnsureAbsent(ctx, m.UID) }, fleet.PowerAbsent},
	}
}

// do runs steps to their end.
func (d *driven) do(steps ...step) {
	d.t.Helper()
	for _, s := range steps {
		if err := s.call(d.t.Context(), d.Driver); err != nil {
			d.t.Fatalf("%s: %v", s.name, err)
		}
	}
}

// find returns the machine as the hypervisor lists it, absent if it does not.
func (d *driven) find(uid string) panel.Machine {
	d.t.Helper()
	inventory, err := d.Driver.Inventory(d.t.Context())
	if err != nil {
		d.t.Fatalf("inventory: %v", err)
	}
	found := panel.Machine{Power: fleet.PowerAbsent}
	for _, m := range inventory.Machines {
		if m.UID != uid {
			continue
		}
		if found.UID == uid {
			d.t.Fatalf("inventory lists %s twice", uid)
		}
		found = m
	}
	return found
}

func (d *driven) wantPower(when, uid string, want fleet.Power) {
	d.t.Helper()
	if got := d.find(uid).Power; got != want {
		d.t.Errorf("%s: got power %s, want %s", when, got, want)
	}
}

// wantKind checks that an error is one a driver may return, and of a kind.
func (d *driven) wantKind(when string, err error, want panel.ErrorKind) {
	d.t.Helper()
	var driver *panel.DriverError
	switch {
	case !errors.As(err, &driver):
		d.t.Errorf("%s: got %v, want a *DriverError", when, err)
	case driver.Kind != want || driver.Operation == "" || driver.Hypervisor == "" || driver.Err == nil:
		d.t.Errorf("%s: got %+v, want kind %s with operation, hypervisor and cause", when, *driver, want)
	}
}

// awaitReady waits until the guest is up.
func (d *driven) awaitReady(uid string) {
	d.t.Helper()
	const pause = 50 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		switch ready, err := d.Driver.Ready(d.t.Context(), uid); {
		case err != nil:
			d.t.Fatalf("ready: %v", err)
		case ready:
			return
		case waited > d.Patience:
			d.t.Fatalf("the guest is not up after %s", d.Patience)
		}
		d.Wait(pause)
	}
}
