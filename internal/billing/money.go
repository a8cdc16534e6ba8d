package billing

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// money is an exact amount of a currency, without its sign: credits times
// value, before anything is rounded. A microcredit is 10^-6 of a credit and a
// value is in 10^-12, so that their product is in 10^-18 of the currency.
type money struct {
	whole    uint64
	rest     uint64 // in 10^-18, below one whole
	negative bool
}

const moneyDecimals = 18

// money returns what x is worth. The 128-bit product of 63 bits and MaxValue,
// which is 10^18, has a whole part of at most 63 bits: Div64 cannot panic.
func (c Currency) money(x Credits) money {
	hi, lo := bits.Mul64(magnitude(int64(x)), uint64(c.Value))
	whole, rest := bits.Div64(hi, lo, pow10(moneyDecimals))
	return money{whole: whole, rest: rest, negative: x < 0}
}

// rounding says where an amount goes that lies between two that can be written.
type rounding uint8

const (
	halfAway rounding = iota // to the nearer one; halves away from zero
	away                     // away from zero
)

// write returns m rounded to a number of decimals: its digits, with separator
// between thousands, and whether it is below zero; what rounds to 0 is not.
func (m money) write(decimals int, r rounding, separator string) (digits string, negative bool) {
	step := pow10(moneyDecimals - decimals)
	fraction, left := m.rest/step, m.rest%step
	if (r == halfAway && 2*left >= step) || (r == away && left > 0) {
		fraction++
	}
	if fraction == pow10(decimals) {
		m.whole, fraction = m.whole+1, 0
	}
	digits = group(m.whole, separator)
	if decimals > 0 {
		digits += fmt.Sprintf(".%0*d", decimals, fraction)
	}
	return digits, m.negative && (m.whole > 0 || fraction > 0)
}

// group writes n with a separator between thousands.
func group(n uint64, separator string) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// Amount writes what x is worth as a plain decimal with exactly the currency's
// decimals, rounded half away from zero: "1.93", "-5.00", "4". It is what
// files and programs read.
func (c Currency) Amount(x Credits) string {
	return plain(c.money(x).write(c.Decimals, halfAway, ""))
}

// Format writes what x is worth for people: the prefix, the amount as Amount
// rounds it with thousands separated by commas, the suffix. The minus sign
// stands before the prefix and is U+2212.
func (c Currency) Format(x Credits) string {
	return c.dress(c.money(x).write(c.Decimals, halfAway, ","))
}

// AmountUp is the amount of FormatUp as Amount writes it: "5.01".
func (c Currency) AmountUp(x Credits) string {
	return plain(c.money(x).write(c.Decimals, away, ""))
}

// FormatUp is like Format but rounds away from zero, for an amount that must be
// paid: whoever pays what it says has paid enough.
func (c Currency) FormatUp(x Credits) string {
	return c.dress(c.money(x).write(c.Decimals, away, ","))
}

// FormatHourly is like Format with up to six decimals: trailing zeros are
// trimmed to no fewer than the currency's decimals. Hourly prices are too small
// for fewer.
func (c Currency) FormatHourly(x Credits) string {
	digits, negative := c.money(x).write(MaxDecimals, halfAway, ",")
	return c.dress(trimDecimals(digits, c.Decimals), negative)
}

// AmountHourly is the amount of FormatHourly as Amount writes it, for files and
// programs: "0.006".
func (c Currency) AmountHourly(x Credits) string {
	digits, negative := c.money(x).write(MaxDecimals, halfAway, "")
	return plain(trimDecimals(digits, c.Decimals), negative)
}

// trimDecimals removes trailing zeros after the point but leaves at least some
// decimals, and no point without a decimal.
func trimDecimals(digits string, least int) string {
	point := strings.IndexByte(digits, '.')
	end := len(digits)
	for end > point+1+least && digits[end-1] == '0' {
		end--
	}
	return strings.TrimSuffix(digits[:end], ".")
}

// FormatSmall is like Format, but what is not zero does not look like it: an
// amount below the currency's smallest unit is written like an hourly price.
func (c Currency) FormatSmall(x Credits) string {
	if c.roundsToZero(x) {
		return c.FormatHourly(x)
	}
	return c.Format(x)
}

// AmountSmall is the amount of FormatSmall as Amount writes it.
func (c Currency) AmountSmall(x Credits) string {
	if c.roundsToZero(x) {
		return c.AmountHourly(x)
	}
	return c.Amount(x)
}

func (c Currency) roundsToZero(x Credits) bool { return strings.Trim(c.Amount(x), "-0.") == "" }

// AmountUnits is Amount of a number of the currency's smallest units, such as
// Apportion and Units give.
func (c Currency) AmountUnits(units int64) string {
	return plain(c.ofUnits(units).write(c.Decimals, halfAway, ""))
}

// FormatUnits is Format of a number of the currency's smallest units.
func (c Currency) FormatUnits(units int64) string {
	return c.dress(c.ofUnits(units).write(c.Decimals, halfAway, ","))
}

func (c Currency) ofUnits(units int64) money {
	size := pow10(c.Decimals)
	n := magnitude(units)
	return money{whole: n / size, rest: n % size * pow10(moneyDecimals-c.Decimals), negative: units < 0}
}

func plain(digits string, negative bool) string {
	if negative {
		return "-" + digits
	}
	return digits
}

func (c Currency) dress(digits string, negative bool) string {
	if negative {
		return "\u2212" + c.Prefix + digits + c.Suffix
	}
	return c.Prefix + digits + c.Suffix
}

// Units reads an amount of money that is paid, a decimal number with at most
// the currency's decimals, into the currency's smallest units. The error is a
// FieldError of the field "amount".
func (c Currency) Units(amount string) (int64, error) {
	units, err := parseDecimal(amount, c.Decimals)
	if err != nil {
		return 0, &FieldError{Field: "amount", Message: err.Error()}
	}
	if units < 0 {
		return 0, &FieldError{Field: "amount", Message: "must not be negative"}
	}
	return units, nil
}

// Credits returns the credits that an amount of money buys, rounded down to the
// microcredit. The amount and the error are those of Units. What it returns is
// never worth more than what was paid, and Amount never shows more.
func (c Currency) Credits(amount string) (Credits, error) {
	units, err := c.Units(amount)
	if err != nil {
		return 0, err
	}
	return c.CreditsOf(units)
}

// CreditsOf is Credits of an amount in the currency's smallest units.
func (c Currency) CreditsOf(units int64) (Credits, error) {
	if units < 0 {
		return 0, &FieldError{Field: "amount", Message: "must not be negative"}
	}
	credits, ok := floorMulDiv(uint64(units), pow10(moneyDecimals-c.Decimals), uint64(c.Value))
	if !ok || credits > uint64(MaxCredits) {
		return 0, &FieldError{Field: "amount", Message: "is too large"}
	}
	return Credits(credits), nil
}
