package billing

import (
	"math/big"
	"regexp"
	"testing"
)

// decimal is what every door accepts as a number of money.
var decimal = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

func FuzzParseCredits(f *testing.F) {
	for _, s := range []string{"12", "-0.5", "0.000001", "9223372036854.775807", "-9223372036854.775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseCredits(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || !decimal.MatchString(s) || want.Cmp(big.NewRat(int64(got), int64(Credit))) != 0 {
			t.Fatalf("%q is read as %v", s, got)
		}
		if again, err := ParseCredits(got.String()); err != nil || again != got {
			t.Fatalf("%v is read back as %v, %v", got, again, err)
		}
		if again, err := ParseCredits(got.Short()); err != nil || again != got {
			t.Fatalf("%q is read back as %v, %v", got.Short(), again, err)
		}
	})
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"0.0092", "1000000", "0.000000000001", "1.530"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseValue(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || got <= 0 || got > MaxValue || want.Cmp(big.NewRat(int64(got), int64(valueUnit))) != 0 {
			t.Fatalf("%q is read as %v", s, got)
		}
		if again, err := ParseValue(got.String()); err != nil || again != got {
			t.Fatalf("%v is read back as %v, %v", got, again, err)
		}
	})
}

func FuzzCurrencyCredits(f *testing.F) {
	f.Add("25.00", int64(9_200_000_000), 2)
	f.Add("1000", int64(1_530_000_000_000), 0)
	f.Add("92233720368547758.07", int64(1), 2)
	f.Fuzz(func(t *testing.T, amount string, value int64, decimals int) {
		c := Currency{Code: "FUZ", Decimals: decimals, Value: Value(value)}
		if c.Validate() != nil {
			return
		}
		credits, err := c.Credits(amount)
		if err != nil {
			return
		}
		paid, ok := new(big.Rat).SetString(amount)
		shown, _ := new(big.Rat).SetString(c.Amount(credits))
		if !ok || shown.Cmp(paid) > 0 {
			t.Fatalf("paid %s and see %s", amount, c.Amount(credits))
		}
		// One microcredit more would be worth more than what was paid.
		if credits < MaxCredits && exact(c, credits+1, 0).Cmp(paid) <= 0 {
			t.Fatalf("%s buys only %v", amount, credits)
		}
	})
}

func FuzzParseMonth(f *testing.F) {
	for _, s := range []string{"2026-11", "0001-01", "9999-12", "2026-13", "26-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		month, err := ParseMonth(s)
		if err != nil {
			return
		}
		if month.String() != s || month.Start() >= month.End() {
			t.Fatalf("%q is read as %s, from %v to %v", s, month, month.Start(), month.End())
		}
	})
}
