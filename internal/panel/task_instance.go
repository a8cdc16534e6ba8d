package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/fleet"
)

// target is an instance's machine and the driver of its hypervisor.
type target struct {
	instance Instance
	machine  Machine
	holds    fleet.Holds
	driver   Driver
}

// wantOn says whether the machine should run.
func (t target) wantOn() bool { return t.instance.Facts(t.holds, "", false).WantOn() }

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
		found = target{instance: i, holds: account.Holds, machine: Machine{UID: i.UID, Name: i.Name}}
		if found.machine.Limits.PortMbitPerS, err = tx.Throttle(i.ID); err != nil {
			return err
		}
		if found.machine.Interfaces, err = interfaces(tx, i, host); err != nil {
			return err
		}
		found.machine.Image.Name, found.machine.Size, err = imageAndSize(tx, i)
		return err
	})
	if err != nil {
		return target{}, err
	}
	found.driver, err = p.drivers.Driver(host)
	return found, err
}

func imageAndSize(tx Tx, i Instance) (image string, size fleet.Resources, err error) {
	images, err := tx.ListImages()
	if err != nil {
		return "", size, err
	}
	for _, candidate := range images {
		if candidate.ID == i.ImageID {
			image = candidate.Name()
		}
	}
	allocated, err := tx.Allocation(i.ID)
	if errors.Is(err, ErrNotFound) {
		return image, size, nil // let go already: only removing is left
	}
	return image, allocated.Size, err
}

func (p *Panel) performCreate(ctx context.Context, t *Task) error {
	steps := []struct {
		name string
		do   func(target) error
	}{
		{StepDisk, func(m target) error { return m.driver.EnsureDisk(ctx, m.machine) }},
		{StepDefine, func(m target) error { return m.driver.EnsureDefined(ctx, m.machine) }},
		{StepPower, func(m target) error { return m.driver.EnsurePower(ctx, m.machine.UID, fleet.PowerOn, ShutdownGrace) }},
		{StepBoot, func(m target) error { return ready(ctx, m) }},
	}
	for _, s := range steps {
		if gone, err := p.takeStep(ctx, t, s.name, s.do); gone || err != nil {
			return err
		}
	}
	return p.activate(ctx, t)
}

// takeStep does one step on the instance as it is now. gone says that the
// instance is being deleted and the task has been ended for it.
func (p *Panel) takeStep(ctx context.Context, t *Task, name string, do func(target) error) (gone bool, err error) {
	found, err := p.target(ctx, t)
	if err != nil {
		return false, err
	}
	if !found.instance.Live() {
		return true, p.endTask(ctx, t, TaskCanceled)
	}
	if err := p.step(ctx, t, name); err != nil {
		return false, err
	}
	return false, do(found)
}

func ready(ctx context.Context, m target) error {
	up, err := m.driver.Ready(ctx, m.machine.UID)
	if err == nil && !up {
		return errNap
	}
	return err
}

// activate begins an instance's billable life, in the transaction that ends its
// creation.
func (p *Panel) activate(ctx context.Context, t *Task) error {
	return p.onAccount(ctx, t.AccountID, func(b *book) error {
		i, err := b.tx.Instance(t.InstanceID)
		if err != nil {
			return err
		}
		if i.Lifecycle != fleet.LifecyclePending {
			return finish(b.tx, t, TaskSucceeded)
		}
		if err := finish(b.tx, t, TaskSucceeded); err != nil {
			return err
		}
		host, err := b.tx.Hypervisor(i.HypervisorID)
		if err != nil {
			return err
		}
		i.Lifecycle = fleet.LifecycleActive
		i.Observed, i.ObservedAt = fleet.PowerOn, b.now
		if err := b.event(Event{Kind: EventInstanceCreated, InstanceID: i.ID, Name: i.Name, Detail: host.Name}); err != nil {
			return err
		}
		if err := b.meter(&i); err != nil {
			return err
		}
		if err := b.tx.UpdateInstance(i); err != nil {
			return err
		}
		if !i.Facts(b.account.Holds, "", false).WantOn() {
			return b.orderPower(i) // it was suspended or stopped while it came up
		}
		return nil
	})
}

// maxHosts is on how many hypervisors creating an instance is tried.
const maxHosts = 3

// placeElsewhere tries creating an instance on another hypervisor of its
// location, because the one it has cannot. What may be left there is removed.
func (p *Panel) placeElsewhere(ctx context.Context, t *Task, cause error) error {
	if t.Attempt >= maxHosts {
		return p.giveUp(ctx, t, string(HostFault), "We tried several hypervisors and none could make it. You were not charged.", cause)
	}
	err := p.onAccount(ctx, t.AccountID, func(b *book) error {
		i, err := b.tx.Instance(t.InstanceID)
		if err != nil {
			return err
		}
		if i.Lifecycle != fleet.LifecyclePending {
			return finish(b.tx, t, TaskCanceled)
		}
		return b.moveCreate(t, &i)
	})
	var no *Refusal
	if errors.As(err, &no) {
		return p.giveUp(ctx, t, string(no.Code), "Its hypervisor failed and there is no room elsewhere in the location. You were not charged.", cause)
	}
	return ignoreReplaced(err)
}

func (b *book) moveCreate(t *Task, i *Instance) error {
	plan, err := b.tx.Plan(i.PlanID)
	if err != nil {
		return err
	}
	if err := b.tx.DeleteAllocation(i.ID); err != nil {
		return err
	}
	has, err := b.tx.ListAddresses(AddressFilter{InstanceID: i.ID})
	if err != nil {
		return err
	}
	host, addresses, err := b.place(i.LocationID, plan.Size, has, i.HypervisorID)
	if err != nil {
		return err
	}
	if err := b.tx.InsertAllocation(Allocation{i.ID, host.ID, plan.Size.Resources}, host.Hypervisor); err != nil {
		return err
	}
	if err := b.give(*i, addresses); err != nil {
		return err
	}
	if err := b.order(*i, Task{Kind: TaskCleanup, RequestedBy: "accrue"}); err != nil {
		return err
	}
	i.HypervisorID, t.HypervisorID = host.ID, host.ID
	if err := b.tx.UpdateInstance(*i); err != nil {
		return err
	}
	t.State, t.RunAt, t.LeaseUntil, t.Step = TaskQueued, b.now, 0, ""
	return b.tx.UpdateTask(*t)
}

// failCreate lets go of an instance that could not be created.
func (b *book) failCreate(instance int64, why string) error {
	i, err := b.tx.Instance(instance)
	if err != nil {
		return err
	}
	if i.Lifecycle != fleet.LifecyclePending {
		return nil
	}
	i.Lifecycle, i.Failure = fleet.LifecycleFailed, why
	if err := b.tx.DeleteAllocation(i.ID); err != nil {
		return err
	}
	if err := b.tx.UpdateInstance(i); err != nil {
		return err
	}
	if err := b.order(i, Task{Kind: TaskCleanup, RequestedBy: "accrue"}); err != nil {
		return err
	}
	return b.event(Event{Kind: EventInstanceFailed, InstanceID: i.ID, Name: i.Name, Detail: why})
}
