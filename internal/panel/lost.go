package panel

import (
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// lose says of an instance that its machine is gone, and was last seen at an
// instant. Nothing is owed for what came after: the meter is closed at that
// instant, and what was posted for later is given back. Its machine is never made
// again by the panel itself.
func (b *book) lose(i Instance, seen billing.Instant) error {
	if err := b.settle(); err != nil {
		return err
	}
	i.Holds = i.Holds.With(fleet.HoldLost)
	i.Observed, i.ObservedAt = fleet.PowerAbsent, b.now
	why := fmt.Sprintf("%s was lost by its hypervisor; it was last seen at %s", i.Name, seen)
	h := Hold{AccountID: b.account.ID, Instance: i.ID, Kind: fleet.HoldLost, Reason: why, PlacedBy: "accrue", PlacedAt: b.now}
	if _, err := b.tx.InsertHold(h); err != nil {
		return err
	}
	if err := b.tx.UpdateInstance(i); err != nil {
		return err
	}
	if err := b.tx.CancelTasks(i.ID, b.now, "the machine is gone", instanceTasks...); err != nil {
		return err
	}
	if err := b.tx.DeleteSighting(i.ID); err != nil {
		return err
	}
	if err := b.event(Event{Kind: EventInstanceLost, InstanceID: i.ID, Name: i.Name}); err != nil {
		return err
	}
	key := fmt.Sprintf("lost/%d/%d", i.ID, b.now)
	if err := b.unmeter(i, seen, key, why); err != nil {
		return err
	}
	if err := b.giveBack(i, seen, key+"/closed", why); err != nil {
		return err
	}
	return b.judge()
}

// unmeter closes an instance's segment at an instant that has passed, but not in a
// month that is frozen. What the ledger has as usage for later it then has no more.
func (b *book) unmeter(i Instance, seen billing.Instant, key, why string) error {
	at := slices.IndexFunc(b.open, func(s billing.Segment) bool { return s.Instance == i.ID })
	if at < 0 {
		return nil
	}
	if err := b.closeSegment(at, min(b.now, max(seen, b.open[at].From, b.account.Since))); err != nil {
		return err
	}
	charges, err := b.position().Charges(b.now)
	if err != nil {
		return fmt.Errorf("charges of account %d: %w", b.account.ID, err)
	}
	back := b.account.Posted - charges
	if back == 0 {
		return nil
	}
	b.account.Posted = charges
	_, err = b.write(Transaction{Key: key, Kind: Usage, Actor: "accrue", Reason: why}, BookRevenue, back)
	return err
}

// giveBack credits what an instance's segments cost after an instant. They are
// closed, and some of them may be in months that are frozen: they stay as they
// are, and the ledger says why the credit was given.
func (b *book) giveBack(i Instance, seen billing.Instant, key, why string) error {
	segments, err := b.tx.ListSegments(b.account.ID, i.ID, seen, b.now)
	if err != nil {
		return fmt.Errorf("segments of instance %d: %w", i.ID, err)
	}
	var cost billing.Credits
	for _, s := range segments {
		cost += s.Charge(seen, b.now)
	}
	if cost == 0 {
		return nil
	}
	_, err = b.post(Transaction{Key: key, Kind: Adjustment, Actor: "accrue", Reason: why}, BookAdjustments, cost)
	return err
}

// find says of an instance that was lost that its machine is there again. It
// returns to what its owner wants, and costs something from now on.
func (b *book) find(i Instance, power fleet.Power) error {
	i.Holds = i.Holds.Without(fleet.HoldLost)
	i.Observed, i.ObservedAt = power, b.now
	if err := b.tx.LiftHold(b.account.ID, i.ID, fleet.HoldLost, b.now); err != nil {
		return err
	}
	if err := b.event(Event{Kind: EventInstanceFound, InstanceID: i.ID, Name: i.Name}); err != nil {
		return err
	}
	return b.applyState(&i)
}
