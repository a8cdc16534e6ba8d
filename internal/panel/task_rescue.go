package panel

import (
	"context"
	"errors"

	"accrue/internal/fleet"
)

// performRescue has a machine boot its instance's rescue system, or its own disk
// again.
func (p *Panel) performRescue(ctx context.Context, t *Task) error {
	return p.redefine(ctx, t, step{StepImage, func(ctx context.Context, m target) error {
		return p.bring(ctx, m.task, m.driver, m.instance.HypervisorID, m.rescue)
	}})
}

// guestFault is what is said of a password that did not reach its guest.
const guestFault = "The guest did not take the password, and the old one is still good: the guest agent is not installed, does not answer, or refuses. " +
	"Use the rescue system to change it instead."

// performPassword gives root of a machine's guest the password that was asked for.
func (p *Panel) performPassword(ctx context.Context, t *Task) error {
	var seed Seed
	err := p.view(ctx, func(tx Tx) (err error) {
		seed, err = tx.Seed(t.InstanceID, SeedPassword)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return p.giveUp(ctx, t, string(CodeConflict), "The password is not kept any more. Reset it again.", nil)
	}
	if err != nil {
		return err
	}
	found, err := p.target(ctx, t)
	if err != nil {
		return err
	}
	if found.wanted() == fleet.PowerOff {
		return p.giveUp(ctx, t, fleet.CodeNotRunning, "The instance was switched off before it got the password. The old one is still good.", nil)
	}
	setter, ok := found.driver.(PasswordSetter)
	if !ok {
		return p.giveUp(ctx, t, string(CodeUnsupported), guestFault, nil)
	}
	if err := p.step(ctx, t, StepPassword); err != nil {
		return err
	}
	if err := awaitBoot(ctx, found); err != nil {
		return err
	}
	if err := setter.SetPassword(ctx, found.machine.UID, seed.PasswordHash); err != nil {
		return err
	}
	return ignoreReplaced(p.onAccount(ctx, t.AccountID, func(b *book) error {
		if err := finish(b.tx, t, TaskSucceeded); err != nil {
			return err
		}
		if err := b.tx.DeleteSeeds(t.InstanceID, SeedPassword); err != nil {
			return err
		}
		return b.event(Event{Kind: EventPasswordReset, InstanceID: t.InstanceID, Name: found.instance.Name, Actor: t.RequestedBy})
	}))
}
