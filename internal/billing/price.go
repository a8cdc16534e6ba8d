package billing

import (
	"fmt"
	"math/bits"
)

// Mode says how a price counts time.
type Mode uint8

// The three modes of section 2.
const (
	Hourly  Mode = iota + 1 // by the hour, no cap
	Capped                  // by the hour, never more than the monthly price in a calendar month
	Monthly                 // a share of the calendar month; a full month costs exactly the monthly price
)

// PriceID names a version of a price. Versions are numbered in the order in which
// they were made; a higher one is newer.
type PriceID int64

// Price is one immutable version of what an instance of a plan costs, or a GiB of
// a snapshot. Changing a price makes a new version; charges name the version they
// used.
type Price struct {
	ID      PriceID
	Mode    Mode
	Hourly  Credits // per hour; 0 in mode Monthly
	Monthly Credits // the cap in mode Capped, the price in mode Monthly; 0 in mode Hourly
}

// MaxPrice bounds both amounts of a price: ten million credits. Within it what
// one instance costs in MaxSpan fits into Credits.
const MaxPrice = 10_000_000 * Credit

// NewPrice makes a price out of what an administrator entered: an hourly
// amount, a monthly amount, or both. A nil amount is one that was not given.
func NewPrice(id PriceID, hourly, monthly *Credits) (Price, error) {
	switch {
	case !validAmount(hourly):
		return Price{}, &FieldError{Field: "hourly", Message: amountRange}
	case !validAmount(monthly):
		return Price{}, &FieldError{Field: "monthly", Message: amountRange}
	case hourly != nil && monthly != nil:
		return Price{ID: id, Mode: Capped, Hourly: *hourly, Monthly: *monthly}, nil
	case hourly != nil:
		return Price{ID: id, Mode: Hourly, Hourly: *hourly}, nil
	case monthly != nil:
		return Price{ID: id, Mode: Monthly, Monthly: *monthly}, nil
	default:
		return Price{}, &FieldError{Field: "hourly", Message: "give an hourly price, a monthly price, or both"}
	}
}

var amountRange = fmt.Sprintf("must be between 0 and %s credits", MaxPrice.Short())

func validAmount(c *Credits) bool { return c == nil || (*c >= 0 && *c <= MaxPrice) }

// HasMonthly says whether the price has a monthly amount and so counts toward
// an instance's cap.
func (p Price) HasMonthly() bool { return p.Mode != Hourly }

// HourlyEquivalent is what an hour costs in month m at percent: the hourly
// price, or for a monthly price its share of the month. Caps are not looked at.
func (p Price) HourlyEquivalent(m Month, percent int64) Credits {
	return p.full(m.Seconds(), percent, int64(Hour))
}

// PerMonth is what a month comes to when no month is meant: the monthly amount
// where there is one, else 730 hours.
func (p Price) PerMonth() Credits {
	if p.HasMonthly() {
		return p.Monthly
	}
	return p.Hourly * averageMonth
}

// Times is the price of n things that cost p each and are charged as one, such as
// the GiB of a snapshot. An amount is MaxPrice at most, so that what p.Times(n)
// costs in MaxSpan fits into Credits, whatever p and n are.
func (p Price) Times(n int64) Price {
	times := func(amount Credits) Credits {
		product, err := amount.Mul(n)
		if err != nil {
			return MaxPrice
		}
		return min(product, MaxPrice)
	}
	p.Hourly, p.Monthly = times(p.Hourly), times(p.Monthly)
	return p
}

// GiBOf is how many GiB some bytes are charged as: each that has begun.
func GiBOf(bytes int64) int64 { return (bytes + GiB - 1) / GiB }

// Cost is what an instance on this price costs for its first seconds of month
// m, if it has used nothing in that month before.
func (p Price) Cost(m Month, seconds int64) Credits {
	return Carry{}.charge(p, m.Seconds(), 100, seconds)
}

// full is full(n) of section 4: what n seconds of one line cost before the cap,
// in a month of some seconds. It is exact and rounds down once, so that
// differences of it telescope.
func (p *Price) full(month, percent, n int64) Credits {
	if n == 0 {
		return 0
	}
	rate, per := uint64(p.Hourly), uint64(100*Hour)
	if p.Mode == Monthly {
		rate, per = uint64(p.Monthly), uint64(100*month)
	}
	hi, lo := bits.Mul64(rate, uint64(percent*n))
	if hi != 0 {
		return p.large(percent, n, rate, per)
	}
	if per == uint64(100*Hour) {
		return Credits(lo / uint64(100*Hour)) // a division by a constant is a multiplication
	}
	return Credits(lo / per)
}

// large is full where the product needs more than 64 bits.
func (p *Price) large(percent, n int64, rate, per uint64) Credits {
	amount, ok := floorMulDiv(rate, uint64(percent*n), per)
	if !ok || amount > uint64(MaxCredits) {
		panic(fmt.Sprintf("billing: price %d: %d seconds at %d%% overflow", p.ID, n, percent))
	}
	return Credits(amount)
}

// FieldError is a value that cannot be accepted: which field, and what is wrong
// with it, as a sentence part that reads well beside the field.
type FieldError struct {
	Field   string
	Message string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }
