package billing

import "fmt"

// GiB is what traffic is priced by, in bytes.
const GiB = 1 << 30

// MaxTrafficPrice bounds what a GiB of traffic may cost: ten thousand credits.
const MaxTrafficPrice = 10_000 * Credit

// ValidateTrafficPrice returns a FieldError of the field "traffic" for what a GiB
// cannot cost.
func ValidateTrafficPrice(perGiB Credits) error {
	if perGiB < 0 || perGiB > MaxTrafficPrice {
		return &FieldError{Field: "traffic", Message: fmt.Sprintf("must be between 0 and %s credits", MaxTrafficPrice.Short())}
	}
	return nil
}

// TrafficCharge is what some more bytes add to a line of traffic that had others
// before them in its month. What n bytes cost is floor(perGiB * n / GiB), exact
// and rounded down once, so that it does not matter how often they are counted.
// The error is ErrOverflow.
func TrafficCharge(perGiB Credits, before, bytes int64) (Credits, error) {
	first, ok := floorMulDiv(uint64(perGiB), uint64(before), GiB)
	last, fits := floorMulDiv(uint64(perGiB), uint64(before)+uint64(bytes), GiB)
	if !ok || !fits || last > uint64(MaxCredits) {
		return 0, ErrOverflow
	}
	return Credits(last - first), nil
}

// Beyond is how many of some bytes that were sent lie beyond an allowance, if
// others had been sent before them. An allowance of 0 has no end. Only what is
// sent counts, so that an allowance that is made smaller never reaches back.
func Beyond(allowance, before, bytes int64) int64 {
	if allowance == 0 {
		return 0
	}
	return max(0, before+bytes-max(before, allowance))
}
