package billing

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestQuoteIsTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, thresholds := anAccount(t), aThreshold(t)
		at := anInstant(t, "at")
		p := a.position(at)
		order := Order{Price: aPrice(t, 9), Count: rapid.Int64Range(1, 3).Draw(t, "count")}
		q, err := NewQuote(p, thresholds, Conditions{}, order, Rules{MinimumSeconds: 3600}, at)
		if err != nil {
			t.Fatal(err)
		}
		bill := a
		for range order.Count {
			bill.instances = append(bill.instances, []Segment{{Price: order.Price, Percent: 100, From: at, To: Never}})
		}
		end := at.Month().End()
		if got, want := q.MonthEstimate, a.balance(end)-bill.balance(end); got != want {
			t.Fatalf("estimated %v for the month, billed %v", got, want)
		}
		if got, want := q.BurnAfter, bill.balance(at)-bill.balance(at+Hour); got != want {
			t.Fatalf("quoted %v for an hour, billed %v", got, want)
		}
		wantFirst(t, "balance 0", q.ZeroAt, at, func(i Instant) bool { return bill.balance(i) <= 0 })
		wantFirst(t, "balance 0 without the order", q.ZeroAtNow, at, func(i Instant) bool { return a.balance(i) <= 0 })
		wantFirst(t, "suspension", q.SuspendAt, at, func(i Instant) bool { return bill.balance(i) < thresholds.Suspension })
		wantFirst(t, "suspension without the order", q.SuspendAtNow, at, func(i Instant) bool { return a.balance(i) < thresholds.Suspension })
	})
}

// wantFirst fails unless got is the first second from an instant on at which
// something holds that goes on holding.
func wantFirst(t *rapid.T, what string, got, at Instant, holds func(Instant) bool) {
	t.Helper()
	switch {
	case got == Never:
		if holds(RunwayHorizon(at)) {
			t.Fatalf("%s: never, but it holds at the horizon", what)
		}
	case !holds(got):
		t.Fatalf("%s: it does not hold at %v", what, got)
	case got > at && holds(got-1):
		t.Fatalf("%s: it holds one second before %v", what, got)
	}
}

func TestQuoteNeedsWhatTheGateAsks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		thresholds, taken := aThreshold(t), aCondition(t)
		at := anInstant(t, "at")
		p := anAccount(t).position(at)
		order := Order{Price: aPrice(t, 9), Count: rapid.Int64Range(1, 3).Draw(t, "count")}
		rules := Rules{ReserveHours: rapid.Int64Range(0, 48).Draw(t, "hours"), CreateOnNegative: rapid.Bool().Draw(t, "on negative")}
		q, err := NewQuote(p, thresholds, taken, order, rules, at)
		if err != nil {
			t.Fatal(err)
		}
		balance := func(c Credits) Position {
			p := p
			p.Credited += c - q.Balance
			return p
		}
		enough, _ := thresholds.Judge(taken, q.Needed)
		if err := MayOrder(balance(q.Needed), thresholds, enough, rules, order, at); err != nil {
			t.Fatalf("refused at what is needed: %v", err)
		}
		short, _ := thresholds.Judge(taken, q.Needed-1)
		var refusal *Refusal
		if err := MayOrder(balance(q.Needed-1), thresholds, short, rules, order, at); !errors.As(err, &refusal) {
			t.Fatalf("accepted with a microcredit less than %v: %v", q.Needed, err)
		}
	})
}

func TestQuoteAsSold(t *testing.T) {
	at := NewMonth(2026, 11).Start() + 20*Day // ten days are left of thirty
	for _, test := range []struct {
		name  string
		price Price
		want  Quote
	}{
		{"hourly", benchPrices[0], Quote{Mode: Hourly, Hourly: 1_400_000, MonthlyEstimate: 1022 * Credit, MonthEstimate: 336 * Credit, Minimum: 1_400_000, BurnAfter: 1_400_000}},
		{"capped", Price{ID: 1, Mode: Capped, Hourly: Credit, Monthly: 100 * Credit}, Quote{Mode: Capped, Hourly: 2 * Credit, Monthly: 200 * Credit, MonthEstimate: 200 * Credit, Minimum: 2 * Credit, BurnAfter: 2 * Credit}},
		{"monthly", Price{ID: 1, Mode: Monthly, Monthly: 720 * Credit}, Quote{Mode: Monthly, Monthly: 1440 * Credit, MonthEstimate: 480 * Credit, Minimum: 2 * Credit, BurnAfter: 2 * Credit}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := NewQuote(Position{Since: at}, Thresholds{}, Conditions{}, Order{test.price, 2}, Rules{MinimumSeconds: 3600, ReserveHours: 1}, at)
			test.want.Needed = test.want.BurnAfter
			test.want.ZeroAt, test.want.SuspendAt = at, at+1
			test.want.ZeroAtNow, test.want.SuspendAtNow = at, Never
			if err != nil || got != test.want {
				t.Errorf("quoted %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestQuoteAtTheBoundsDoesNotOverflow(t *testing.T) {
	at := NewMonth(2027, 1).Start()
	for _, price := range []Price{
		{ID: 1, Mode: Hourly, Hourly: MaxPrice},
		{ID: 1, Mode: Capped, Hourly: MaxPrice, Monthly: MaxPrice},
		{ID: 1, Mode: Monthly, Monthly: MaxPrice},
	} {
		q, err := NewQuote(Position{Since: at}, Thresholds{}, Conditions{}, Order{price, MaxCount}, Rules{MinimumSeconds: MaxMinimumSeconds, ReserveHours: 1}, at)
		if err != nil || q.MonthEstimate <= 0 || q.Minimum <= 0 || q.MonthlyEstimate < 0 || q.BurnAfter <= 0 {
			t.Errorf("quoted %+v, %v", q, err)
		}
	}
	_, err := NewQuote(Position{Since: at}, Thresholds{}, Conditions{}, Order{Price{ID: 1, Mode: Hourly, Hourly: MaxPrice}, MaxCount}, Rules{ReserveHours: MaxReserveHours}, at)
	if !errors.Is(err, ErrOverflow) {
		t.Errorf("a reserve beyond 64 bits gives %v, want ErrOverflow", err)
	}
	for _, count := range []int64{0, -1, MaxCount + 1} {
		_, err := NewQuote(Position{Since: at}, Thresholds{}, Conditions{}, Order{benchPrices[0], count}, Rules{}, at)
		wantField(t, err, "count")
	}
}

func TestMayCreate(t *testing.T) {
	at := NewMonth(2026, 3).Start()
	price := Price{ID: 1, Mode: Hourly, Hourly: 700_000}
	running := []Segment{{Price: price, Percent: 50, From: at - Day, To: Never}}
	limits := Thresholds{Suspension: -10 * Credit, Resume: Credit}
	suspended := Conditions{Suspended: true}
	for _, test := range []struct {
		name     string
		position Position
		taken    Conditions
		rules    Rules
		want     *Refusal
	}{
		{"enough for an hour", Position{Credited: 700_000}, Conditions{}, Rules{ReserveHours: 1}, nil},
		{"a microcredit too little", Position{Credited: 699_999}, Conditions{}, Rules{ReserveHours: 1}, &Refusal{RefusedCredit, 699_999, 700_000}},
		{"what runs is counted at its percent", Position{Credited: 1_049_999, Open: running}, Conditions{}, Rules{ReserveHours: 1}, &Refusal{RefusedCredit, 1_049_999, 1_050_000}},
		{"two hours", Position{Credited: 2_099_999, Open: running}, Conditions{}, Rules{ReserveHours: 2}, &Refusal{RefusedCredit, 2_099_999, 2_100_000}},
		{"no reserve asks for 0", Position{Credited: -1}, Conditions{}, Rules{}, &Refusal{RefusedCredit, -1, 0}},
		{"create on negative balance", Position{Credited: -10 * Credit}, Conditions{}, Rules{ReserveHours: 1, CreateOnNegative: true}, nil},
		{"but not below the suspension balance", Position{Credited: -10*Credit - 1}, Conditions{}, Rules{CreateOnNegative: true}, &Refusal{RefusedSuspended, -10*Credit - 1, Credit}},
		{"nor while suspended", Position{}, suspended, Rules{CreateOnNegative: true}, &Refusal{RefusedSuspended, 0, Credit}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.position.Since = at
			wantRefusal(t, MayCreate(test.position, limits, test.taken, test.rules, price, at), test.want)
		})
	}
	t.Run("starting asks only for not being suspended", func(t *testing.T) {
		wantRefusal(t, MayStart(Position{Credited: -10 * Credit}, limits, Conditions{}, at), nil)
		wantRefusal(t, MayStart(Position{}, limits, suspended, at), &Refusal{RefusedSuspended, 0, Credit})
	})
}

func wantRefusal(t *testing.T, err error, want *Refusal) {
	t.Helper()
	var got *Refusal
	switch errors.As(err, &got); {
	case want == nil && err == nil:
	case want == nil || got == nil || *got != *want:
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestRulesValidate(t *testing.T) {
	wantField(t, Rules{MinimumSeconds: 3600, ReserveHours: 1}.Validate(), "")
	wantField(t, Rules{MinimumSeconds: -1}.Validate(), "minimum_charge_seconds")
	wantField(t, Rules{MinimumSeconds: MaxMinimumSeconds + 1}.Validate(), "minimum_charge_seconds")
	wantField(t, Rules{ReserveHours: -1}.Validate(), "create_reserve_hours")
	wantField(t, Rules{ReserveHours: MaxReserveHours + 1}.Validate(), "create_reserve_hours")
}

func TestPerMonth(t *testing.T) {
	for _, test := range []struct {
		price Price
		want  Credits
	}{
		{Price{Mode: Hourly, Hourly: 2 * Credit}, 1460 * Credit},
		{Price{Mode: Capped, Hourly: 2 * Credit, Monthly: 500 * Credit}, 500 * Credit},
		{Price{Mode: Monthly, Monthly: 744 * Credit}, 744 * Credit},
	} {
		if got := test.price.PerMonth(); got != test.want {
			t.Errorf("%+v comes to %v a month, want %v", test.price, got, test.want)
		}
	}
}
