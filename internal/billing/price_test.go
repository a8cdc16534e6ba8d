package billing

import (
	"testing"

	"pgregory.net/rapid"
)

// A snapshot of n GiB costs what n instances on the price of a GiB would, but for
// what rounding each of them would take off.
func TestTimesIsAsManyAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price, n := aPrice(t, 1), rapid.Int64Range(1, 1000).Draw(t, "n")
		from := anInstant(t, "from")
		one := Segment{Price: price, Percent: 100, From: from, To: Never}
		all := Segment{Price: price.Times(n), Percent: 100, From: from, To: Never}
		to := between(t, "to", from, from+100*Day)
		months := int64(to.Month()-from.Month()) + 1
		if got, least := int64(all.Charge(from, to)), n*int64(one.Charge(from, to)); got < least || got > least+n*months {
			t.Fatalf("%d at once cost %d, one by one %d", n, got, least)
		}
	})
}

func TestTimesNeverExceedsMaxPrice(t *testing.T) {
	for _, price := range []Price{
		{Mode: Capped, Hourly: MaxPrice, Monthly: MaxPrice},
		{Mode: Capped, Hourly: MaxPrice/3 + 1, Monthly: MaxPrice/3 + 1},
	} {
		for _, n := range []int64{3, 1 << 20, 1 << 62} {
			want := Price{Mode: Capped, Hourly: MaxPrice, Monthly: MaxPrice}
			if got := price.Times(n); got != want {
				t.Errorf("%d times %+v: got %+v, want %+v", n, price, got, want)
			}
		}
	}
}

func TestGiBOfCountsEachThatHasBegun(t *testing.T) {
	for bytes, want := range map[int64]int64{0: 0, 1: 1, GiB - 1: 1, GiB: 1, GiB + 1: 2, 10*GiB + 1: 11} {
		if got := GiBOf(bytes); got != want {
			t.Errorf("%d bytes: got %d GiB, want %d", bytes, got, want)
		}
	}
}
