package fleet

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRatio(t *testing.T) {
	for _, test := range []struct {
		in     string
		want   Ratio
		writes string
	}{
		{"4", 4000, "4"},
		{"4.0", 4000, "4"},
		{"1.5", 1500, "1.5"},
		{"0.125", 125, "0.125"},
		{"0.001", 1, "0.001"},
		{"10", 10_000, "10"},
		{"100", MaxRatio, "100"},
		{"100.000", MaxRatio, "100"},
	} {
		got, err := ParseRatio(test.in)
		if err != nil || got != test.want || got.String() != test.writes {
			t.Errorf("ParseRatio(%q) = %d %q, %v, want %d %q", test.in, got, got, err, test.want, test.writes)
		}
	}
}

func TestParseRatioRefuses(t *testing.T) {
	for _, in := range []string{
		"", ".", "0", "0.000", "-1", "+1", "1.", ".5", "1.2345", "1,5", "1e2", "1.-5", " 4", "4 ", "four",
		"100.001", "101", "99999999999999999999", "1.5.0", "1_0", "0x4", "٤",
	} {
		if got, err := ParseRatio(in); err == nil {
			t.Errorf("ParseRatio(%q) = %d, want an error", in, got)
		}
	}
}

func TestRatioIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Ratio(rapid.Int64Range(1, int64(MaxRatio)).Draw(t, "ratio"))
		if got, err := ParseRatio(want.String()); err != nil || got != want {
			t.Fatalf("ParseRatio(%q) = %d, %v, want %d", want, got, err, want)
		}
	})
}

func TestRatioRoundsDownAndNeverWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		r := Ratio(rapid.Int64().Draw(t, "ratio"))
		want := new(big.Int).Mul(big.NewInt(max(n, 0)), big.NewInt(max(int64(r), 0)))
		want.Quo(want, big.NewInt(ratioUnit))
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
		}
		if got := r.of(n); got != want.Int64() {
			t.Fatalf("Ratio(%d).of(%d) = %d, want %v", r, n, got, want)
		}
	})
}
