package panel

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"accrue/internal/fleet"
)

// graceOf is how long tasks of a kind wait for the guest.
func graceOf(kind TaskKind) time.Duration {
	if kind == TaskPowerOff || kind == TaskReset {
		return 0
	}
	return ShutdownGrace
}

// performPower brings a machine to the power its instance wants at this moment.
// A wish that changed while it ran has a task of its own behind this one.
func (p *Panel) performPower(ctx context.Context, t *Task) error {
	var power fleet.Power
	done, err := p.takeSteps(ctx, t, step{StepPower, powerAsWanted(graceOf(t.Kind), &power)})
	if !done || err != nil {
		return err
	}
	return p.endObserved(ctx, t, power)
}

func (p *Panel) performReboot(ctx context.Context, t *Task) error {
	done, err := p.takeSteps(ctx, t, step{StepPower, func(ctx context.Context, m target) error {
		if m.wanted() == fleet.PowerOff {
			return nil // it was stopped or suspended meanwhile
		}
		return m.driver.Reboot(ctx, m.machine.UID, graceOf(t.Kind))
	}})
	if !done || err != nil {
		return err
	}
	return p.endTask(ctx, t, TaskSucceeded)
}

// performResize gives a machine its new size, which takes a stop and a start.
func (p *Panel) performResize(ctx context.Context, t *Task) error { return p.redefine(ctx, t) }

// redefine stops a machine, makes it what its instance is now, and starts it. One
// that is gone is not made anew with an empty disk.
func (p *Panel) redefine(ctx context.Context, t *Task, first ...step) error {
	var power fleet.Power
	off := func(ctx context.Context, m target) error {
		return m.driver.EnsurePower(ctx, m.machine.UID, fleet.PowerOff, ShutdownGrace)
	}
	done, err := p.takeSteps(ctx, t, append(first, step{StepPowerOff, off},
		step{StepDisk, makeDisk}, step{StepDefine, define}, step{StepPower, powerAsWanted(ShutdownGrace, &power)})...)
	if !done || err != nil {
		return err
	}
	return p.endObserved(ctx, t, power)
}

// performRebuild gives a machine the disk of its instance's generation. What is
// on the old one is lost, so the guest is not asked to shut down.
func (p *Panel) performRebuild(ctx context.Context, t *Task) error {
	var power fleet.Power
	done, err := p.takeSteps(ctx, t, step{StepImage, p.bringImage}, step{StepPowerOff, powerOff(0)},
		step{StepDisk, makeDisk}, step{StepDefine, define}, step{StepPower, powerAsWanted(0, &power)}, step{StepBoot, awaitBoot})
	if !done || err != nil {
		return err
	}
	return p.endObserved(ctx, t, power)
}

// endObserved ends a task and notes the power that its machine has now.
func (p *Panel) endObserved(ctx context.Context, t *Task, power fleet.Power) error {
	return ignoreReplaced(p.update(ctx, func(tx Tx) error {
		if err := finish(tx, t, TaskSucceeded); err != nil {
			return err
		}
		return tx.SetObserved(t.InstanceID, power, tx.Now())
	}))
}

// performDelete removes the machine of an instance that is being deleted. It
// never expires: what a customer has deleted goes, whenever that is possible.
func (p *Panel) performDelete(ctx context.Context, t *Task) error {
	found, err := p.target(ctx, t)
	if err != nil {
		return err
	}
	if err := p.step(ctx, t, StepRemove); err != nil {
		return err
	}
	if err := found.driver.EnsureAbsent(ctx, found.machine.UID); err != nil {
		return err
	}
	return ignoreReplaced(p.onAccount(ctx, t.AccountID, func(b *book) error {
		if err := finish(b.tx, t, TaskSucceeded); err != nil {
			return err
		}
		i, err := b.tx.Instance(t.InstanceID)
		if err != nil {
			return err
		}
		if err := b.tx.DeleteSeeds(i.ID); err != nil {
			return err
		}
		if err := b.release(i, true); err != nil {
			return err
		}
		if err := b.tx.DeleteSighting(i.ID); err != nil {
			return err
		}
		i.Lifecycle, i.Observed, i.ObservedAt = fleet.LifecycleDeleted, fleet.PowerAbsent, b.now
		return b.tx.UpdateInstance(i)
	}))
}

// performCleanup removes what creating an instance may have left on a
// hypervisor that it is not on any more.
func (p *Panel) performCleanup(ctx context.Context, t *Task) error {
	if t.InstanceID == 0 {
		return p.performTestCleanup(ctx, t)
	}
	found, err := p.target(ctx, t)
	if errors.Is(err, ErrNotFound) {
		return p.endCleanup(ctx, t) // the hypervisor itself is gone
	}
	if err != nil {
		return err
	}
	if found.instance.HypervisorID == t.HypervisorID && found.instance.Lifecycle != fleet.LifecycleFailed {
		return nil // it has come back here
	}
	if err := p.step(ctx, t, StepRemove); err != nil {
		return err
	}
	if err := found.driver.EnsureAbsent(ctx, found.machine.UID); err != nil {
		return err
	}
	return p.endCleanup(ctx, t)
}

// endCleanup lets go of the addresses that only what was removed can have used.
func (p *Panel) endCleanup(ctx context.Context, t *Task) error {
	return ignoreReplaced(p.onAccount(ctx, t.AccountID, func(b *book) error {
		if err := finish(b.tx, t, TaskSucceeded); err != nil {
			return err
		}
		i, err := b.tx.Instance(t.InstanceID)
		if err != nil {
			return err
		}
		return b.release(i, i.Lifecycle == fleet.LifecycleFailed)
	}))
}

// performMail hands a mail to the mail server. A server that has taken it and
// could not say so gets it again under the same message ID.
func (p *Panel) performMail(ctx context.Context, t *Task) error {
	var m Mail
	err := p.view(ctx, func(tx Tx) (err error) {
		m, err = tx.Mail(t.MailID)
		return err
	})
	if err != nil {
		return fmt.Errorf("mail %d: %w", t.MailID, err)
	}
	if m.SentAt != 0 {
		return nil
	}
	if err := p.step(ctx, t, StepSend); err != nil {
		return err
	}
	sent := p.send(ctx, m)
	return errors.Join(sent, p.store.Update(ctx, func(tx Tx) error {
		m.Attempts++
		if m.Error = ""; sent != nil {
			m.Error = sent.Error()
			return tx.UpdateMail(m)
		}
		m.SentAt = tx.Now()
		return errors.Join(finish(tx, t, TaskSucceeded), tx.UpdateMail(m))
	}))
}

func (p *Panel) send(ctx context.Context, m Mail) error {
	message, err := p.Message(ctx, m)
	if err != nil {
		return err
	}
	err = p.mailer.Send(ctx, message)
	if err == nil {
		return nil
	}
	kind := Transient
	var refused interface{ Permanent() bool }
	if errors.As(err, &refused) && refused.Permanent() {
		kind = InvalidSpec
	}
	return &DriverError{Kind: kind, Operation: "send mail", Hypervisor: "mail server", Err: err}
}

// Message is a mail of the outbox as it goes out.
func (p *Panel) Message(ctx context.Context, m Mail) (Message, error) {
	settings, err := p.Settings(ctx)
	if err != nil {
		return Message{}, err
	}
	message, err := p.mailer.Render(m)
	if err != nil {
		return Message{}, fmt.Errorf("mail %d: %w", m.ID, err)
	}
	if settings.MailFrom != "" {
		from := mail.Address{Name: settings.Provider, Address: settings.MailFrom}
		message.From = from.String()
	}
	return message, nil
}
