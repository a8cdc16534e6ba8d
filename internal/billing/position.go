package billing

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

// FirstBelow returns the first second from after until horizon at which the
// balance is below limit, or Never. It is found by running the rules forward,
// with caps and month ends: whole months first, then by halving one month.
func (p Position) FirstBelow(limit Credits, after, horizon Instant) Instant {
	if len(p.Open) == 0 {
		horizon = after
	}
	balance, err := p.Balance(after)
	if err != nil || balance < limit {
		return after
	}
	for from := after; from < horizon; {
		until := min(from.Month().End(), horizon)
		cost, fits := p.cost(from, until)
		if !fits || balance-cost < limit {
			return p.halve(balance-limit, from, until)
		}
		balance -= cost
		from = until
	}
	return Never
}

// halve returns the first second of (from, until] by which the open segments
// have cost more than spare since from. They have by until.
func (p Position) halve(spare Credits, from, until Instant) Instant {
	low, high := from, until // cost(low) <= spare < cost(high)
	for low+1 < high {
		middle := low + (high-low)/2
		if cost, fits := p.cost(from, middle); fits && cost <= spare {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// cost is what the open segments cost over [from, to); fits is false when the
// sum is beyond what Credits can hold.
func (p Position) cost(from, to Instant) (sum Credits, fits bool) {
	for _, s := range p.Open {
		next := sum + s.Charge(from, to)
		if next < sum {
			return 0, false
		}
		sum = next
	}
	return sum, true
}

// Burn returns what the open segments will cost over the hour that begins at an
// instant, caps included: what people see as "per hour now".
func (p Position) Burn(at Instant) Credits {
	sum, fits := p.cost(at, at+Hour)
	if !fits {
		return MaxCredits
	}
	return sum
}

// Reserve returns the hourly equivalent of everything that is being billed at
// an instant, at its percent and without caps: what section 7 asks to be there
// before another instance is created.
func (p Position) Reserve(at Instant) (Credits, error) {
	var sum Credits
	for _, s := range p.Open {
		var err error
		if sum, err = sum.Add(s.Price.HourlyEquivalent(at.Month(), s.Percent)); err != nil {
			return 0, err
		}
	}
	return sum, nil
}
