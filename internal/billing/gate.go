package billing

import "fmt"

// Rules are the provider's settings of sections 4 and 7.
type Rules struct {
	MinimumSeconds   int64 // what an instance costs at least, in seconds of its first price; 0 for no minimum
	ReserveHours     int64 // for how many hours a balance must last to create an instance
	CreateOnNegative bool  // no reserve is asked for; the suspension balance still is
}

// The largest settings that make sense. With them no figure of a price can
// overflow.
const (
	MaxMinimumSeconds = 31 * int64(Day)
	MaxReserveHours   = 366 * 24
)

// Validate returns a FieldError for the first setting that cannot be.
func (r Rules) Validate() error {
	if r.MinimumSeconds < 0 || r.MinimumSeconds > MaxMinimumSeconds {
		return &FieldError{Field: "minimum_charge_seconds", Message: fmt.Sprintf("must be between 0 and %d", MaxMinimumSeconds)}
	}
	if r.ReserveHours < 0 || r.ReserveHours > MaxReserveHours {
		return &FieldError{Field: "create_reserve_hours", Message: fmt.Sprintf("must be between 0 and %d", MaxReserveHours)}
	}
	return nil
}

// Refusal says why an account may not do what it asked for (section 7), and
// what would help: Needed is the least balance with which it may.
type Refusal struct {
	Code    string // RefusedSuspended or RefusedCredit
	Balance Credits
	Needed  Credits
}

// The codes of a Refusal.
const (
	RefusedSuspended = "account_suspended"
	RefusedCredit    = "insufficient_credit"
)

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: the balance is %s credits, %s are needed", r.Code, r.Balance.Short(), r.Needed.Short())
}

// MayCreate decides questions 1 and 2 of section 7: may the account create one
// instance on a price at an instant? It returns nil, a *Refusal, or ErrOverflow.
func MayCreate(p Position, t Thresholds, taken Conditions, r Rules, price Price, at Instant) error {
	return MayOrder(p, t, taken, r, Order{Price: price, Count: 1}, at)
}

// MayOrder is MayCreate for several instances at once: all of them or none.
func MayOrder(p Position, t Thresholds, taken Conditions, r Rules, o Order, at Instant) error {
	if err := MayStart(p, t, taken, at); err != nil {
		return err
	}
	if r.CreateOnNegative {
		return nil
	}
	balance, err := p.Balance(at)
	if err != nil {
		return err
	}
	needed, err := r.reserve(p, o, at)
	if err != nil {
		return err
	}
	if balance < needed {
		return &Refusal{Code: RefusedCredit, Balance: balance, Needed: needed}
	}
	return nil
}

// MayStart decides question 1 of section 7, which is all that starting and
// resizing ask: the account must be neither suspended nor about to be. It
// returns nil, a *Refusal, or ErrOverflow.
func MayStart(p Position, t Thresholds, taken Conditions, at Instant) error {
	balance, err := p.Balance(at)
	if err != nil {
		return err
	}
	if taken.Suspended || balance < t.Suspension {
		return &Refusal{Code: RefusedSuspended, Balance: balance, Needed: t.resumeLimit()}
	}
	return nil
}

// reserve is what section 7.2 asks to be there: the hourly equivalent of
// everything that is billed and of the order, for some hours.
func (r Rules) reserve(p Position, o Order, at Instant) (Credits, error) {
	billed, err := p.Reserve(at)
	if err != nil {
		return 0, err
	}
	ordered, err := o.Price.HourlyEquivalent(at.Month(), 100).Mul(o.Count)
	if err != nil {
		return 0, err
	}
	hourly, err := billed.Add(ordered)
	if err != nil {
		return 0, err
	}
	return hourly.Mul(r.ReserveHours)
}
