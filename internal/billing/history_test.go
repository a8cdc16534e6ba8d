package billing

import (
	"math/big"
	"time"

	"pgregory.net/rapid"
)

// What the properties are checked against: histories that anybody could have
// had, and section 4 read aloud with math/big and package time.

// aPrice draws a price whose cap, if any, is reached within a month or not.
func aPrice(t *rapid.T, id PriceID) Price {
	hourly := Credits(rapid.Int64Range(0, 10_000_000).Draw(t, "hourly"))
	monthly := hourly*Credits(rapid.Int64Range(1, 800).Draw(t, "hours to the cap")) + Credits(rapid.Int64Range(0, 999).Draw(t, "odd microcredits"))
	switch mode := rapid.SampledFrom([]Mode{Hourly, Capped, Monthly}).Draw(t, "mode"); mode {
	case Hourly:
		return Price{ID: id, Mode: mode, Hourly: hourly}
	case Capped:
		return Price{ID: id, Mode: mode, Hourly: hourly, Monthly: monthly}
	default:
		return Price{ID: id, Mode: mode, Monthly: monthly}
	}
}

// aPriceList draws the versions that an account's instances may be on.
func aPriceList(t *rapid.T) []Price {
	prices := make([]Price, rapid.IntRange(1, 4).Draw(t, "price versions"))
	for i := range prices {
		prices[i] = aPrice(t, PriceID(i+1))
	}
	return prices
}

// anInstant draws a second of a few years, leap days and ends of months among
// them.
func anInstant(t *rapid.T, label string) Instant {
	month := NewMonth(2027, rapid.IntRange(1, 24).Draw(t, label+": month"))
	if rapid.Bool().Draw(t, label+": near the end") {
		return month.End() - Instant(rapid.Int64Range(0, 7200).Draw(t, label+": before the end"))
	}
	return month.Start() + Instant(rapid.Int64Range(0, month.Seconds()-1).Draw(t, label+": second"))
}

// aHistory draws the segments of an instance that comes up at an instant: with
// stops, suspensions, resizes and changed prices, over several months. The last
// one may be open.
func aHistory(t *rapid.T, instance int64, prices []Price, at Instant) []Segment {
	var segments []Segment
	for range rapid.IntRange(1, 8).Draw(t, "changes") {
		length := Instant(rapid.Int64Range(1, 20*int64(Day)).Draw(t, "length"))
		if rapid.IntRange(0, 4).Draw(t, "billed") > 0 {
			price := rapid.SampledFrom(prices).Draw(t, "price")
			percent := rapid.SampledFrom([]int64{100, 100, 50, 33}).Draw(t, "percent")
			segments = append(segments, Segment{
				Instance: instance, Price: price, Percent: percent, From: at, To: at + length,
				Carry: CarryAt(segments, price.ID, percent, at),
			})
		}
		at += length
	}
	if n := len(segments); n > 0 && segments[n-1].To == at && rapid.Bool().Draw(t, "open") {
		segments[n-1].To = Never
	}
	return segments
}

// aLife draws an instance's history that begins anywhere.
func aLife(t *rapid.T) []Segment {
	return aHistory(t, 7, aPriceList(t), anInstant(t, "up"))
}

// account is an account by its whole history, where a Position knows only sums.
type account struct {
	credited  Credits
	instances [][]Segment
}

func anAccount(t *rapid.T) account {
	prices := aPriceList(t)
	a := account{credited: Credits(rapid.Int64Range(-100, 5000).Draw(t, "credits"))*Credit + 17}
	for i := range rapid.IntRange(0, 4).Draw(t, "instances") {
		a.instances = append(a.instances, aHistory(t, int64(i+1), prices, anInstant(t, "up")))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "snapshots") {
		a.instances = append(a.instances, aSnapshot(t, int64(i+1), prices, anInstant(t, "taken")))
	}
	return a
}

// aSnapshot draws the segments of a snapshot of some GiB, whose account was
// suspended now and then.
func aSnapshot(t *rapid.T, snapshot int64, prices []Price, at Instant) []Segment {
	size := rapid.Int64Range(1, 500).Draw(t, "GiB")
	times := make([]Price, len(prices))
	for i, price := range prices {
		times[i] = price.Times(size)
	}
	segments := aHistory(t, 0, times, at)
	for i := range segments {
		segments[i].Snapshot = snapshot
	}
	return segments
}

// position returns what a Position knows of the account at an instant, with
// since as the instant that it counts open segments from.
func (a account) position(since Instant) Position {
	p := Position{Credited: a.credited, Since: since}
	for _, segments := range a.instances {
		for _, s := range segments {
			p.Charged += s.Charge(s.From, min(since, max(s.From, s.To)))
			if s.To > since {
				p.Open = append(p.Open, s)
			}
		}
	}
	return p
}

// balance is the account's balance by the words of section 4.
func (a account) balance(at Instant) Credits {
	sum := a.credited
	for _, segments := range a.instances {
		for _, line := range naiveLines(segments, at) {
			sum -= line.Amount
		}
	}
	return sum
}

// naiveLines walks the segments of an instance by the words of section 4.
func naiveLines(segments []Segment, until Instant) []Line {
	type key struct {
		month   string
		price   PriceID
		percent int64
	}
	lines := map[key]*Line{}
	used, highest := map[string]Credits{}, map[string]Credits{}
	for _, s := range segments {
		for from := s.From; from < min(s.To, until); {
			begin := time.Unix(int64(from), 0).UTC()
			first := time.Date(begin.Year(), begin.Month(), 1, 0, 0, 0, 0, time.UTC)
			next := first.AddDate(0, 1, 0)
			to := min(s.To, until, Instant(next.Unix()))
			month := begin.Format("2006-01")
			k := key{month, s.Price.ID, s.Percent}
			if lines[k] == nil {
				m, _ := ParseMonth(month)
				lines[k] = &Line{Instance: s.Instance, Month: m, Price: s.Price.ID, Percent: s.Percent, Kind: KindUsage}
			}
			line, length := lines[k], next.Unix()-first.Unix()
			delta := naiveFull(s.Price, s.Percent, line.Seconds+int64(to-from), length) - naiveFull(s.Price, s.Percent, line.Seconds, length)
			if s.Price.Mode != Hourly {
				highest[month] = max(highest[month], s.Price.Monthly)
				if left := highest[month] - used[month]; delta > left {
					delta, line.Capped = left, true
				}
				used[month] += delta
			}
			line.Seconds += int64(to - from)
			line.Amount += delta
			from = to
		}
	}
	var all []Line
	for _, line := range lines {
		all = append(all, *line)
	}
	return merge(all)
}

func naiveFull(p Price, percent, seconds, month int64) Credits {
	rate, per := int64(p.Hourly), int64(3600)
	if p.Mode == Monthly {
		rate, per = int64(p.Monthly), month
	}
	n := new(big.Int).Mul(big.NewInt(rate), big.NewInt(percent))
	n.Mul(n, big.NewInt(seconds))
	return Credits(n.Div(n, big.NewInt(100*per)).Int64())
}

// between draws an instant of [from, to].
func between(t *rapid.T, label string, from, to Instant) Instant {
	return Instant(rapid.Int64Range(int64(from), int64(to)).Draw(t, label))
}
