package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// Options say how a World behaves. The zero Options is one that takes its time.
type Options struct {
	// Instant makes everything answer at once and every guest ready as soon as
	// it is on. Nothing sleeps: a hypervisor that hangs answers, at once, what
	// a caller that gave up would have got.
	Instant bool
	// Latency says how long things take; the zero Profile is DefaultProfile.
	Latency Profile
	// Seed makes one World's times differ from another's. Equal seeds take
	// equal times.
	Seed uint64
	// Now is the World's clock; nil means time.Now.
	Now func() time.Time
	// Written is how many bytes of a disk of some GiB a snapshot takes; nil
	// means two fifths of it.
	Written func(gib int64) int64
	// Sleep waits for d, or until ctx ends and then returns its error; nil
	// means a timer.
	Sleep func(ctx context.Context, d time.Duration) error
}

// World is a set of simulated hypervisors. Every ID is one: a hypervisor is
// there as soon as somebody asks for it. It is a panel.Drivers and a
// panel.Faulty, and safe for use by several goroutines.
type World struct {
	shelf    shelf
	consoles consoles
	watchers watchers
	written  func(gib int64) int64
	clock
}

var (
	_ panel.Drivers = (*World)(nil)
	_ panel.Faulty  = (*World)(nil)
	_ panel.Watcher = (*driver)(nil)
)

// Placed is a machine, all that a World knows about it, and where it is. What else
// a hypervisor keeps, snapshots and files of images, is Placed too.
type Placed struct {
	Hypervisor int64
	panel.Machine
	Disks    map[int64]Disk // by the generation that each was made for
	Defined  bool           // false: disks are all there is, and Power is PowerAbsent
	Running  Run            // zero unless it is on
	Foreign  bool           // somebody else's, not the panel's
	Since    time.Time      // when its power became what it is, or it was rebooted
	Snapshot *Snapshot      // nil: this is no snapshot
	File     bool           // this is the file of an image
	Port     portUse        // what its counters go on from; zero unless its port was limited anew
	Password string         // of root, as crypt(3) writes it; empty unless it was set while the guest ran
}

// Disk is a disk of a machine.
type Disk struct {
	GiB   int64
	Image panel.ImageFile // that it was made from
}

// Run is what a machine was started with.
type Run struct {
	Size       fleet.Resources
	Generation int64
	Rescue     panel.ImageFile
}

// exists reports whether there is anything of the machine at all.
func (p *Placed) exists() bool { return p.Defined || len(p.Disks) > 0 || p.Snapshot != nil || p.File }

// disk is the one that the machine has, or had when it was started.
func (p *Placed) disk() Disk {
	if p.Power == fleet.PowerOn {
		return p.Disks[p.Running.Generation]
	}
	return p.Disks[p.Generation]
}

// turn gives the machine another power, from now on.
func (p *Placed) turn(power fleet.Power, now time.Time) {
	p.Power, p.Since, p.Running = power, now, Run{}
	if power == fleet.PowerOn {
		p.Running = Run{p.Size, p.Generation, p.Rescue}
	}
	p.tidy()
}

// tidy removes the disks of older generations, but for one that is in use.
func (p *Placed) tidy() {
	maps.DeleteFunc(p.Disks, func(generation int64, _ Disk) bool {
		inUse := p.Power == fleet.PowerOn && generation == p.Running.Generation
		return generation < p.Generation && !inUse
	})
}

// Open opens the World kept in the file at path, which is made when there is
// none. An empty path is a new World that is gone when it is closed. Several
// Worlds, in one process or many, may be open on one file; each sees at once
// what another did.
func Open(path string, opts Options) (*World, error) {
	world := &World{clock: newClock(opts), written: opts.Written}
	if world.written == nil {
		world.written = func(gib int64) int64 { return gib << 30 * 2 / 5 }
	}
	if path == "" {
		world.shelf = newMemory()
		return world, nil
	}
	file, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("open simulated hypervisors in %s: %w", path, err)
	}
	world.shelf = file
	return world, nil
}

// Close lets go of the file. Machines in a file keep on running.
func (w *World) Close() error { return w.shelf.close() }

// Driver connects to a hypervisor. It never fails, not even when the hypervisor
// is unreachable: the first call does.
func (w *World) Driver(h panel.Hypervisor) (panel.Driver, error) {
	return &driver{world: w, id: h.ID, name: h.Name}, nil
}

// Machines lists what is on all hypervisors, by hypervisor and then by UID:
// also disks that never became a machine, and one UID twice if it is on two
// hypervisors. It tells the truth, whatever the faults and the latency.
func (w *World) Machines(ctx context.Context) ([]Placed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all, err := w.shelf.list(everywhere)
	return slices.DeleteFunc(all, func(p Placed) bool { return p.Snapshot != nil || p.File }), err
}

// turnOff gives the machines that are on, and match, the power that is left to
// them, and counts them.
func (w *World) turnOff(hypervisor int64, left fleet.Power, match func(*Placed) bool) (int, error) {
	machines, err := w.shelf.list(hypervisor)
	if err != nil {
		return 0, err
	}
	turned := 0
	for _, machine := range machines {
		err := w.shelf.change(machine.Hypervisor, machine.UID, func(p *Placed) error {
			if p.Power == fleet.PowerOn && match(p) {
				p.turn(left, w.now())
				turned++
			}
			return nil
		})
		if err != nil {
			return turned, err
		}
	}
	return turned, nil
}

// everywhere stands for all hypervisors where one is asked for.
const everywhere = 0

// shelf keeps what a World consists of. It is as quick as it can be and knows no
// faults; a change is done whole or not at all.
type shelf interface {
	// find returns a machine, or one that does not exist.
	find(hypervisor int64, uid string) (Placed, error)
	// list returns the machines of a hypervisor in order.
	list(hypervisor int64) ([]Placed, error)
	// change hands a machine, there or not, to do, and keeps what do makes of
	// it; what does not exist any more is dropped. It changes nothing if do
	// returns an error.
	change(hypervisor int64, uid string, do func(*Placed) error) error
	host(hypervisor int64) (host, error)
	changeHost(hypervisor int64, do func(*host)) error
	faults(hypervisor int64) (map[panel.Fault]bool, error)
	setFault(hypervisor int64, fault panel.Fault, on bool) error
	close() error
}
