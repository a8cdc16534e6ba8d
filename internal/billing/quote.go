package billing

import (
	"fmt"
	"slices"
)

// Order is a number of instances on one price.
type Order struct {
	Price Price
	Count int64 // 1 to MaxCount
}

// MaxCount is the most instances that one order can have.
const MaxCount = 1000

// Quote is what an order costs and does to an account (section 11). Amounts
// are for the whole order. Nothing in it is an average or a guess: it is what
// will be accrued if the order is up at once and nothing else happens.
type Quote struct {
	Mode            Mode
	Hourly          Credits // as sold; 0 in mode Monthly
	Monthly         Credits // as sold; 0 in mode Hourly
	MonthlyEstimate Credits // "about a month": 730 hours in mode Hourly, else 0
	MonthEstimate   Credits // in this month, if kept to its end
	Minimum         Credits // even if deleted at once

	Balance Credits
	Needed  Credits // the least balance with which sections 7.1 and 7.2 accept the order

	BurnBefore, BurnAfter Credits // over the next hour, without and with the order

	ZeroAt, SuspendAt       Instant // with the order; see Runway
	ZeroAtNow, SuspendAtNow Instant // without the order
}

// averageMonth is the length of a month in hours when no month is meant.
const averageMonth = 730

// NewQuote prices an order at an instant, which is not before p.Since. The error
// is a FieldError of the field "count", or ErrOverflow.
func NewQuote(p Position, t Thresholds, taken Conditions, o Order, r Rules, at Instant) (Quote, error) {
	if o.Count < 1 || o.Count > MaxCount {
		return Quote{}, &FieldError{Field: "count", Message: fmt.Sprintf("must be between 1 and %d", MaxCount)}
	}
	balance, err := p.Balance(at)
	if err != nil {
		return Quote{}, err
	}
	needed, err := leastBalance(p, t, taken, o, r, at)
	if err != nil {
		return Quote{}, err
	}
	after := p.with(o, at)
	q := Quote{
		Mode:          o.Price.Mode,
		Hourly:        o.Price.Hourly * Credits(o.Count),
		Monthly:       o.Price.Monthly * Credits(o.Count),
		MonthEstimate: o.segment(at).Charge(at, at.Month().End()) * Credits(o.Count),
		Minimum:       MinimumCharge(o.Price, at.Month(), 0, r.MinimumSeconds) * Credits(o.Count),
		Balance:       balance,
		Needed:        needed,
		BurnBefore:    p.Burn(at),
		BurnAfter:     after.Burn(at),
	}
	if q.Mode == Hourly {
		q.MonthlyEstimate = o.Price.PerMonth() * Credits(o.Count)
	}
	q.ZeroAt, q.SuspendAt = after.Runway(t, taken, at)
	q.ZeroAtNow, q.SuspendAtNow = p.Runway(t, taken, at)
	return q, nil
}

// segment is what each instance of the order runs on from an instant.
func (o Order) segment(at Instant) Segment {
	return Segment{Price: o.Price, Percent: 100, From: at, To: Never}
}

// with returns the position once the order is up.
func (p Position) with(o Order, at Instant) Position {
	p.Open = slices.Concat(p.Open, slices.Repeat([]Segment{o.segment(at)}, int(o.Count)))
	return p
}

// leastBalance is the balance from which MayOrder accepts the order.
func leastBalance(p Position, t Thresholds, taken Conditions, o Order, r Rules, at Instant) (Credits, error) {
	least := t.Suspension
	if taken.Suspended {
		least = t.resumeLimit()
	}
	if r.CreateOnNegative {
		return least, nil
	}
	reserve, err := r.reserve(p, o, at)
	return max(least, reserve), err
}

// Runway returns the first seconds, from an instant on, at which the balance is
// 0 or less and at which the account is suspended, if nothing but time passes.
// Both are at itself where that is so already, and Never beyond RunwayHorizon.
func (p Position) Runway(t Thresholds, taken Conditions, at Instant) (zero, suspended Instant) {
	horizon := RunwayHorizon(at)
	zero = p.FirstBelow(1, at, horizon)
	if taken.Suspended {
		return zero, at
	}
	return zero, p.FirstBelow(t.Suspension, at, horizon)
}

// RunwayHorizon returns how far ahead of an instant anybody looks: ten years.
func RunwayHorizon(at Instant) Instant { return at + 3653*Day }
