package billing

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDaysAddUpToTheMonth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var segments []Segment
		for _, instance := range anAccount(t).instances {
			segments = append(segments, instance...)
		}
		until := anInstant(t, "until") + 60*Day
		m := anInstant(t, "month").Month() + 1
		oneOffs := []OneOff{
			{Instance: 1, Price: 1, Kind: KindMinimum, At: between(t, "deleted", m.Start()-1, m.End()), Amount: 7},
			{Instance: 2, Price: 1, Kind: KindTraffic, At: between(t, "counted", m.Start()-1, m.End()), Bytes: 3, Amount: 5},
			{Instance: 2, Price: 1, Kind: KindTraffic, At: until, Bytes: 8, Amount: 11},
		}
		want, err := Total(LinesOf(segments, oneOffs, m, until))
		if err != nil {
			t.Fatal(err)
		}
		days := Daily(segments, oneOffs, m, until)
		var got Credits
		for i, day := range days {
			got += day
			start := m.Start() + Instant(i)*Day
			var naive Credits
			for _, s := range segments {
				naive += s.Charge(start, min(start+Day, until))
			}
			for _, c := range oneOffs {
				if c.At >= start && c.At < start+Day && c.At <= until {
					naive += c.Amount
				}
			}
			if day != naive {
				t.Fatalf("day %d of %v cost %v, want %v", i+1, m, day, naive)
			}
		}
		if got != want || len(days) != m.Days() {
			t.Fatalf("%d days add up to %v, want %d and %v", len(days), got, m.Days(), want)
		}
	})
}

func TestLinesAreInTheOrderOfTheReport(t *testing.T) {
	m := NewMonth(2027, 3)
	at := m.Start()
	price := func(id PriceID) Price { return Price{ID: id, Mode: Hourly, Hourly: 3600} }
	segments := []Segment{
		{Instance: 1, Price: price(2), Percent: 50, From: at, To: at + 10},
		{Instance: 1, Price: price(2), Percent: 100, From: at + 10, To: at + 30},
		{Instance: 1, Price: price(1), Percent: 100, From: at + 30, To: at + 60},
		{Instance: 1, Price: price(2), Percent: 50, From: at + 60, To: at + 100, Carry: Carry{Seconds: 10}},
		{Instance: 2, Price: price(1), Percent: 100, From: at - 5, To: at}, // ends with the month before
		{Instance: 4, Price: price(1), Percent: 100, From: at + 500, To: Never},
		{Snapshot: 2, Price: price(3).Times(4), Percent: 100, From: at + 10, To: Never},
		{Snapshot: 1, Price: price(3).Times(2), Percent: 100, From: at - 10, To: at + 20},
	}
	oneOffs := []OneOff{
		{Instance: 1, Price: 2, Kind: KindMinimum, At: at + 100, Amount: 5},
		{Instance: 1, Price: 2, Kind: KindTraffic, At: at + 90, Bytes: 20, Amount: 2},
		{Instance: 1, Price: 1, Kind: KindTraffic, At: at + 80, Bytes: 10, Amount: 0}, // too few for a microcredit
		{Instance: 1, Price: 2, Kind: KindTraffic, At: at + 95, Bytes: 30, Amount: 3},
		{Instance: 2, Price: 1, Kind: KindMinimum, At: at, Amount: 6},
		{Instance: 3, Price: 1, Kind: KindMinimum, At: at - 1, Amount: 7},   // in the month before
		{Instance: 4, Price: 1, Kind: KindMinimum, At: at + 501, Amount: 0}, // nothing lacked
		{Instance: 5, Price: 1, Kind: KindMinimum, At: at + 501, Amount: 8}, // not yet
	}
	usage := func(instance int64, price PriceID, percent, seconds int64, amount Credits) Line {
		return Line{Instance: instance, Month: m, Price: price, Percent: percent, Kind: KindUsage, Seconds: seconds, Amount: amount}
	}
	want := []Line{
		usage(1, 1, 100, 30, 30),
		usage(1, 2, 100, 20, 20),
		usage(1, 2, 50, 50, 25),
		{Instance: 1, Month: m, Price: 1, Kind: KindTraffic, Bytes: 10},
		{Instance: 1, Month: m, Price: 2, Kind: KindTraffic, Bytes: 50, Amount: 5},
		{Instance: 1, Month: m, Price: 2, Kind: KindMinimum, Amount: 5},
		{Instance: 2, Month: m, Price: 1, Kind: KindMinimum, Amount: 6},
		{Snapshot: 1, Month: m, Price: 3, Percent: 100, Kind: KindSnapshot, Seconds: 20, Amount: 40},
		{Snapshot: 2, Month: m, Price: 3, Percent: 100, Kind: KindSnapshot, Seconds: 490, Amount: 4 * 490},
	}
	if diff := cmp.Diff(LinesOf(segments, oneOffs, m, at+500), want); diff != "" {
		t.Errorf("got (-) and want (+) differ:\n%s", diff)
	}
}

func TestLineStaysCappedWhenTheCapIsRaised(t *testing.T) {
	small := Price{ID: 1, Mode: Capped, Hourly: Credit, Monthly: 10 * Credit}
	big := Price{ID: 2, Mode: Capped, Hourly: 2 * Credit, Monthly: 100 * Credit}
	segments := life(t, 1, on("2027-03-01 00:00:00", small), on("2027-03-02 00:00:00", big), on("2027-03-02 01:00:00", small), off("2027-03-02 02:00:00"))
	want := []Line{
		{Instance: 1, Month: NewMonth(2027, 3), Price: 1, Percent: 100, Kind: KindUsage, Seconds: 25 * 3600, Amount: 11 * Credit, Capped: true},
		{Instance: 1, Month: NewMonth(2027, 3), Price: 2, Percent: 100, Kind: KindUsage, Seconds: 3600, Amount: 2 * Credit},
	}
	if diff := cmp.Diff(LinesOf(segments, nil, NewMonth(2027, 3), segments[2].To), want); diff != "" {
		t.Errorf("got (-) and want (+) differ:\n%s", diff)
	}
}

func TestTotalThatDoesNotFit(t *testing.T) {
	if _, err := Total([]Line{{Amount: MaxCredits}, {Amount: 1}}); !errors.Is(err, ErrOverflow) {
		t.Errorf("got %v, want ErrOverflow", err)
	}
}
