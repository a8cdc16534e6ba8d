package billing

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParseCredits(t *testing.T) {
	for _, test := range []struct{ in, want, short string }{
		{"12", "12.000000", "12"},
		{"-0.5", "-0.500000", "-0.5"},
		{"0.000001", "0.000001", "0.000001"},
		{"+7.10", "7.100000", "7.1"},
		{"-0", "0.000000", "0"},
		{"0012.5", "12.500000", "12.5"},
		{"9223372036854.775807", "9223372036854.775807", "9223372036854.775807"},
		{"-9223372036854.775808", "-9223372036854.775808", "-9223372036854.775808"},
		{"1000000", "1000000.000000", "1000000"},
	} {
		got, err := ParseCredits(test.in)
		if err != nil || got.String() != test.want || got.Short() != test.short {
			t.Errorf("%q is read as %v, %v and shortened to %q, want %s and %q", test.in, got, err, got.Short(), test.want, test.short)
		}
	}
	for _, in := range []string{"", "-", ".", ".5", "5.", "1.0000001", "1e3", " 1", "1 ", "1,5", "--1", "+-1", "-+1", "0x10", "١", "NaN", "Inf"} {
		if got, err := ParseCredits(in); err == nil {
			t.Errorf("%q is read as %v, want an error", in, got)
		}
	}
	for _, in := range []string{"9223372036854.775808", "-9223372036854.775809", "99999999999999999999999999"} {
		if got, err := ParseCredits(in); !errors.Is(err, ErrOverflow) {
			t.Errorf("%q is read as %v, %v, want ErrOverflow", in, got, err)
		}
	}
}

func TestArithmeticNeverWraps(t *testing.T) {
	edge := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3), rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := edge.Draw(t, "a"), edge.Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		sum, sumErr := Credits(a).Add(Credits(b))
		difference, differenceErr := Credits(a).Sub(Credits(b))
		product, productErr := Credits(a).Mul(b)
		for _, operation := range []struct {
			name string
			got  Credits
			err  error
			want *big.Int
		}{
			{"+", sum, sumErr, new(big.Int).Add(x, y)},
			{"-", difference, differenceErr, new(big.Int).Sub(x, y)},
			{"*", product, productErr, new(big.Int).Mul(x, y)},
		} {
			fits := operation.want.IsInt64()
			if fits != (operation.err == nil) || (fits && int64(operation.got) != operation.want.Int64()) {
				t.Fatalf("%d %s %d is %d, %v, want %v", a, operation.name, b, int64(operation.got), operation.err, operation.want)
			}
		}
	})
}

func TestCreditsTextIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Credits(rapid.Int64().Draw(t, "credits"))
		text, _ := want.MarshalText()
		var got Credits
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("%s is read back as %v, %v", text, got, err)
		}
	})
}

func TestNewPrice(t *testing.T) {
	amount := func(c Credits) *Credits { return &c }
	for _, test := range []struct {
		name            string
		hourly, monthly *Credits
		want            Price
		field           string
	}{
		{"hourly", amount(5), nil, Price{ID: 3, Mode: Hourly, Hourly: 5}, ""},
		{"capped", amount(5), amount(9), Price{ID: 3, Mode: Capped, Hourly: 5, Monthly: 9}, ""},
		{"monthly", nil, amount(MaxPrice), Price{ID: 3, Mode: Monthly, Monthly: MaxPrice}, ""},
		{"free", amount(0), nil, Price{ID: 3, Mode: Hourly}, ""},
		{"nothing", nil, nil, Price{}, "hourly"},
		{"both wrong names the first", amount(-1), amount(-1), Price{}, "hourly"},
		{"too much", amount(1), amount(MaxPrice + 1), Price{}, "monthly"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := NewPrice(3, test.hourly, test.monthly)
			if got != test.want {
				t.Errorf("made %+v, want %+v", got, test.want)
			}
			wantField(t, err, test.field)
		})
	}
}

func TestPriceCost(t *testing.T) {
	march := NewMonth(2026, 3)
	for i, want := range []Credits{520_800_000, 500 * Credit, 744 * Credit} {
		if got := benchPrices[i].Cost(march, march.Seconds()); got != want {
			t.Errorf("price %d costs %v in a month of 31 days, want %v", i+1, got, want)
		}
	}
}

func TestMinimumCharge(t *testing.T) {
	february, march := NewMonth(2026, 2), NewMonth(2026, 3)
	hourly, capped, monthly := benchPrices[0], benchPrices[1], benchPrices[2]
	for _, test := range []struct {
		name    string
		first   Price
		created Month
		charged Credits
		minimum int64
		want    Credits
	}{
		{"what lacks to an hour", hourly, march, 58_333, 3600, 641_667},
		{"nothing lacks", hourly, march, 700_000, 3600, 0},
		{"more was charged", hourly, march, 700_001, 3600, 0},
		{"turned off", hourly, march, 0, 0, 0},
		{"a share of the month of creation", monthly, march, 0, 3600, Credit},
		{"which may be short", monthly, february, 0, 3600, 1_107_142},
		{"never more than the monthly amount", capped, march, 0, 31 * 86400, 500 * Credit},
		{"nor on a monthly price", monthly, february, Credit, 31 * 86400, 743 * Credit},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := MinimumCharge(test.first, test.created, test.charged, test.minimum); got != test.want {
				t.Errorf("charged %v, want %v", got, test.want)
			}
		})
	}
}
