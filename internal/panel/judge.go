package panel

import (
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// judge compares the exact balance with the thresholds and records what
// follows: events, mail, suspension, resumption. What it decides about the
// account stands before the consequences for instances begin.
func (b *book) judge() error {
	balance, err := b.balance()
	if err != nil {
		return err
	}
	defer func() { b.account.NextEventAt = b.nextEvent() }()
	if !b.account.Judged {
		return b.begin(balance)
	}
	var notices []billing.Notice
	b.account.Taken, notices = b.settings.Judge(b.account.Taken, balance)
	for _, notice := range notices {
		if err := b.follow(notice); err != nil {
			return fmt.Errorf("account %d: %w", b.account.ID, err)
		}
	}
	if len(notices) > 0 {
		if err := b.mail(notices[len(notices)-1]); err != nil {
			return fmt.Errorf("mail to account %d: %w", b.account.ID, err)
		}
	}
	return nil
}

// begin judges the account for the first time: the conditions are taken as they
// are, because a fresh account gets no mail for being empty.
func (b *book) begin(balance billing.Credits) error {
	b.account.Judged = true
	b.account.Taken = b.settings.Holds(balance)
	if !b.account.Taken.Suspended {
		return nil
	}
	return b.hold(fleet.HoldBilling, belowSuspension, "accrue")
}

const belowSuspension = "the balance fell below the suspension balance"

func (b *book) follow(notice billing.Notice) error {
	switch notice {
	case billing.BalanceLow:
		return b.event(Event{Kind: EventBalanceLow})
	case billing.BalanceNegative:
		return b.event(Event{Kind: EventBalanceNegative})
	case billing.AccountSuspended:
		if err := b.event(Event{Kind: EventAccountSuspended}); err != nil {
			return err
		}
		if err := b.hold(fleet.HoldBilling, belowSuspension, "accrue"); err != nil {
			return err
		}
		return b.settle()
	case billing.AccountResumed:
		if err := b.event(Event{Kind: EventAccountResumed}); err != nil {
			return err
		}
		return b.lift(fleet.HoldBilling)
	}
	return nil
}

// hold forbids every instance of the account to run.
func (b *book) hold(kind fleet.HoldKind, reason, by string) error {
	if b.account.Holds.Has(kind) {
		return nil
	}
	b.account.Holds = b.account.Holds.With(kind)
	h := Hold{AccountID: b.account.ID, Kind: kind, Reason: reason, PlacedBy: by, PlacedAt: b.now}
	if _, err := b.tx.InsertHold(h); err != nil {
		return err
	}
	if slices.ContainsFunc(b.open, func(s billing.Segment) bool { return s.Snapshot != 0 }) {
		if err := b.meterSnapshots(); err != nil {
			return err
		}
	}
	return b.enforce(EventInstanceSuspended)
}

// lift takes a hold back; each instance returns to what its owner wants, unless
// something else holds it.
func (b *book) lift(kind fleet.HoldKind) error {
	if !b.account.Holds.Has(kind) {
		return nil
	}
	b.account.Holds = b.account.Holds.Without(kind)
	if err := b.tx.LiftHold(b.account.ID, 0, kind, b.now); err != nil {
		return err
	}
	if err := b.meterSnapshots(); err != nil {
		return err
	}
	return b.enforce(EventInstanceResumed)
}

// enforce brings every instance's meter and power into line with the account's
// holds, and tells those that the change concerns.
func (b *book) enforce(event string) error {
	instances, err := b.tx.ListInstances(InstanceFilter{AccountID: b.account.ID, LiveOnly: true})
	if err != nil {
		return err
	}
	for _, i := range instances {
		if i.Lifecycle != fleet.LifecycleActive {
			continue
		}
		if err := b.applyState(&i); err != nil {
			return fmt.Errorf("instance %d: %w", i.ID, err)
		}
		if err := b.event(Event{Kind: event, InstanceID: i.ID, Name: i.Name}); err != nil {
			return err
		}
	}
	return nil
}

// applyState writes an instance whose facts have changed: its meter follows in
// this transaction, its power by a task after it.
func (b *book) applyState(i *Instance) error {
	if err := b.meter(i); err != nil {
		return err
	}
	if err := b.tx.UpdateInstance(*i); err != nil {
		return err
	}
	return b.orderPower(*i)
}
