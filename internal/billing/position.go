package billing

import (
	"math"
	"math/bits"
)

// Position is everything that an account's balance depends on. Between two
// events of the account the balance is a formula of time alone: it falls, and
// never rises, as the open segments accrue.
type Position struct {
	Credited Credits   // the sum of the ledger's entries that are not usage
	Charged  Credits   // what has been charged outside of Open, and by Open before Since
	Since    Instant   // open segments are counted from here; see Charged
	Open     []Segment // the segments that run now
}

// Charges returns everything the account has been charged until an instant, or
// ErrOverflow.
func (p Position) Charges(at Instant) (Credits, error) {
	sum := p.Charged
	for _, s := range p.Open {
		var err error
		if sum, err = sum.Add(s.Charge(p.Since, at)); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// Balance returns the account's exact balance at an instant, or ErrOverflow.
func (p Position) Balance(at Instant) (Credits, error) {
	charges, err := p.Charges(at)
	if err != nil {
		return 0, err
	}
	return p.Credited.Sub(charges)
}

// FirstBelow returns the first second from after until horizon, both included,
// at which the balance is below limit, or Never. It is found by running the
// rules forward, with caps and month ends: whole months first, then by halving
// one month. It looks no further than RunwayHorizon, and a balance that does not
// fit into Credits counts as below.
func (p Position) FirstBelow(limit Credits, after, horizon Instant) Instant {
	balance, err := p.Balance(after)
	if err != nil || balance < limit {
		return after
	}
	spare := uint64(balance) - uint64(limit) // right even where balance - limit overflows
	horizon = min(horizon, RunwayHorizon(after))
	var steady [32]uint64 // what a whole month costs, by its days, once that no longer changes
	for from := max(after, p.Since); from < horizon && len(p.Open) > 0; {
		month := from.Month()
		until := min(month.End(), horizon)
		whole := from == month.Start() && until == month.End()
		cost := steady[month.Days()]
		if !whole || cost == 0 {
			cost = p.cost(from, until)
		}
		if cost > spare {
			return p.halve(spare, from, until)
		}
		if whole && p.steady(from) {
			steady[month.Days()] = cost
		}
		spare -= cost
		from = until
	}
	return Never
}

// halve returns the first second of (from, until] by which the open segments
// have cost more than spare since from. They have by until.
func (p Position) halve(spare uint64, from, until Instant) Instant {
	low, high := from, until // cost(low) <= spare < cost(high)
	for low+1 < high {
		if middle := low + (high-low)/2; p.cost(from, middle) <= spare {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// cost is what the open segments cost over [from, to), or the largest number
// when that is larger still.
func (p Position) cost(from, to Instant) uint64 {
	var sum uint64
	for i := range p.Open {
		var carry uint64
		if sum, carry = bits.Add64(sum, uint64(p.Open[i].Charge(from, to)), 0); carry != 0 {
			return math.MaxUint64
		}
	}
	return sum
}

// steady says whether every open segment runs from an instant on without end:
// then whole months of the same length cost the same.
func (p Position) steady(from Instant) bool {
	for i := range p.Open {
		if s := &p.Open[i]; s.From > from || !s.Open() {
			return false
		}
	}
	return true
}

// Burn returns what the open segments will cost over the hour that begins at an
// instant, caps included: what people see as "per hour now".
func (p Position) Burn(at Instant) Credits {
	return Credits(min(p.cost(at, at+Hour), uint64(MaxCredits)))
}

// Reserve returns the hourly equivalent of everything that is being billed at
// an instant, at its percent and without caps: what section 7 asks to be there
// before another instance is created. The error is ErrOverflow.
func (p Position) Reserve(at Instant) (Credits, error) {
	var sum Credits
	for _, s := range p.Open {
		if s.Seconds(at, at+1) == 0 {
			continue
		}
		var err error
		if sum, err = sum.Add(s.Price.HourlyEquivalent(at.Month(), s.Percent)); err != nil {
			return 0, err
		}
	}
	return sum, nil
}
