package billing

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Value is what one credit is worth in a currency, in 10^-12 of the currency's
// unit. It is a name of its own so that it is never taken for an amount.
type Value int64

// MaxValue is the most that a credit can be worth: a million of a currency.
// With it every amount of Credits has a whole part that fits into 64 bits, so
// that nothing that is shown can overflow.
const MaxValue Value = 1_000_000 * valueUnit

const (
	valueDecimals       = 12
	valueUnit     Value = 1_000_000_000_000
)

// ParseValue reads a decimal number above 0 with at most twelve decimals, such
// as "0.0092". The error says what is wrong.
func ParseValue(s string) (Value, error) {
	units, err := parseDecimal(s, valueDecimals)
	if err != nil && !errors.Is(err, ErrOverflow) {
		return 0, err
	}
	if v := Value(units); err == nil && v.valid() {
		return v, nil
	}
	return 0, fmt.Errorf("%q is not %s", s, valueRange)
}

const valueRange = "above 0 and at most 1000000"

func (v Value) valid() bool { return v > 0 && v <= MaxValue }

// String writes v as a decimal number without trailing zeros. ParseValue reads
// it back unchanged.
func (v Value) String() string {
	s := strings.TrimRight(formatDecimal(int64(v), valueDecimals), "0")
	return strings.TrimSuffix(s, ".")
}

// Currency is how people see and pay credits; accounts hold credits only. Its
// methods implement section 9. None of those that write an amount can fail or
// panic, whatever the amount, if the currency is valid.
type Currency struct {
	Code     string // "EUR"
	Prefix   string // written before an amount, "$"
	Suffix   string // written after an amount, " EUR"
	Decimals int    // of an amount, 0 to MaxDecimals
	Value    Value  // of one credit
}

// MaxDecimals is the most decimals that a currency can have, and that an
// hourly price is shown with.
const MaxDecimals = 6

// DefaultDecimals is how many decimals a currency has when nobody says.
const DefaultDecimals = 2

// maxAffix bounds a prefix and a suffix, in characters.
const maxAffix = 12

// Validate returns a FieldError for the first field that cannot be.
func (c Currency) Validate() error {
	switch {
	case !validCode(c.Code):
		return &FieldError{Field: "code", Message: "must be 3 to 8 capital letters or digits and begin with a letter"}
	case !c.Value.valid():
		return &FieldError{Field: "value_per_credit", Message: "must be " + valueRange}
	case !validAffix(c.Prefix):
		return &FieldError{Field: "prefix", Message: affixRule}
	case !validAffix(c.Suffix):
		return &FieldError{Field: "suffix", Message: affixRule}
	case c.Decimals < 0 || c.Decimals > MaxDecimals:
		return &FieldError{Field: "decimals", Message: fmt.Sprintf("must be between 0 and %d", MaxDecimals)}
	}
	return nil
}

var affixRule = fmt.Sprintf("must have at most %d characters, none of them a control character", maxAffix)

func validCode(code string) bool {
	if len(code) < 3 || len(code) > 8 || code[0] < 'A' || code[0] > 'Z' {
		return false
	}
	return strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func validAffix(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxAffix && !strings.ContainsFunc(s, unicode.IsControl)
}
