package panel

import (
	"context"

	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// PowerOffInstance switches an instance off at once, as if its plug was pulled.
// It breaks off a shutdown or restart that the guest takes its time for, and
// costs from then on what StopInstance says.
func (p *Panel) PowerOffInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandPowerOff, func(b *book, i *Instance) error {
		if i.DesiredPower == fleet.PowerOff && i.Observed == fleet.PowerOff {
			return nil
		}
		if i.DesiredPower == fleet.PowerOn {
			i.DesiredPower = fleet.PowerOff
			if err := b.event(Event{Kind: EventInstanceStopped, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
				return err
			}
		}
		if err := b.meter(i); err != nil {
			return err
		}
		if err := b.tx.UpdateInstance(*i); err != nil {
			return err
		}
		return b.force(*i, Task{Kind: TaskPowerOff, Priority: priorityHold, RequestedBy: who.Actor()})
	})
}

// ResetInstance restarts a running instance without asking its guest. It breaks
// off a restart that the guest takes its time for.
func (p *Panel) ResetInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandReset, func(b *book, i *Instance) error {
		if err := b.event(Event{Kind: EventInstanceRebooted, InstanceID: i.ID, Name: i.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		return b.force(*i, Task{Kind: TaskReset, RequestedBy: who.Actor()})
	})
}

// force orders a task in place of those that ask the guest, also of one that is
// asking it now.
func (b *book) force(i Instance, t Task) error {
	if err := b.tx.InterruptTasks(i.ID, b.now, "replaced by force", TaskPower, TaskPowerOff, TaskReboot, TaskReset); err != nil {
		return err
	}
	t.ExpiresAt = b.now + powerExpiry
	return b.order(i, t)
}

// LabelInstance replaces the labels of an instance.
func (p *Panel) LabelInstance(ctx context.Context, who identity.Who, id int64, labels fleet.Labels) (Instance, error) {
	if err := checkLabels(labels); err != nil {
		return Instance{}, err
	}
	return p.onInstance(ctx, who, id, fleet.CommandEdit, func(b *book, i *Instance) error {
		i.Labels = labels
		return b.tx.UpdateInstance(*i)
	})
}

// ProtectInstance says what must not be done to an instance until it is said
// otherwise. Whoever tries is refused with CodeProtected.
func (p *Panel) ProtectInstance(ctx context.Context, who identity.Who, id int64, protection Protection) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandEdit, func(b *book, i *Instance) error {
		if i.Protection == protection {
			return nil
		}
		i.Protection = protection
		e := Event{Kind: EventInstanceProtected, InstanceID: i.ID, Name: i.Name, Detail: protection.String(), Actor: who.Actor()}
		if err := b.event(e); err != nil {
			return err
		}
		return b.tx.UpdateInstance(*i)
	})
}
