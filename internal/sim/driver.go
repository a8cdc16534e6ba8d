package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// driver is a connection to one hypervisor of a World.
type driver struct {
	world *World
	id    int64
	name  string
}

// Probe answers whether the hypervisor is there.
func (d *driver) Probe(ctx context.Context) (panel.Facts, error) {
	err := d.look(ctx)
	var h host
	if err == nil {
		h, err = d.world.shelf.host(d.id)
	}
	return h.facts(d.id), d.named("probe", err)
}

// Inventory lists the machines that are defined, by UID. The size of one that is
// on, and the generation of its disk, is what it was started with. A disk that never became a machine is not
// among them; World.Machines shows it.
func (d *driver) Inventory(ctx context.Context) (panel.Inventory, error) {
	const operation = "inventory"
	if err := d.look(ctx); err != nil {
		return panel.Inventory{}, d.named(operation, err)
	}
	placed, err := d.world.shelf.list(d.id)
	if err != nil {
		return panel.Inventory{}, d.named(operation, err)
	}
	var inventory panel.Inventory
	for _, p := range placed {
		if !p.Defined {
			continue
		}
		if p.Foreign {
			inventory.Foreign++
			inventory.Taken = inventory.Taken.Add(p.Size)
			continue
		}
		machine := p.Machine
		if p.Power == fleet.PowerOn {
			machine.Size, machine.Generation = p.Running.Size, p.Running.Generation
		}
		machine.Size.DiskGiB = p.disk().GiB
		inventory.Machines = append(inventory.Machines, machine)
	}
	return inventory, nil
}

// EnsurePower switches the machine on or off. Off is a shutdown by the guest
// within the grace, or the profile's if that is shorter, and force after that. Whoever gives up before
// finds the machine still on.
func (d *driver) EnsurePower(ctx context.Context, uid string, want fleet.Power, grace time.Duration) error {
	operation := "power " + string(want)
	if want != fleet.PowerOn && want != fleet.PowerOff {
		return d.named(operation, refusal(panel.InvalidSpec, errors.New("a machine can be switched on or off only")))
	}
	takes := func(p Placed) time.Duration {
		switch {
		case p.Power == want || !p.Defined:
			return 0
		case want == fleet.PowerOn:
			return d.draw(d.world.profile.PowerOn, operation, uid)
		}
		return min(grace, d.shutdown(p))
	}
	return d.change(ctx, operation, uid, takes, func(p *Placed) error {
		switch {
		case !p.Defined:
			return missing("there is no such machine")
		case p.Power == want:
		case want == fleet.PowerOn && p.disk().GiB == 0:
			return missing("the machine has no disk")
		default:
			p.turn(want, d.world.now())
		}
		return nil
	})
}

// Reboot restarts the guest in an orderly way within the grace. A machine that is not on cannot
// be rebooted, now or later: the kind is InvalidSpec.
func (d *driver) Reboot(ctx context.Context, uid string, grace time.Duration) error {
	takes := func(p Placed) time.Duration { return min(grace, d.shutdown(p)) }
	return d.change(ctx, "reboot", uid, takes, func(p *Placed) error {
		switch {
		case !p.Defined:
			return missing("there is no such machine")
		case p.Power != fleet.PowerOn:
			return refusal(panel.InvalidSpec, fmt.Errorf("the machine is %s", p.Power))
		}
		p.Since = d.world.now()
		return nil
	})
}

// Ready reports whether the guest has had its time to boot since the machine was
// switched on or rebooted. The guest of a machine that is off is not ready.
func (d *driver) Ready(ctx context.Context, uid string) (bool, error) {
	const operation = "look at guest"
	if err := d.look(ctx); err != nil {
		return false, d.named(operation, err)
	}
	p, err := d.world.shelf.find(d.id, uid)
	if err == nil && !p.Defined {
		err = missing("there is no such machine")
	}
	if err != nil {
		return false, d.named(operation, err)
	}
	return p.Power == fleet.PowerOn && d.booting(p) <= 0, nil
}

// EnsureAbsent switches the machine off by force and removes it and its disks.
func (d *driver) EnsureAbsent(ctx context.Context, uid string) error {
	const operation = "remove"
	takes := func(p Placed) time.Duration {
		if !p.exists() {
			return 0
		}
		return d.draw(d.world.profile.Remove, operation, uid)
	}
	return d.change(ctx, operation, uid, takes, func(p *Placed) error {
		*p = Placed{}
		return nil
	})
}

// look passes the gate and takes the time of a look.
func (d *driver) look(ctx context.Context) error {
	if _, err := d.gate(ctx, false); err != nil {
		return err
	}
	return d.world.sleep(ctx, d.draw(d.world.profile.Look, "look", ""))
}

// change brings about an effect on a machine, after the time it takes for the
// machine as it is now. Until then nothing has happened: the effect comes whole
// and last, also when the machine has changed in between.
func (d *driver) change(ctx context.Context, operation, uid string, takes func(Placed) time.Duration, effect func(*Placed) error) error {
	lost, err := d.gate(ctx, true)
	if err != nil {
		return d.named(operation, err)
	}
	p, err := d.world.shelf.find(d.id, uid)
	if err == nil {
		err = d.world.sleep(ctx, takes(p))
	}
	if err == nil {
		err = d.world.shelf.change(d.id, uid, effect)
	}
	if lost {
		err = refusal(panel.UnknownOutcome, errReplyLost)
	}
	return d.named(operation, err)
}

// shutdown returns how long it takes until the machine is off.
func (d *driver) shutdown(p Placed) time.Duration {
	if p.Power != fleet.PowerOn {
		return 0
	}
	return min(max(d.booting(p), 0)+d.draw(d.world.profile.Shutdown, "shutdown", p.UID), d.world.profile.Grace)
}

// booting returns how long the guest of a machine that is on still boots.
func (d *driver) booting(p Placed) time.Duration {
	boot := d.world.draw(d.world.profile.Boot, "boot", d.id, p.UID, p.Since)
	return boot - d.world.now().Sub(p.Since)
}

func (d *driver) draw(delay Delay, what, uid string) time.Duration {
	return d.world.clock.draw(delay, what, d.id, uid, d.world.now())
}

// valid refuses what no hypervisor can make.
func valid(m panel.Machine) error {
	if m.UID == "" {
		return refusal(panel.InvalidSpec, errors.New("the machine has no UID"))
	}
	if err := m.Size.Validate(); err != nil {
		return refusal(panel.InvalidSpec, err)
	}
	return nil
}

func missing(message string) error {
	return refusal(panel.MachineMissing, errors.New(message))
}

func refusal(kind panel.ErrorKind, err error) error {
	return &panel.DriverError{Kind: kind, Err: err}
}

// named says in a driver's error what was asked of whom. An error of no kind
// leaves the outcome unknown.
func (d *driver) named(operation string, err error) error {
	if err == nil {
		return nil
	}
	cause := err
	var refused *panel.DriverError
	if errors.As(err, &refused) {
		cause = refused.Err
	}
	return &panel.DriverError{Kind: panel.KindOf(err), Operation: operation, Hypervisor: d.name, Err: cause}
}
