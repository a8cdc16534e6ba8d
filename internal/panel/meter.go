package panel

import (
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// meter brings an instance's segment into line with its facts: it closes the
// open one if the price or the percent is no longer right, and opens the one
// that is. Every change of an instance that could matter to its bill ends with
// it, in the same transaction, so there is no other place where billing starts
// or stops. The instance is written down by the caller.
func (b *book) meter(i *Instance) error {
	percent, err := b.percent(*i)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(b.open, func(s billing.Segment) bool { return s.Instance == i.ID })
	if at >= 0 {
		current := b.open[at]
		if current.Percent == percent && current.Price.ID == i.PriceID {
			return nil
		}
		if err := b.closeSegment(at, b.now); err != nil {
			return err
		}
	}
	if percent == 0 {
		return nil
	}
	return b.openSegment(i, percent)
}

// percent is what the instance's state is billed at now.
func (b *book) percent(i Instance) (int64, error) {
	facts := i.Facts(b.account.Holds, "", false)
	if facts.Lifecycle != fleet.LifecycleActive {
		return 0, nil
	}
	plan, err := b.tx.Plan(i.PlanID)
	if err != nil {
		return 0, fmt.Errorf("plan %d: %w", i.PlanID, err)
	}
	return facts.BilledPercent(plan.StoppedPercent), nil
}

// closeSegment closes an open segment at an instant of the month that is not
// frozen.
func (b *book) closeSegment(at int, to billing.Instant) error {
	s := b.open[at]
	if err := b.tx.CloseSegment(s.ID, to); err != nil {
		return fmt.Errorf("segment %d: %w", s.ID, err)
	}
	if err := b.charge(s.Charge(b.account.Since, to)); err != nil {
		return err
	}
	b.open = slices.Delete(b.open, at, at+1)
	return nil
}

// charge counts what no open segment accounts for any more.
func (b *book) charge(amount billing.Credits) error {
	charged, err := b.account.Charged.Add(amount)
	if err != nil {
		return fmt.Errorf("charges of account %d: %w", b.account.ID, err)
	}
	b.account.Charged = charged
	b.account.UsedAt = b.now
	return nil
}

func (b *book) openSegment(i *Instance, percent int64) error {
	price, err := b.tx.Price(i.PriceID)
	if err != nil {
		return fmt.Errorf("price %d: %w", i.PriceID, err)
	}
	earlier, err := b.tx.ListSegments(b.account.ID, i.ID, b.now.Month().Start(), b.now)
	if err != nil {
		return fmt.Errorf("segments of instance %d: %w", i.ID, err)
	}
	if err := b.beginSegment(billing.Segment{Instance: i.ID, Price: price.Price, Percent: percent}, earlier); err != nil {
		return err
	}
	if i.FirstPrice == 0 {
		i.FirstPrice, i.ActivatedAt = i.PriceID, b.now
	}
	return nil
}

// beginSegment opens a segment now. Earlier ones of its subject have touched this
// month.
func (b *book) beginSegment(s billing.Segment, earlier []billing.Segment) (err error) {
	if !b.busy() {
		b.account.Since = b.now.Month().Start()
	}
	s.From, s.To, s.Carry = b.now, billing.Never, billing.CarryAt(earlier, s.Price.ID, s.Percent, b.now)
	if s.ID, err = b.tx.InsertSegment(b.account.ID, s); err != nil {
		return fmt.Errorf("segment of %+v: %w", s.Subject(), err)
	}
	b.open = append(b.open, s)
	slices.SortFunc(b.open, func(x, y billing.Segment) int { return x.Subject().Compare(y.Subject()) })
	return nil
}

// chargeMinimum adds, to an instance that is being deleted, what its life lacks
// to the minimum charge. Its segment is closed.
func (b *book) chargeMinimum(i Instance) error {
	if i.FirstPrice == 0 {
		return nil
	}
	segments, err := b.tx.ListSegments(b.account.ID, i.ID, 0, b.now)
	if err != nil {
		return fmt.Errorf("segments of instance %d: %w", i.ID, err)
	}
	var charged billing.Credits
	for _, s := range segments {
		charged += s.Charge(s.From, b.now)
	}
	first, err := b.tx.Price(i.FirstPrice)
	if err != nil {
		return fmt.Errorf("price %d: %w", i.FirstPrice, err)
	}
	missing := billing.MinimumCharge(first.Price, i.ActivatedAt.Month(), charged, b.settings.MinimumSeconds)
	if missing == 0 {
		return nil
	}
	return b.chargeOneOff(billing.OneOff{Instance: i.ID, Price: i.FirstPrice, Kind: billing.KindMinimum, Amount: missing})
}

// chargeOneOff makes a charge that is owed from this second on.
func (b *book) chargeOneOff(c billing.OneOff) error {
	if !b.busy() {
		b.account.Since = b.now.Month().Start()
	}
	c.At = b.now
	if err := b.tx.InsertOneOff(b.account.ID, c); err != nil {
		return fmt.Errorf("charge for %s of instance %d: %w", c.Kind, c.Instance, err)
	}
	if err := b.charge(c.Amount); err != nil {
		return err
	}
	if b.account.SettledAt == b.now || b.account.Since == b.now {
		return b.settle() // this very second was settled without it, or would be for the month before
	}
	return nil
}
