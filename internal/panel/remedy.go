package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Machines that are down because their hypervisor was come up some at a time, and
// the next ones some seconds later: all at once would wait for one disk.
const (
	stageSize                  = 5
	stageApart billing.Instant = 10
)

// remedy does what is to be done about machines, each in a transaction of its own
// and only if it is still to be done. One that fails keeps no other waiting.
func (p *Panel) remedy(ctx context.Context, seen []sight) error {
	var failed []error
	down := 0
	for _, one := range seen {
		var after billing.Instant
		switch one.remedy {
		case fleet.RemedyMiss:
			continue // which was written down
		case fleet.RemedySwitchOn:
			after = billing.Instant(down/stageSize) * stageApart
			down++
		}
		err := p.onAccount(ctx, one.instance.AccountID, func(b *book) error { return b.remedy(one, after) })
		if err != nil {
			failed = append(failed, fmt.Errorf("%s instance %d: %w", one.remedy, one.instance.ID, err))
		}
	}
	return errors.Join(failed...)
}

// remedy does what a look asked for, unless something has happened since that
// makes it another matter.
func (b *book) remedy(one sight, after billing.Instant) (err error) {
	decided := one.remedy
	if one.instance, err = b.tx.Instance(one.instance.ID); err != nil {
		return err
	}
	if one.known, err = b.tx.Sighting(one.instance.ID); err != nil {
		return err
	}
	if err := one.judge(b.tx, b.account.Holds); err != nil || one.remedy != decided {
		return err
	}
	i := one.instance
	switch decided {
	case fleet.RemedySwitchOff:
		return b.orderPower(i)
	case fleet.RemedySwitchOn:
		return b.orderPowerAt(i, b.now+after)
	case fleet.RemedyRestart:
		return b.restart(one)
	case fleet.RemedyGiveUp:
		return b.giveUpGuest(one)
	case fleet.RemedyAdopt:
		return b.adopt(i)
	case fleet.RemedyLose:
		return b.lose(i, one.known.SeenAt)
	case fleet.RemedyFind:
		return b.find(i, one.Seen)
	}
	return nil
}

// restart brings a machine up that went down by itself, later each time.
func (b *book) restart(one sight) error {
	restarts, after := one.Restart(int64(b.now))
	one.known.Restarts = nil
	for _, at := range restarts {
		one.known.Restarts = append(one.known.Restarts, billing.Instant(at))
	}
	if err := b.tx.SaveSighting(one.known); err != nil {
		return err
	}
	return b.orderPowerAt(one.instance, b.now+billing.Instant(after))
}

// giveUpGuest leaves a machine down whose guest does not stay up, until its owner
// does something about it.
func (b *book) giveUpGuest(one sight) error {
	i := one.instance
	one.known.GivenUp = true
	if err := b.tx.SaveSighting(one.known); err != nil {
		return err
	}
	if err := b.tx.SetObserved(i.ID, fleet.PowerCrashed, b.now); err != nil {
		return err
	}
	return b.event(Event{Kind: EventInstanceCrashed, InstanceID: i.ID, Name: i.Name})
}

// adopt takes it for the owner's wish that a guest has switched itself off.
func (b *book) adopt(i Instance) error {
	i.DesiredPower = fleet.PowerOff
	if err := b.event(Event{Kind: EventInstanceStopped, InstanceID: i.ID, Name: i.Name, Actor: "guest"}); err != nil {
		return err
	}
	return b.applyState(&i)
}
