package billing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Worked examples, computed by hand: what an operator would check with a
// pocket calculator before trusting the rest.

// move is a change of an instance's billable life: from an instant it runs on a
// price at a percent, or on none.
type move struct {
	at      string
	price   Price
	percent int64
}

func on(at string, price Price) move { return move{at, price, 100} }
func off(at string) move             { return move{at: at} }

func instant(t testing.TB, s string) Instant {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		t.Fatal(err)
	}
	return At(at)
}

// life makes the segments of an instance out of its moves.
func life(t testing.TB, instance int64, moves ...move) []Segment {
	t.Helper()
	var segments []Segment
	for i, m := range moves {
		at := instant(t, m.at)
		if n := len(segments); n > 0 && segments[n-1].Open() {
			segments[n-1].To = at
		}
		if m.percent > 0 {
			segments = append(segments, Segment{
				ID: int64(i), Instance: instance, Price: m.price, Percent: m.percent, From: at, To: Never,
				Carry: CarryAt(segments, m.price.ID, m.percent, at),
			})
		}
	}
	return segments
}

// table writes lines as people would: instance, price, percent, seconds,
// credits and the apportioned amount; and the total.
func table(t testing.TB, c Currency, lines []Line) []string {
	t.Helper()
	var rows []string
	var amounts []Credits
	for _, line := range lines {
		amounts = append(amounts, line.Amount)
	}
	units, total := c.Apportion(amounts)
	for i, line := range lines {
		what := fmt.Sprintf("%d%% %ds", line.Percent, line.Seconds)
		if line.Kind == KindMinimum {
			what = "minimum"
		}
		rows = append(rows, fmt.Sprintf("#%d price %d %s: %v = %s", line.Instance, line.Price, what, line.Amount, c.AmountUnits(units[i])))
	}
	sum, err := Total(lines)
	if err != nil {
		t.Fatal(err)
	}
	if c.AmountUnits(total) != c.Amount(sum) {
		t.Errorf("apportioned to %s, the total is %s", c.AmountUnits(total), c.Amount(sum))
	}
	return append(rows, fmt.Sprintf("total: %v = %s", sum, c.Amount(sum)))
}

func wantTable(t *testing.T, c Currency, lines []Line, want string) {
	t.Helper()
	got := strings.Join(table(t, c, lines), "\n")
	want = strings.ReplaceAll(strings.TrimSpace(want), "\t", "")
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got (-) and want (+) differ:\n%s", diff)
	}
}

func TestMinimumScenario(t *testing.T) {
	usd := Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: value(t, "0.01")}
	s1 := Price{ID: 1, Mode: Hourly, Hourly: 700_000}
	quick := life(t, 1, on("2026-03-01 10:00:00", s1), off("2026-03-01 10:05:00"))
	deleted := instant(t, "2026-03-01 10:05:00")
	missing := MinimumCharge(s1, deleted.Month(), quick[0].Charge(0, deleted), 3600)
	box := life(t, 2,
		on("2026-03-01 11:00:00", s1), move{"2026-03-01 11:30:00", s1, 50}, on("2026-03-01 12:30:00", s1))
	minimums := []OneOff{{Instance: 1, Price: 1, Kind: KindMinimum, At: deleted, Amount: missing}}
	wantTable(t, usd, LinesOf(append(quick, box...), minimums, deleted.Month(), instant(t, "2026-03-01 16:00:00")), `
		#1 price 1 100% 300s: 0.058333 = 0.00
		#1 price 1 minimum: 0.641667 = 0.01
		#2 price 1 100% 14400s: 2.800000 = 0.03
		#2 price 1 50% 3600s: 0.350000 = 0.00
		total: 3.850000 = 0.04`)

	limits, rules := Thresholds{Low: Credit, Suspension: -10 * Credit}, Rules{MinimumSeconds: 3600, ReserveHours: 1}
	opened := instant(t, "2026-03-01 11:00:00")
	p := Position{Credited: 2 * Credit, Charged: 700_000, Since: opened, Open: life(t, 2, on("2026-03-01 11:00:00", s1))}
	if got, want := limits.NextCrossing(Conditions{}, p, opened, opened+Day), instant(t, "2026-03-01 11:25:43"); got != want {
		t.Errorf("low at %v, want %v", got, want)
	}
	// Ten seconds of 0.7 an hour are 1944 microcredits of the 1.3 that were left.
	wantRefusal(t, MayCreate(p, limits, Conditions{}, rules, s1, opened+10), &Refusal{RefusedCredit, 1_298_056, 1_400_000})
	wantRefusal(t, MayCreate(Position{}, limits, Conditions{}, rules, s1, opened), &Refusal{RefusedCredit, 0, 700_000})
}

func TestThresholdScenario(t *testing.T) {
	usd := Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: value(t, "0.01")}
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: value(t, "0.0092")}
	s1 := Price{ID: 1, Mode: Capped, Hourly: 750_000, Monthly: 500 * Credit}
	s2 := Price{ID: 2, Mode: Capped, Hourly: 1_500_000, Monthly: 1000 * Credit}
	m1 := Price{ID: 3, Mode: Monthly, Monthly: 744 * Credit}
	limits := Thresholds{Low: 50 * Credit, Negative: -5 * Credit, Suspension: -10 * Credit}

	running := life(t, 1, on("2026-01-01 10:00:00", s1), on("2026-01-03 10:00:00", s2))
	wantNotices(t, limits, Position{Credited: 100 * Credit, Open: running},
		"2026-01-03 19:20:00", "2026-01-05 08:00:00", "2026-01-05 11:20:01")

	suspended := life(t, 1, on("2026-01-01 10:00:00", s1), on("2026-01-03 10:00:00", s2), off("2026-01-05 11:20:01"), on("2026-01-08 10:00:00", s2))
	wantNotices(t, limits, Position{Credited: 200 * Credit, Since: instant(t, "2026-01-01 00:00:00"), Open: suspended},
		"2026-01-09 12:39:59", "2026-01-11 01:19:59", "2026-01-11 04:40:00")

	suspended[2].To = instant(t, "2026-01-11 04:40:00")
	end, january := instant(t, "2026-02-03 00:00:00"), NewMonth(2026, 1)
	wantTable(t, eur, LinesOf(suspended, nil, january, end), `
		#1 price 1 100% 172800s: 36.000000 = 0.33
		#1 price 2 100% 417601s: 174.000416 = 1.60
		total: 210.000416 = 1.93`)

	db := life(t, 2, on("2026-01-02 10:00:00", m1))
	wantTable(t, usd, LinesOf(db, nil, january, end), `
		#2 price 3 100% 2556000s: 710.000000 = 7.10
		total: 710.000000 = 7.10`)
	wantTable(t, usd, LinesOf(db, nil, january+1, end), `
		#2 price 3 100% 172800s: 53.142857 = 0.53
		total: 53.142857 = 0.53`)
}

// wantNotices follows a position from the start of its last segment through
// one notice after another: low, negative, suspended.
func wantNotices(t *testing.T, limits Thresholds, p Position, want ...string) {
	t.Helper()
	at := p.Open[len(p.Open)-1].From
	var taken Conditions
	for i, notice := range []Notice{BalanceLow, BalanceNegative, AccountSuspended} {
		at = limits.NextCrossing(taken, p, at, RunwayHorizon(at))
		balance, err := p.Balance(at)
		if err != nil {
			t.Fatal(err)
		}
		var notices []Notice
		if taken, notices = limits.Judge(taken, balance); len(notices) != 1 || notices[0] != notice || at != instant(t, want[i]) {
			t.Errorf("notices %v at %v, want %v at %s", notices, at, notice, want[i])
		}
	}
}

func TestCapScenario(t *testing.T) {
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: value(t, "0.01")}
	small := Price{ID: 1, Mode: Capped, Hourly: 3 * Credit, Monthly: 2000 * Credit}
	big := Price{ID: 2, Mode: Capped, Hourly: 7 * Credit, Monthly: 4800 * Credit}
	flat := Price{ID: 3, Mode: Monthly, Monthly: 1000 * Credit}
	dearer := Price{ID: 4, Mode: Capped, Hourly: 3_300_000, Monthly: 2200 * Credit} // of the small plan, for existing instances too
	var all []Segment
	for _, segments := range [][]Segment{
		life(t, 1, on("2026-01-31 12:00:00", small), on("2026-02-28 20:00:00", big)),
		life(t, 2, on("2026-01-31 18:00:00", flat)),
		life(t, 3, on("2026-02-10 00:00:00", small), on("2026-02-20 06:00:01", big), on("2026-02-26 23:00:07", small), on("2026-03-15 00:00:00", dearer)),
	} {
		all = append(all, segments...)
	}
	for month, want := range map[string]string{
		"2026-01": `
		#1 price 1 100% 43200s: 36.000000 = 0.36
		#2 price 3 100% 21600s: 8.064516 = 0.08
		total: 44.064516 = 0.44`,
		"2026-02": `
		#1 price 1 100% 2404800s: 2000.000000 = 20.00
		#1 price 2 100% 14400s: 28.000000 = 0.28
		#2 price 3 100% 2419200s: 1000.000000 = 10.00
		#3 price 1 100% 1061994s: 884.995000 = 8.85
		#3 price 2 100% 579606s: 1127.011666 = 11.27
		total: 5040.006666 = 50.40`,
		"2026-03": `
		#1 price 2 100% 2678400s: 4800.000000 = 48.00
		#2 price 3 100% 2678400s: 1000.000000 = 10.00
		#3 price 1 100% 1209600s: 1008.000000 = 10.08
		#3 price 4 100% 1468800s: 1192.000000 = 11.92
		total: 8000.000000 = 80.00`,
		"2026-04": `
		#1 price 2 100% 86400s: 168.000000 = 1.68
		#2 price 3 100% 86400s: 33.333333 = 0.34
		#3 price 4 100% 86400s: 79.200000 = 0.79
		total: 280.533333 = 2.81`,
	} {
		t.Run(month, func(t *testing.T) {
			m, err := ParseMonth(month)
			if err != nil {
				t.Fatal(err)
			}
			wantTable(t, eur, LinesOf(all, nil, m, instant(t, "2026-04-02 00:00:00")), want)
		})
	}
}

func TestCurrencyScenario(t *testing.T) {
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: value(t, "0.0101")}
	before, after := Currency{Code: "JPY", Value: value(t, "1.53")}, Currency{Code: "JPY", Value: value(t, "1.61")}
	nano := Price{ID: 1, Mode: Hourly, Hourly: 4761}
	var frank []Segment
	for instance := range int64(3) {
		frank = append(frank, life(t, instance+1, on("2026-05-03 00:00:00", nano))...)
	}
	grace := life(t, 4, on("2026-05-10 00:00:00", nano))
	end, may := instant(t, "2026-06-20 12:34:56"), NewMonth(2026, 5)
	wantTable(t, eur, LinesOf(frank, nil, may, end), `
		#1 price 1 100% 2505600s: 3.313656 = 0.04
		#2 price 1 100% 2505600s: 3.313656 = 0.03
		#3 price 1 100% 2505600s: 3.313656 = 0.03
		total: 9.940968 = 0.10`)
	wantTable(t, eur, LinesOf(frank, nil, may+1, end), `
		#1 price 1 100% 1686896s: 2.230919 = 0.03
		#2 price 1 100% 1686896s: 2.230919 = 0.02
		#3 price 1 100% 1686896s: 2.230919 = 0.02
		total: 6.692757 = 0.07`)
	wantTable(t, before, LinesOf(grace, nil, may, end), `
		#4 price 1 100% 1900800s: 2.513808 = 4
		total: 2.513808 = 4`)
	wantTable(t, after, LinesOf(grace, nil, may+1, end), `
		#4 price 1 100% 1686896s: 2.230919 = 4
		total: 2.230919 = 4`)
}

func TestMinimumOfAFewMicrocreditsScenario(t *testing.T) {
	usd := Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: value(t, "0.01")}
	one := Price{ID: 1, Mode: Hourly, Hourly: Credit}
	deleted := instant(t, "2026-07-01 02:00:00")
	b := life(t, 2, on("2026-07-01 01:00:01", one), off("2026-07-01 02:00:00"))
	missing := MinimumCharge(one, deleted.Month(), b[0].Charge(0, deleted), 3600)
	segments := append(life(t, 1, on("2026-07-01 01:00:00", one)), b...)
	minimums := []OneOff{{Instance: 2, Price: 1, Kind: KindMinimum, At: deleted, Amount: missing}}
	wantTable(t, usd, LinesOf(segments, minimums, deleted.Month(), instant(t, "2026-07-01 03:00:00")), `
		#1 price 1 100% 7200s: 2.000000 = 0.02
		#2 price 1 100% 3599s: 0.999722 = 0.01
		#2 price 1 minimum: 0.000278 = 0.00
		total: 3.000000 = 0.03`)
	// The first second on a balance of 0 costs 277 microcredits: negative at once.
	p := Position{Since: segments[0].From, Open: segments[:1]}
	limits := Thresholds{Suspension: -1000 * Credit}
	if got, want := limits.NextCrossing(limits.Holds(0), p, p.Since, RunwayHorizon(p.Since)), p.Since+1; got != want {
		t.Errorf("negative at %v, want %v", got, want)
	}
}
