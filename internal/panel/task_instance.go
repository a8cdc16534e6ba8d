package panel

import (
	"context"
	"errors"

	"accrue/internal/fleet"
)

func (p *Panel) performCreate(ctx context.Context, t *Task) error {
	done, err := p.takeSteps(ctx, t, step{StepImage, p.bringImage},
		step{StepDisk, makeDisk}, step{StepDefine, define}, step{StepPower, powerOn}, step{StepBoot, awaitBoot})
	if !done || err != nil {
		return err
	}
	return p.activate(ctx, t)
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
		i.Observed, i.ObservedAt = i.DesiredPower, b.now
		if err := b.event(Event{Kind: EventInstanceCreated, InstanceID: i.ID, Name: i.Name, Detail: host.Name}); err != nil {
			return err
		}
		if err := b.meter(&i); err != nil {
			return err
		}
		if err := b.tx.UpdateInstance(i); err != nil {
			return err
		}
		if i.Observed == fleet.PowerOn && !i.Facts(b.account.Holds, "", false).WantOn() {
			return b.orderPower(i) // it was suspended while it came up
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
	apart, err := b.apartFrom(i.ImageID, i.LocationID)
	if err != nil {
		return err
	}
	host, addresses, err := b.place(i.LocationID, plan.Size, has, append(apart, i.HypervisorID)...)
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
