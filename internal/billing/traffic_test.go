package billing

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// naiveTraffic is what some bytes cost, by the words of section 4.
func naiveTraffic(perGiB Credits, bytes int64) Credits {
	cost := new(big.Int).Mul(big.NewInt(int64(perGiB)), big.NewInt(bytes))
	return Credits(cost.Div(cost, big.NewInt(1<<30)).Int64())
}

func TestTrafficCostsTheSameHoweverItIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perGiB := Credits(rapid.Int64Range(0, int64(MaxTrafficPrice)).Draw(t, "per GiB"))
		var bytes int64
		var sum Credits
		for _, more := range rapid.SliceOfN(rapid.Int64Range(0, 1<<50), 0, 20).Draw(t, "counted") {
			charge, err := TrafficCharge(perGiB, bytes, more)
			if err != nil {
				t.Fatal(err)
			}
			if charge < 0 {
				t.Fatalf("%d bytes after %d cost %s", more, bytes, charge)
			}
			bytes, sum = bytes+more, sum+charge
		}
		if want := naiveTraffic(perGiB, bytes); sum != want {
			t.Fatalf("%d bytes at %s cost %s, want %s", bytes, perGiB, sum, want)
		}
	})
}

// The worked example of the rules.
func TestTrafficOfHalfAGiBTwice(t *testing.T) {
	const half = 500 << 20
	for before, want := range map[int64]Credits{0: 976_562, half: 976_563} {
		if got, err := TrafficCharge(2*Credit, before, half); err != nil || got != want {
			t.Errorf("after %d bytes: got %s, %v, want %s", before, got, err, want)
		}
	}
}

func TestTrafficThatDoesNotFit(t *testing.T) {
	if _, err := TrafficCharge(MaxTrafficPrice, math.MaxInt64, math.MaxInt64); !errors.Is(err, ErrOverflow) {
		t.Errorf("got %v, want ErrOverflow", err)
	}
	if charge, err := TrafficCharge(MaxTrafficPrice, 1<<58, 1<<58); err != nil || charge != MaxTrafficPrice<<28 {
		t.Errorf("got %s, %v, want %s", charge, err, MaxTrafficPrice<<28)
	}
}

func TestTrafficPriceIsBounded(t *testing.T) {
	for _, perGiB := range []Credits{-1, MaxTrafficPrice + 1} {
		var field *FieldError
		if err := ValidateTrafficPrice(perGiB); !errors.As(err, &field) || field.Field != "traffic" {
			t.Errorf("%s: got %v, want the field traffic", perGiB, err)
		}
	}
	if err := ValidateTrafficPrice(MaxTrafficPrice); err != nil {
		t.Error(err)
	}
}

// What lies beyond is what of the month's bytes the allowance does not cover,
// however they are counted; and what was sent before an allowance shrank stays
// within it.
func TestBeyondAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		allowance := rapid.Int64Range(1, 1<<40).Draw(t, "allowance")
		var sent, beyond int64
		for _, more := range rapid.SliceOfN(rapid.Int64Range(0, 1<<39), 0, 20).Draw(t, "counted") {
			beyond += Beyond(allowance, sent, more)
			sent += more
		}
		if want := max(0, sent-allowance); beyond != want {
			t.Fatalf("%d of %d bytes lie beyond %d, want %d", beyond, sent, allowance, want)
		}
		smaller := rapid.Int64Range(1, allowance).Draw(t, "smaller")
		more := rapid.Int64Range(0, 1<<39).Draw(t, "more")
		if got := Beyond(smaller, sent, more); got < 0 || got > more {
			t.Fatalf("%d of %d bytes lie beyond an allowance made smaller", got, more)
		}
		if got := Beyond(0, sent, more); got != 0 {
			t.Fatalf("%d bytes lie beyond no end", got)
		}
	})
}
