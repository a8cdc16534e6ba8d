package billing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestChargeSplitsAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, s := range aLife(t) {
			a := between(t, "a", s.From-Day, s.From+40*Day)
			b := between(t, "b", a, a+40*Day)
			c := between(t, "c", b, b+100*Day)
			first, second := s.Charge(a, b), s.Charge(b, c)
			if got, want := first+second, s.Charge(a, c); got != want {
				t.Fatalf("[%v, %v) and [%v, %v) cost %v, together they cost %v", a, b, b, c, got, want)
			}
			if first < 0 || second < 0 {
				t.Fatalf("a charge is negative: %v, %v", first, second)
			}
		}
	})
}

func TestChargeIsWhatTheRuleSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := aLife(t)
		if len(segments) == 0 {
			return
		}
		until := between(t, "until", segments[0].From, segments[0].From+200*Day)
		var got, want Credits
		for _, s := range segments {
			got += s.Charge(s.From, until)
		}
		for _, line := range naiveLines(segments, until) {
			want += line.Amount
		}
		if got != want {
			t.Fatalf("charged %v until %v, want %v", got, until, want)
		}
	})
}

func TestNoMonthCostsMoreThanTheDearestMonthlyPrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := aLife(t)
		for m := NewMonth(2026, 12); m < NewMonth(2029, 12); m++ {
			var cost, dearest Credits
			for _, s := range segments {
				if s.Seconds(m.Start(), m.End()) == 0 {
					continue
				}
				cost += s.Charge(m.Start(), m.End())
				if dearest = max(dearest, s.Price.Monthly); !s.Price.HasMonthly() {
					dearest = MaxCredits // what has no monthly price has no bound
				}
			}
			if cost > dearest {
				t.Fatalf("%v cost %v, want at most %v", m, cost, dearest)
			}
		}
	})
}

func TestFullMonthOnMonthlyPriceCostsThatPrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := Price{ID: 1, Mode: Monthly, Monthly: Credits(rapid.Int64Range(0, int64(MaxPrice)).Draw(t, "monthly"))}
		m := NewMonth(2000, rapid.IntRange(1, 1300).Draw(t, "month"))
		s := Segment{Price: price, Percent: 100, From: m.Start() - Instant(rapid.IntRange(0, 1).Draw(t, "before")), To: Never}
		if got := s.Charge(m.Start(), m.End()); got != price.Monthly {
			t.Fatalf("%v cost %v, want %v", m, got, price.Monthly)
		}
	})
}

func TestResizingBackAndForthNeverRestartsTheCap(t *testing.T) {
	prices := []Price{
		{ID: 1, Mode: Capped, Hourly: 3 * Credit, Monthly: 2000 * Credit},
		{ID: 2, Mode: Capped, Hourly: 7 * Credit, Monthly: 4800 * Credit},
	}
	month := NewMonth(2027, 1)
	for name, step := range map[string]Instant{"hourly": Hour, "daily": Day, "every few days": 5*Day + 7777} {
		t.Run(name, func(t *testing.T) {
			var segments []Segment
			var cost Credits
			for at := month.Start(); at < month.End(); at += step {
				price := prices[int(at/step)%2]
				s := Segment{Price: price, Percent: 100, From: at, To: min(at+step, month.End()), Carry: CarryAt(segments, price.ID, 100, at)}
				segments = append(segments, s)
				cost += s.Charge(month.Start(), month.End())
			}
			if naive, _ := Total(naiveLines(segments, month.End())); cost != naive || cost > 4800*Credit {
				t.Errorf("cost %v, want %v and at most 4800", cost, naive)
			}
		})
	}
}

func TestReplayIsWhatCarriesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := aLife(t)
		until := anInstant(t, "until") + 60*Day
		var months []Line
		for m := NewMonth(2026, 12); m.Start() < until; m++ {
			months = append(months, LinesOf(segments, nil, m, until)...)
		}
		replayed := Replay(segments, until)
		if diff := cmp.Diff(months, replayed); diff != "" {
			t.Fatalf("LinesOf (-) and Replay (+) differ:\n%s", diff)
		}
		if diff := cmp.Diff(replayed, naiveLines(segments, until)); diff != "" {
			t.Fatalf("Replay (-) and the rule (+) differ:\n%s", diff)
		}
	})
}

func TestReplayNoticesAWrongCarry(t *testing.T) {
	price := Price{ID: 1, Mode: Capped, Hourly: Credit, Monthly: 2 * Credit}
	at := NewMonth(2027, 1).Start()
	segments := []Segment{
		{Instance: 1, Price: price, Percent: 100, From: at, To: at + Day},
		{Instance: 1, Price: price, Percent: 100, From: at + 2*Day, To: at + 3*Day}, // carries nothing
	}
	got, err := Total(LinesOf(segments, nil, at.Month(), Never-1))
	if err != nil || got != 4*Credit {
		t.Fatalf("lines add up to %v, %v, want 4: the cap twice", got, err)
	}
	if got, _ := Total(Replay(segments, at+9*Day)); got != 2*Credit {
		t.Errorf("replayed to %v, want 2: the cap once", got)
	}
}

func TestStepsAddUpAndExplainThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := aLife(t)
		for _, step := range Explain(segments, anInstant(t, "until")+60*Day) {
			uncut := step.FullAfter - step.FullBefore
			switch {
			case step.Seconds != int64(step.To-step.From) || step.Seconds <= 0 || (step.To-1).Month() != step.From.Month():
				t.Fatalf("not a piece of a month: %+v", step)
			case step.Cut && (step.Delta >= uncut || step.Used+step.Delta != step.Cap):
				t.Fatalf("cut without reaching the cap: %+v", step)
			case !step.Cut && step.Delta != uncut:
				t.Fatalf("not cut and not in full: %+v", step)
			}
		}
	})
}

func TestChargeUntilNeverPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("charged until never, want a panic")
		}
	}()
	Segment{Price: benchPrices[0], Percent: 100, To: Never}.Charge(0, Never)
}

func TestCenturyAtMaxPriceFits(t *testing.T) {
	start := NewMonth(2000, 1).Start()
	s := Segment{Price: Price{ID: 1, Mode: Hourly, Hourly: MaxPrice}, Percent: 100, From: start, To: Never}
	if got, want := s.Charge(start, start+MaxSpan), MaxPrice*36525*24; got != want {
		t.Errorf("a century costs %v, want %v", got, want)
	}
}

func TestChargeDoesNotAllocate(t *testing.T) {
	s := Segment{Price: benchPrices[1], Percent: 50, From: 0, To: Never}
	if got := testing.AllocsPerRun(100, func() { s.Charge(40*Day, 200*Day) }); got != 0 {
		t.Errorf("a charge allocates %v times, want none", got)
	}
}
