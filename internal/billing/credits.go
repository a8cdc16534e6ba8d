package billing

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// Credits is an amount of credit in microcredits: Credit is one credit. It is
// the unit of every price, charge and balance; nothing near money is a float.
type Credits int64

// Credit is one whole credit.
const Credit Credits = 1_000_000

// MaxCredits is the largest amount that can be represented.
const MaxCredits Credits = math.MaxInt64

// ErrOverflow says that an amount does not fit into 64 bits of microcredits.
// No arithmetic in this package wraps around.
var ErrOverflow = errors.New("amount is too large")

// Add returns c + d, or ErrOverflow.
func (c Credits) Add(d Credits) (Credits, error) {
	sum := c + d
	if (sum > c) != (d > 0) && d != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Sub returns c - d, or ErrOverflow.
func (c Credits) Sub(d Credits) (Credits, error) {
	diff := c - d
	if (diff < c) != (d > 0) && d != 0 {
		return 0, ErrOverflow
	}
	return diff, nil
}

// Mul returns c * n, or ErrOverflow.
func (c Credits) Mul(n int64) (Credits, error) {
	hi, lo := bits.Mul64(magnitude(int64(c)), magnitude(n))
	return signed(hi, lo, (c < 0) != (n < 0))
}

// floorMulDiv returns floor(a * b / d) for a, b >= 0 and d > 0 with a 128-bit
// intermediate. ok is false when the quotient does not fit.
func floorMulDiv(a, b, d uint64) (q uint64, ok bool) {
	hi, lo := bits.Mul64(a, b)
	if hi == 0 {
		return lo / d, true
	}
	if hi >= d {
		return 0, false
	}
	q, _ = bits.Div64(hi, lo, d)
	return q, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n) // right for MinInt64 too: the negation wraps to 1<<63
	}
	return uint64(n)
}

func signed(hi, lo uint64, negative bool) (Credits, error) {
	switch {
	case hi != 0 || lo > 1<<63 || (lo == 1<<63 && !negative):
		return 0, ErrOverflow
	case negative:
		return Credits(-lo), nil
	default:
		return Credits(lo), nil
	}
}

// ParseCredits reads a decimal number of credits with at most six decimals,
// such as "12", "-0.5" or "0.000001". The error says what is wrong.
func ParseCredits(s string) (Credits, error) {
	units, err := parseDecimal(s, 6)
	if err != nil {
		return 0, err
	}
	return Credits(units), nil
}

// String writes c as a decimal number of credits with exactly six decimals.
// ParseCredits reads it back unchanged.
func (c Credits) String() string {
	return formatDecimal(int64(c), 6)
}

// Short writes c like String but without trailing zeros: "100", "0.75".
func (c Credits) Short() string {
	s := strings.TrimRight(c.String(), "0")
	return strings.TrimSuffix(s, ".")
}

// MarshalText writes c like String.
func (c Credits) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseCredits reads.
func (c *Credits) UnmarshalText(text []byte) error {
	parsed, err := ParseCredits(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// parseDecimal reads an optionally signed decimal number into an integer of
// 10^-scale units. It accepts no exponent, no spaces and no more than scale
// decimals, so nothing is ever rounded on the way in.
func parseDecimal(s string, scale int) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if whole == "" || (point && fraction == "") {
		return 0, fmt.Errorf("%q is not a decimal number such as 12.50", s)
	}
	if len(fraction) > scale {
		return 0, fmt.Errorf("%q has more than %d decimals", s, scale)
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	var units uint64
	for _, r := range whole + fraction + strings.Repeat("0", scale-len(fraction)) {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%q is not a decimal number such as 12.50", s)
		}
		digit := uint64(r - '0')
		if units > (limit-digit)/10 {
			return 0, fmt.Errorf("%q: %w", s, ErrOverflow)
		}
		units = units*10 + digit
	}
	if negative {
		return int64(-units), nil
	}
	return int64(units), nil
}

// formatDecimal writes units of 10^-scale with exactly scale decimals.
func formatDecimal(units int64, scale int) string {
	digits := fmt.Sprintf("%0*d", scale+1, magnitude(units))
	text := digits[:len(digits)-scale]
	if scale > 0 {
		text += "." + digits[len(digits)-scale:]
	}
	if units < 0 {
		return "-" + text
	}
	return text
}
