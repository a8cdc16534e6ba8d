package billing

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestApportion(t *testing.T) {
	cent := Currency{Code: "ONE", Decimals: 2, Value: valueUnit} // 10,000 microcredits are a cent
	whole := Currency{Code: "ONE", Value: valueUnit}
	for _, test := range []struct {
		name     string
		currency Currency
		lines    []Credits
		want     []int64
		total    int64
	}{
		{"no lines", cent, nil, []int64{}, 0},
		{"nothing to raise", cent, []Credits{10_000, 20_000}, []int64{1, 2}, 3},
		{"largest remainder first", cent, []Credits{14_000, 16_000, 10_000}, []int64{1, 2, 1}, 4},
		{"ties raise the earlier line", cent, []Credits{13_334, 13_334, 13_334}, []int64{2, 1, 1}, 4},
		{"a half rounds up", cent, []Credits{5_000}, []int64{1}, 1},
		{"two halves are one", cent, []Credits{5_000, 5_000}, []int64{1, 0}, 1},
		{"below a half nothing is raised", cent, []Credits{2_000, 2_999}, []int64{0, 0}, 0},
		{"a negative half rounds away from zero", cent, []Credits{-5_000}, []int64{-1}, -1},
		{"above a negative half rounds to zero", cent, []Credits{-4_999}, []int64{0}, 0},
		{"negative lines round down and are raised toward zero", cent, []Credits{-14_000, -16_000}, []int64{-1, -2}, -3},
		{"a discount and its charge", cent, []Credits{15_000, -15_000}, []int64{2, -2}, 0},
		{"no decimals", whole, []Credits{400_000, 400_000, 400_000}, []int64{1, 0, 0}, 1},
		{"both ends of what can be held", Currency{Decimals: 6, Value: valueUnit}, []Credits{math.MaxInt64, math.MinInt64}, []int64{math.MaxInt64, math.MinInt64}, -1},
		{"beyond what can be held", Currency{Decimals: 6, Value: MaxValue}, []Credits{MaxCredits, -1}, []int64{math.MaxInt64, -1_000_000}, math.MaxInt64 - 1_000_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, total := test.currency.Apportion(test.lines)
			if !slices.Equal(got, test.want) || total != test.total {
				t.Errorf("apportioned %v to %d, want %v to %d", got, total, test.want, test.total)
			}
		})
	}
}

func TestApportionedLinesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := aCurrency(t)
		bound := int64(MaxCredits) / 64 / int64(pow10(c.Decimals)) / max(1, int64(c.Value/valueUnit)+1)
		lines := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Credits {
			return Credits(rapid.OneOf(rapid.Int64Range(-1000, 1_000_000), rapid.Int64Range(-bound, bound)).Draw(t, "line"))
		})).Draw(t, "lines")
		if len(lines) > 64 {
			lines = lines[:64]
		}
		units, total := c.Apportion(lines)
		sum, exactTotal := int64(0), new(big.Rat)
		for i, line := range lines {
			sum += units[i]
			off := new(big.Rat).Sub(new(big.Rat).SetInt64(units[i]), exact(c, line, c.Decimals))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("line %d of %v is %d units, %v away", i, line, units[i], off)
			}
			exactTotal.Add(exactTotal, exact(c, line, c.Decimals))
		}
		if want, _ := new(big.Int).SetString(exactTotal.FloatString(0), 10); want.Cmp(big.NewInt(total)) != 0 {
			t.Fatalf("total %d, want %v", total, want)
		}
		if sum != total {
			t.Fatalf("lines %v add up to %d, want %d", units, sum, total)
		}
	})
}

func TestApportionRaisesLargestRemaindersAndEarlierLines(t *testing.T) {
	tenths := rapid.SliceOfN(rapid.Int64Range(0, 9), 0, 60)
	rapid.Check(t, func(t *rapid.T) {
		remainders := tenths.Draw(t, "remainders")
		lines := make([]Credits, len(remainders))
		for i, tenth := range remainders {
			lines[i] = Credits(tenth) * Credit / 10
		}
		raised, _ := Currency{Value: valueUnit}.Apportion(lines)
		for i := range lines {
			for j := range lines {
				if raised[i] == 0 && raised[j] == 1 && (remainders[i] > remainders[j] || remainders[i] == remainders[j] && i < j) {
					t.Fatalf("line %d of %v was raised before line %d", j, remainders, i)
				}
			}
		}
	})
}

func TestApportionNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := make([]Credits, rapid.IntRange(0, 9).Draw(t, "lines"))
		for i := range lines {
			lines[i] = amountOf(t, "line")
		}
		aCurrency(t).Apportion(lines)
	})
}
