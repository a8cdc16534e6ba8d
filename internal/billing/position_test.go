package billing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBalanceIsWhatTheRuleSaysFromAnySince(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anAccount(t)
		at := anInstant(t, "at")
		since := between(t, "since", at-60*Day, at)
		got, err := a.position(since).Balance(at)
		if want := a.balance(at); err != nil || got != want {
			t.Fatalf("balance at %v counted from %v is %v, %v, want %v", at, since, got, err, want)
		}
	})
}

func TestSettlingAtAnyInstantsGivesTheSameBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anAccount(t)
		start := anInstant(t, "start")
		offsets := rapid.SliceOfN(rapid.Int64Range(0, 90*int64(Day)), 1, 12).Draw(t, "settlements")
		slices.Sort(offsets)
		p := a.position(start)
		for _, offset := range offsets {
			at := start + Instant(offset)
			charges, err := p.Charges(at)
			if err != nil || charges < p.Charged {
				t.Fatalf("charges %v, %v fall below %v that were posted", charges, err, p.Charged)
			}
			p.Charged, p.Since = charges, at
			if got, want := p.Credited-p.Charged, a.balance(at); got != want {
				t.Fatalf("settled at %v to a balance of %v, want %v", at, got, want)
			}
		}
	})
}

func TestFirstBelowIsTheFirstSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anAccount(t)
		since := anInstant(t, "since")
		p := a.position(since)
		after := between(t, "after", since-Day, since+40*Day)
		limit := Credits(rapid.Int64Range(-3000, 3000).Draw(t, "limit")) * Credit
		got := p.FirstBelow(limit, after, after+800*Day)
		switch {
		case got == Never:
			if balance, _ := p.Balance(after + 800*Day); balance < limit {
				t.Fatalf("never below %v, but the balance falls to %v", limit, balance)
			}
		case a.balance(max(got, since)) >= limit:
			t.Fatalf("not below %v at %v: %v", limit, got, a.balance(got))
		case got > after && a.balance(max(got-1, since)) < limit:
			t.Fatalf("below %v one second before %v already", limit, got)
		}
	})
}

func TestFirstBelowAgreesWithWalkingEverySecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anAccount(t)
		since := anInstant(t, "since")
		p := a.position(since)
		after, horizon := since+100, since+2600
		now, _ := p.Balance(after)
		last, _ := p.Balance(horizon)
		limit := Credits(rapid.Int64Range(int64(last)-1, int64(now)+1).Draw(t, "limit"))
		want := Never
		for at := after; at <= horizon; at++ {
			if balance, _ := p.Balance(at); balance < limit {
				want = at
				break
			}
		}
		if got := p.FirstBelow(limit, after, horizon); got != want {
			t.Fatalf("first below %v at %v, want %v", limit, got, want)
		}
	})
}

func TestFirstBelowEdges(t *testing.T) {
	at := NewMonth(2027, 1).Start()
	hourly := Segment{Price: Price{ID: 1, Mode: Hourly, Hourly: 3600}, Percent: 100, From: at, To: Never} // a microcredit a second
	free := Segment{Price: Price{ID: 2, Mode: Capped, Hourly: Credit}, Percent: 100, From: at, To: Never}
	dear := Segment{Price: Price{ID: 3, Mode: Hourly, Hourly: MaxPrice}, Percent: 100, From: at, To: Never}
	for _, test := range []struct {
		name     string
		position Position
		limit    Credits
		horizon  Instant
		want     Instant
	}{
		{"below already", Position{Credited: -1, Since: at}, 0, Never, at},
		{"nothing runs", Position{Credited: 0, Since: at}, 0, Never, Never},
		{"the second after the last one paid for", Position{Credited: 10, Since: at, Open: []Segment{hourly}}, 0, Never, at + 11},
		{"horizon is included", Position{Credited: 10, Since: at, Open: []Segment{hourly}}, 0, at + 11, at + 11},
		{"beyond the horizon", Position{Credited: 10, Since: at, Open: []Segment{hourly}}, 0, at + 10, Never},
		{"a cap of 0 costs nothing for ever", Position{Since: at, Open: []Segment{free}}, 0, Never, Never},
		{"beyond ten years", Position{Credited: MaxCredits, Since: at, Open: []Segment{hourly}}, 0, Never, Never},
		{"thousands at the highest price", Position{Credited: MaxCredits, Since: at, Open: slices.Repeat([]Segment{dear}, 4000)}, 0, Never, at + 830104},
		{"asked before since, which charged until then", Position{Credited: 10, Since: at + 100, Open: []Segment{hourly}}, 0, Never, at + 111},
		{"the widest spare", Position{Credited: MaxCredits, Since: at, Open: []Segment{dear}}, -MaxCredits, Never, Never},
		{"a balance beyond 64 bits", Position{Credited: -MaxCredits, Charged: MaxCredits, Since: at}, -MaxCredits, Never, at},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.position.FirstBelow(test.limit, at, test.horizon); got != test.want {
				t.Errorf("first below at %v (%d), want %v", got, got-at, test.want)
			}
		})
	}
}

func TestReserveCountsWhatRuns(t *testing.T) {
	at := NewMonth(2027, 2).Start()
	p := Position{Since: at, Open: []Segment{
		{Price: benchPrices[0], Percent: 50, From: at, To: Never},       // 0.35
		{Price: benchPrices[2], Percent: 100, From: at, To: Never},      // floor(744 / 672 hours)
		{Price: benchPrices[1], Percent: 100, From: at + 10, To: Never}, // not yet
		{Price: benchPrices[1], Percent: 100, From: at - Day, To: at},   // no longer
	}}
	if got, err := p.Reserve(at); err != nil || got != 350_000+1_107_142 {
		t.Errorf("reserve %v, %v, want 1.457142", got, err)
	}
}
