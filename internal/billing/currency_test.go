package billing

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// value is ParseValue of what a test knows to be right.
func value(t testing.TB, s string) Value {
	t.Helper()
	v, err := ParseValue(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseValue(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"0.0092", "0.0092"},
		{"1", "1"},
		{"1.530", "1.53"},
		{"0.000000000001", "0.000000000001"},
		{"1000000", "1000000"},
	} {
		if got := value(t, test.in).String(); got != test.want {
			t.Errorf("%q is written %q, want %q", test.in, got, test.want)
		}
	}
	for _, in := range []string{"", "0", "0.0", "-0.01", "0.0000000000001", "1000000.000000000001", "99999999999999999999", "1e-3", " 1", "1,5", ".5", "NaN"} {
		if got, err := ParseValue(in); err == nil {
			t.Errorf("%q is read as %v, want an error", in, got)
		}
	}
}

func TestCurrencyValidate(t *testing.T) {
	valid := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: 1}
	with := func(change func(*Currency)) Currency {
		c := valid
		change(&c)
		return c
	}
	for _, test := range []struct {
		currency Currency
		field    string
	}{
		{valid, ""},
		{with(func(c *Currency) { c.Code = "CREDIT42" }), ""},
		{with(func(c *Currency) { c.Prefix, c.Decimals, c.Value = "€\u00a0", 6, MaxValue }), ""},
		{with(func(c *Currency) { c.Code = "EU" }), "code"},
		{with(func(c *Currency) { c.Code = "EUROPEANS" }), "code"},
		{with(func(c *Currency) { c.Code = "eur" }), "code"},
		{with(func(c *Currency) { c.Code = "1EU" }), "code"},
		{with(func(c *Currency) { c.Code = "E-U" }), "code"},
		{with(func(c *Currency) { c.Value = 0 }), "value_per_credit"},
		{with(func(c *Currency) { c.Value = -1 }), "value_per_credit"},
		{with(func(c *Currency) { c.Value = MaxValue + 1 }), "value_per_credit"},
		{with(func(c *Currency) { c.Prefix = "$\n" }), "prefix"},
		{with(func(c *Currency) { c.Prefix = "\xff" }), "prefix"},
		{with(func(c *Currency) { c.Suffix = strings.Repeat("x", 13) }), "suffix"},
		{with(func(c *Currency) { c.Decimals = -1 }), "decimals"},
		{with(func(c *Currency) { c.Decimals = 7 }), "decimals"},
	} {
		wantField(t, test.currency.Validate(), test.field)
	}
}

func TestAmountsAreWritten(t *testing.T) {
	usd := Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: value(t, "0.01")}
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: value(t, "0.0092")}
	jpy := Currency{Code: "JPY", Suffix: " yen", Value: value(t, "1.53")}
	unit := Currency{Code: "ONE", Decimals: 2, Value: valueUnit}
	btc := Currency{Code: "BTC", Decimals: 6, Value: value(t, "0.0000001")}
	for _, test := range []struct {
		currency                   Currency
		credits                    string
		amount, format, up, hourly string
	}{
		{eur, "210.000416", "1.93", "1.93 EUR", "1.94 EUR", "1.932004 EUR"},
		{usd, "-500", "-5.00", "−$5.00", "−$5.00", "−$5.00"},
		{jpy, "2.513808", "4", "4 yen", "4 yen", "3.846126 yen"},
		{jpy, "2000", "3060", "3,060 yen", "3,060 yen", "3,060 yen"},
		{usd, "0", "0.00", "$0.00", "$0.00", "$0.00"},
		{usd, "0.000001", "0.00", "$0.00", "$0.01", "$0.00"},
		{usd, "-0.000001", "0.00", "$0.00", "−$0.01", "$0.00"},
		{usd, "0.75", "0.01", "$0.01", "$0.01", "$0.0075"},
		{usd, "0.70", "0.01", "$0.01", "$0.01", "$0.007"},
		{usd, "2", "0.02", "$0.02", "$0.02", "$0.02"},
		{usd, "50", "0.50", "$0.50", "$0.50", "$0.50"},
		{unit, "0.005", "0.01", "0.01", "0.01", "0.005"},
		{unit, "-0.005", "-0.01", "−0.01", "−0.01", "−0.005"},
		{unit, "0.004999", "0.00", "0.00", "0.01", "0.004999"},
		{unit, "-0.004999", "0.00", "0.00", "−0.01", "−0.004999"},
		{unit, "0.995", "1.00", "1.00", "1.00", "0.995"},
		{unit, "999.995", "1000.00", "1,000.00", "1,000.00", "999.995"},
		{unit, "1234567.891", "1234567.89", "1,234,567.89", "1,234,567.90", "1,234,567.891"},
		{unit, "-123456", "-123456.00", "−123,456.00", "−123,456.00", "−123,456.00"},
		{unit, "12", "12.00", "12.00", "12.00", "12.00"},
		{btc, "15", "0.000002", "0.000002", "0.000002", "0.000002"},
		{btc, "14.999999", "0.000001", "0.000001", "0.000002", "0.000001"},
	} {
		bare := func(shown string) string {
			shown = strings.TrimSuffix(strings.Replace(shown, test.currency.Prefix, "", 1), test.currency.Suffix)
			return strings.NewReplacer(",", "", "−", "-").Replace(shown)
		}
		t.Run(test.credits+" credits are "+test.format, func(t *testing.T) {
			x, err := ParseCredits(test.credits)
			if err != nil {
				t.Fatal(err)
			}
			for _, written := range []struct{ method, got, want string }{
				{"Amount", test.currency.Amount(x), test.amount},
				{"Format", test.currency.Format(x), test.format},
				{"FormatUp", test.currency.FormatUp(x), test.up},
				{"AmountUp", test.currency.AmountUp(x), bare(test.up)},
				{"FormatHourly", test.currency.FormatHourly(x), test.hourly},
				{"AmountHourly", test.currency.AmountHourly(x), bare(test.hourly)},
			} {
				if written.got != written.want {
					t.Errorf("%s gives %q, want %q", written.method, written.got, written.want)
				}
			}
		})
	}
}

func TestSmallAmountsDoNotLookLikeNothing(t *testing.T) {
	cent := Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}
	for _, test := range []struct {
		credits        Credits
		format, amount string
	}{
		{0, "$0.00", "0.00"},
		{Credit / 10, "$0.001", "0.001"},
		{-Credit / 4, "−$0.0025", "-0.0025"},
		{Credit / 2, "$0.01", "0.01"},
		{123456 * Credit, "$1,234.56", "1234.56"},
	} {
		if got := cent.FormatSmall(test.credits); got != test.format {
			t.Errorf("FormatSmall(%s) gives %q, want %q", test.credits, got, test.format)
		}
		if got := cent.AmountSmall(test.credits); got != test.amount {
			t.Errorf("AmountSmall(%s) gives %q, want %q", test.credits, got, test.amount)
		}
	}
}

func TestUnitsAreWritten(t *testing.T) {
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: 1}
	yen := Currency{Code: "JPY", Prefix: "¥", Value: 1}
	for _, test := range []struct {
		currency      Currency
		units         int64
		plain, format string
	}{
		{eur, 123456, "1234.56", "1,234.56 EUR"},
		{eur, -5, "-0.05", "−0.05 EUR"},
		{eur, 0, "0.00", "0.00 EUR"},
		{yen, -1234, "-1234", "−¥1,234"},
		{eur, math.MinInt64, "-92233720368547758.08", "−92,233,720,368,547,758.08 EUR"},
	} {
		if got := test.currency.AmountUnits(test.units); got != test.plain {
			t.Errorf("%d units are %q, want %q", test.units, got, test.plain)
		}
		if got := test.currency.FormatUnits(test.units); got != test.format {
			t.Errorf("%d units are %q, want %q", test.units, got, test.format)
		}
	}
}

// aCurrency draws any valid currency, and amount any credits: the bounds of
// both among them.
func aCurrency(t *rapid.T) Currency {
	v := rapid.OneOf(rapid.Int64Range(1, int64(MaxValue)), rapid.Int64Range(1, 1_000_000), rapid.SampledFrom([]int64{1, int64(valueUnit), int64(MaxValue)})).Draw(t, "value")
	return Currency{Code: "XXX", Decimals: rapid.IntRange(0, MaxDecimals).Draw(t, "decimals"), Value: Value(v)}
}

func amountOf(t *rapid.T, label string) Credits {
	return Credits(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1_000_000_000, 1_000_000_000), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0})).Draw(t, label))
}

// exact is credits times value in the currency's smallest units of some decimals.
func exact(c Currency, x Credits, decimals int) *big.Rat {
	n := new(big.Int).Mul(big.NewInt(int64(x)), big.NewInt(int64(c.Value)))
	return new(big.Rat).SetFrac(n, new(big.Int).SetUint64(pow10(moneyDecimals-decimals)))
}

// FloatString is package big's own rounding, half away from zero.
func TestAmountIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, x := aCurrency(t), amountOf(t, "credits")
		one := exact(c, x, 0)
		want := one.FloatString(c.Decimals)
		if strings.Trim(want, "-0.") == "" {
			want = strings.TrimPrefix(want, "-")
		}
		if got := c.Amount(x); got != want {
			t.Fatalf("%v at %v is %q, want %q", x, c.Value, got, want)
		}
		if got := strings.NewReplacer(",", "", "−", "-").Replace(c.Format(x)); got != want {
			t.Fatalf("formatted %q, want the digits of %q", c.Format(x), want)
		}
		hourly, ok := new(big.Rat).SetString(strings.NewReplacer(",", "", "−", "-").Replace(c.FormatHourly(x)))
		if rounded, _ := new(big.Rat).SetString(one.FloatString(MaxDecimals)); !ok || hourly.Cmp(rounded) != 0 {
			t.Fatalf("hourly %q, want %v", c.FormatHourly(x), one.FloatString(MaxDecimals))
		}
		up, ok := new(big.Rat).SetString(strings.NewReplacer(",", "", "−", "-").Replace(c.FormatUp(x)))
		over := new(big.Rat).Sub(up.Abs(up), one.Abs(one))
		if unit := big.NewRat(1, int64(pow10(c.Decimals))); !ok || over.Sign() < 0 || over.Cmp(unit) >= 0 {
			t.Fatalf("rounded up %q is %v over", c.FormatUp(x), over)
		}
	})
}

func TestMoneyBuysCredits(t *testing.T) {
	eur := Currency{Code: "EUR", Decimals: 2, Value: value(t, "0.0092")}
	yen := Currency{Code: "JPY", Value: value(t, "1.53")}
	dear := Currency{Code: "DEA", Decimals: 6, Value: MaxValue}
	for _, test := range []struct {
		currency     Currency
		amount, want string
	}{
		{eur, "25.00", "2717.391304"},
		{eur, "25", "2717.391304"},
		{eur, "0.01", "1.086956"},
		{eur, "0", "0.000000"},
		{yen, "1000", "653.594771"},
		{dear, "0.999999", "0.000000"},
		{dear, "1", "0.000001"},
	} {
		if got, err := test.currency.Credits(test.amount); err != nil || got.String() != test.want {
			t.Errorf("%s %s buys %v, %v, want %s", test.amount, test.currency.Code, got, err, test.want)
		}
	}
	for _, amount := range []string{"", "-1", "1.234", "1e3", "1,00", " 1", "0.", "99999999999999999", "92233720368547758.08"} {
		_, err := eur.Credits(amount)
		wantField(t, err, "amount")
	}
	for _, amount := range []string{"1.5", "1."} {
		_, err := yen.Credits(amount)
		wantField(t, err, "amount")
	}
	_, err := eur.CreditsOf(-1)
	wantField(t, err, "amount")
}

func TestCreditsAreNeverWorthMoreThanWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := aCurrency(t)
		units := rapid.OneOf(rapid.Int64Range(0, 10_000_000), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "units")
		amount := c.AmountUnits(units)
		if got, err := c.Units(amount); err != nil || got != units {
			t.Fatalf("%q is read as %d units, %v, want %d", amount, got, err, units)
		}
		got, err := c.Credits(amount)
		want := new(big.Int).Mul(big.NewInt(units), new(big.Int).SetUint64(pow10(moneyDecimals-c.Decimals)))
		want.Div(want, big.NewInt(int64(c.Value)))
		if !want.IsInt64() {
			if wrong := (*FieldError)(nil); !errors.As(err, &wrong) {
				t.Fatalf("%q buys %v, %v, want an error: %v", amount, got, err, want)
			}
			return
		}
		if err != nil || int64(got) != want.Int64() {
			t.Fatalf("%q buys %v, %v, want %v", amount, got, err, want)
		}
		shown, _ := new(big.Rat).SetString(c.Amount(got))
		if paid, _ := new(big.Rat).SetString(amount); shown.Cmp(paid) > 0 {
			t.Fatalf("paid %s and see %s", amount, c.Amount(got))
		}
	})
}
