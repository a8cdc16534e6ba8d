package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/fleet"
)

// target is an instance's machine and the driver of its hypervisor.
type target struct {
	instance Instance
	machine  Machine
	image    Image // what its disk starts from; zero: nothing
	rescue   Image // what it boots instead; zero: nothing
	holds    fleet.Holds
	driver   Driver
	task     int64
}

// wanted is the power that the machine should have.
func (t target) wanted() fleet.Power {
	if t.instance.Facts(t.holds, "", false).WantOn() {
		return fleet.PowerOn
	}
	return fleet.PowerOff
}

// target loads what a task is about as it is now, not as it was when the task
// was written. It returns ErrReplaced when the instance no longer wants it.
func (p *Panel) target(ctx context.Context, t *Task) (target, error) {
	var found target
	var host Hypervisor
	err := p.view(ctx, func(tx Tx) error {
		i, err := tx.Instance(t.InstanceID)
		if err != nil {
			return fmt.Errorf("instance %d: %w", t.InstanceID, err)
		}
		account, err := tx.Account(i.AccountID)
		if err != nil {
			return fmt.Errorf("account %d: %w", i.AccountID, err)
		}
		if host, err = tx.Hypervisor(t.HypervisorID); err != nil {
			return fmt.Errorf("hypervisor %d: %w", t.HypervisorID, err)
		}
		found = target{instance: i, holds: account.Holds, task: t.ID}
		if found.image, err = imageOf(tx, i.ImageID); err != nil {
			return err
		}
		if found.machine, err = machineOf(tx, i, host); err != nil {
			return err
		}
		if found.rescue, err = imageOf(tx, i.RescueImage); err != nil {
			return err
		}
		if i.RescueImage != 0 {
			found.machine.Rescue = found.rescue.file()
		}
		found.machine.Image, err = fileOf(tx, found.image)
		return err
	})
	if err != nil {
		return target{}, err
	}
	found.driver, err = p.drivers.Driver(host)
	return found, err
}

// machineOf is an instance as its hypervisor is asked to have it. One that has
// been let go has no size: only removing it is left.
func machineOf(tx Tx, i Instance, host Hypervisor) (Machine, error) {
	m := Machine{UID: i.UID, Name: i.Name, Generation: i.Generation}
	plan, err := tx.Plan(i.PlanID)
	if err != nil {
		return m, fmt.Errorf("plan %d: %w", i.PlanID, err)
	}
	m.Limits = Limits{CPUPercent: plan.CPUPercent, IOPS: plan.IOPS, DiskBytesPerS: plan.DiskMiBPerS << 20}
	if m.Limits.PortMbitPerS, err = tx.Throttle(i.ID); err != nil {
		return m, err
	}
	if m.Interfaces, err = interfaces(tx, i, host); err != nil {
		return m, err
	}
	kind := SeedDisk
	if i.RescueImage != 0 {
		kind = SeedRescue
	}
	if m.Seed, err = tx.Seed(i.ID, kind); err != nil && !errors.Is(err, ErrNotFound) {
		return m, err
	}
	allocated, err := tx.Allocation(i.ID)
	if errors.Is(err, ErrNotFound) {
		return m, nil
	}
	m.Size = allocated.Size
	return m, err
}

// imageOf returns an image, or none for 0.
func imageOf(tx Tx, id int64) (Image, error) {
	if id == 0 {
		return Image{}, nil
	}
	image, err := tx.Image(id)
	if err != nil {
		return image, fmt.Errorf("image %d: %w", id, err)
	}
	return image, nil
}

// fileOf is an image as a driver knows it.
func fileOf(tx Tx, image Image) (ImageFile, error) {
	if image.Kind != ImageSnapshot {
		return image.file(), nil
	}
	s, err := tx.Snapshot(image.ID)
	return ImageFile{Name: image.Name(), Snapshot: s.UID}, err
}

// step is a step of a task: its name, and what it does to the machine as it is
// then.
type step struct {
	name string
	do   func(context.Context, target) error
}

// take takes the step, within its bound.
func (s step) take(ctx context.Context, m target) error {
	if s.name != StepImage {
		bounded, cancel := context.WithTimeout(ctx, taskBound)
		defer cancel()
		ctx = bounded
	}
	return s.do(ctx, m)
}

// takeSteps takes steps one after another. It is done unless the instance is
// being deleted or lost, for which the task has been ended. A task that waits for its
// guest goes on with that, and with the power that the guest needs; if that
// fails it starts over.
func (p *Panel) takeSteps(ctx context.Context, t *Task, steps ...step) (done bool, err error) {
	waiting := t.Step == StepBoot
	if waiting {
		steps = steps[len(steps)-2:]
	}
	for _, s := range steps {
		found, err := p.target(ctx, t)
		if err != nil {
			return false, err
		}
		if !found.instance.Live() || found.instance.Holds.Has(fleet.HoldLost) {
			return false, p.endTask(ctx, t, TaskCanceled)
		}
		if !waiting {
			err = p.step(ctx, t, s.name)
		}
		if err == nil {
			if !waiting && (s.name == StepPower || s.name == StepPowerOff) {
				p.readOut(ctx, found)
			}
			err = s.take(ctx, found)
		}
		if err != nil && !errors.Is(err, errNap) && waiting {
			t.Step = ""
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func makeDisk(ctx context.Context, m target) error { return m.driver.EnsureDisk(ctx, m.machine) }

func define(ctx context.Context, m target) error { return m.driver.EnsureDefined(ctx, m.machine) }

// powerOn switches a new machine on, unless its owner wants it off at first.
func powerOn(ctx context.Context, m target) error {
	if m.instance.DesiredPower == fleet.PowerOff {
		return nil
	}
	return m.driver.EnsurePower(ctx, m.machine.UID, fleet.PowerOn, ShutdownGrace)
}

// powerOff switches a machine off for what is to be done to it. One that is not
// there is off.
func powerOff(grace time.Duration) func(context.Context, target) error {
	return func(ctx context.Context, m target) error {
		err := m.driver.EnsurePower(ctx, m.machine.UID, fleet.PowerOff, grace)
		if err != nil && KindOf(err) == MachineMissing {
			return nil
		}
		return err
	}
}

// powerAsWanted gives a machine the power that its instance wants at this moment,
// and says which that was.
func powerAsWanted(grace time.Duration, given *fleet.Power) func(context.Context, target) error {
	return func(ctx context.Context, m target) error {
		*given = m.wanted()
		return m.driver.EnsurePower(ctx, m.machine.UID, *given, grace)
	}
}

// awaitBoot returns errNap while the guest of a machine that should be on is not
// up yet.
func awaitBoot(ctx context.Context, m target) error {
	if m.instance.DesiredPower == fleet.PowerOff || m.instance.Lifecycle == fleet.LifecycleActive && m.wanted() == fleet.PowerOff {
		return nil
	}
	up, err := m.driver.Ready(ctx, m.machine.UID)
	if err == nil && !up {
		return errNap
	}
	return err
}
