package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// powerExpiry is how long a reboot or a forced switch may wait: nobody wants one
// at four in the morning because a hypervisor is back.
const powerExpiry billing.Instant = 15 * 60

// Priorities of tasks: what ends costs goes before what was only asked for.
const (
	priorityNormal = 0
	priorityHold   = 10
	priorityDelete = 10
)

// onInstance does one thing to an instance of the caller's account. Those of
// other accounts are not found.
func (p *Panel) onInstance(ctx context.Context, who identity.Who, id int64, command fleet.Command, do func(*book, *Instance) error) (Instance, error) {
	if !who.May(identity.WriteInstances) {
		return Instance{}, ErrForbidden
	}
	var changed Instance
	account, err := p.ownerOf(ctx, who, id)
	if err != nil {
		return changed, err
	}
	err = p.onAccount(ctx, account, func(b *book) error {
		i, err := b.tx.Instance(id)
		if err != nil {
			return err
		}
		activity, err := activityOf(b.tx, id)
		if err != nil {
			return err
		}
		if err := b.may(i, command, activity); err != nil {
			return err
		}
		if err := do(b, &i); err != nil {
			return err
		}
		changed = i
		return nil
	})
	return changed, err
}

// ownerOf returns the account of an instance that the caller may see.
func (p *Panel) ownerOf(ctx context.Context, who identity.Who, id int64) (account int64, err error) {
	err = p.view(ctx, func(tx Tx) error {
		i, err := visibleInstance(tx, who, id)
		account = i.AccountID
		return err
	})
	return account, err
}

// visibleInstance returns an instance if it is the caller's, or if the caller
// is an administrator.
func visibleInstance(tx Tx, who identity.Who, id int64) (Instance, error) {
	i, err := tx.Instance(id)
	if err != nil {
		return Instance{}, err
	}
	if !who.Admin() && i.AccountID != who.AccountID {
		return Instance{}, ErrNotFound
	}
	return i, nil
}

// activityOf is the kind of the task that is at work on an instance, or empty.
func activityOf(tx Tx, instance int64) (TaskKind, error) {
	tasks, err := tx.ListTasks(TaskFilter{InstanceID: instance, OpenOnly: true})
	if err != nil {
		return "", err
	}
	for _, t := range tasks {
		if t.Kind.Verb() != "" {
			return t.Kind, nil
		}
	}
	return "", nil
}

// may asks the instance's state whether it accepts a command. What is held for
// billing is refused as the account's suspension, because that is what to mend.
func (b *book) may(i Instance, c fleet.Command, activity TaskKind) error {
	facts := i.Facts(b.account.Holds, activity, false)
	err := facts.May(c)
	var no *fleet.Refusal
	if !errors.As(err, &no) {
		return err
	}
	if no.Code == fleet.CodeSuspended && facts.Holds == fleet.Holds(fleet.HoldBilling) {
		return b.mayStart()
	}
	return &Refusal{Code: Code(no.Code), Message: no.Message}
}

func (b *book) mayStart() error {
	return asRefusal(billing.MayStart(b.position(), b.settings.Thresholds, b.account.Taken, b.now))
}

// StartInstance switches an instance on, also one whose guest has crashed too often
// to be restarted. Starting what is started is accepted and changes nothing.
func (p *Panel) StartInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandStart, func(b *book, i *Instance) error {
		if i.DesiredPower == fleet.PowerOn && i.Observed != fleet.PowerCrashed {
			return nil
		}
		if err := b.mayStart(); err != nil {
			return err
		}
		i.DesiredPower = fleet.PowerOn
		if err := b.event(Event{Kind: EventInstanceStarted, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		return b.applyState(i)
	})
}

// StopInstance switches an instance off. It keeps its room, and costs what the
// plan says for stopped instances. Stopping what is stopped changes nothing.
func (p *Panel) StopInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandStop, func(b *book, i *Instance) error {
		if i.DesiredPower == fleet.PowerOff {
			return nil
		}
		i.DesiredPower = fleet.PowerOff
		if err := b.event(Event{Kind: EventInstanceStopped, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		return b.applyState(i)
	})
}

// RebootInstance restarts a running instance. It costs nothing extra.
func (p *Panel) RebootInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandReboot, func(b *book, i *Instance) error {
		if err := b.event(Event{Kind: EventInstanceRebooted, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		return b.order(*i, Task{Kind: TaskReboot, ExpiresAt: b.now + powerExpiry, RequestedBy: who.Actor()})
	})
}

// DeleteInstance removes an instance. It costs nothing from this second on,
// even if its hypervisor cannot be reached; its room is free at once.
func (p *Panel) DeleteInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandDelete, func(b *book, i *Instance) error {
		if i.Protection.Delete {
			return refuse(CodeProtected, "%s is protected from being deleted. Take the protection away first.", i.Name)
		}
		i.Lifecycle, i.DeletedAt = fleet.LifecycleDeleting, b.now
		if err := b.meter(i); err != nil {
			return err
		}
		if err := b.chargeMinimum(*i); err != nil {
			return err
		}
		if err := b.tx.DeleteAllocation(i.ID); err != nil {
			return fmt.Errorf("room of instance %d: %w", i.ID, err)
		}
		if err := b.tx.UpdateInstance(*i); err != nil {
			return err
		}
		if err := b.event(Event{Kind: EventInstanceDeleted, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		if err := b.tx.CancelTasks(i.ID, b.now, "the instance is being deleted", instanceTasks...); err != nil {
			return err
		}
		if err := b.order(*i, Task{Kind: TaskDelete, Priority: priorityDelete, RequestedBy: who.Actor()}); err != nil {
			return err
		}
		return b.judge()
	})
}

// RenameInstance gives an instance another host name; the guest takes it when
// it is created anew.
func (p *Panel) RenameInstance(ctx context.Context, who identity.Who, id int64, name string) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandStop, func(b *book, i *Instance) error {
		if name == i.Name {
			return nil
		}
		if err := b.checkName(name); err != nil {
			return err
		}
		i.Name = name
		if err := b.event(Event{Kind: EventInstanceRenamed, InstanceID: i.ID, Name: name, Actor: who.Actor()}); err != nil {
			return err
		}
		return b.tx.UpdateInstance(*i)
	})
}

// orderPower asks for the power state that the instance's facts want. A task
// that still waits with an older wish is replaced.
func (b *book) orderPower(i Instance) error { return b.orderPowerAt(i, b.now) }

// orderPowerAt is orderPower for later.
func (b *book) orderPowerAt(i Instance, at billing.Instant) error {
	if i.Lifecycle != fleet.LifecycleActive || i.Holds.Has(fleet.HoldLost) {
		return nil
	}
	if err := b.tx.CancelTasks(i.ID, b.now, "replaced by a newer wish", TaskPower, TaskPowerOff); err != nil {
		return err
	}
	priority := int64(priorityNormal)
	if !i.Facts(b.account.Holds, "", false).WantOn() {
		priority = priorityHold
	}
	return b.order(i, Task{Kind: TaskPower, Priority: priority, RunAt: at, RequestedBy: "accrue"})
}
