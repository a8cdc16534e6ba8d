package billing

import (
	"cmp"
	"slices"
)

// Kind is what a line of a report is about.
type Kind string

// The kinds of lines.
const (
	KindUsage    Kind = "usage"    // seconds of an instance on a price at a percent
	KindSnapshot Kind = "snapshot" // seconds of a snapshot on a price
	KindTraffic  Kind = "traffic"  // what was sent beyond the allowance
	KindMinimum  Kind = "minimum"  // what a deleted instance lacked to its minimum
)

// Line is a row of a usage report: what an instance or a snapshot used in a month
// on one price at one percent, an instance's traffic beyond the allowance, or its
// minimum charge (sections 4 and 10).
type Line struct {
	Instance int64 // 0 if it is of a snapshot
	Snapshot int64 // 0 if it is of an instance
	Month    Month
	Price    PriceID
	Percent  int64 // of the price; 0 for what is not time
	Kind     Kind
	Seconds  int64 // free ones included; 0 for what is not time
	Bytes    int64 // of traffic
	Amount   Credits
	Capped   bool // the cap made some of the seconds free
}

// Subject returns what the line is of.
func (l Line) Subject() Subject { return Subject{l.Instance, l.Snapshot} }

// OneOff is a charge that is owed from its instant on and does not grow: a
// minimum charge, dated by the deletion that caused it, on the instance's first
// price; or traffic beyond the allowance, dated by when it was counted. Amount is
// what MinimumCharge or TrafficCharge gave then.
type OneOff struct {
	Instance int64
	Price    PriceID
	Kind     Kind
	At       Instant
	Bytes    int64 // of traffic
	Amount   Credits
}

// in says whether the charge belongs to a month and has been made by an
// instant. Unlike a second of usage, it is owed from its instant on.
func (c OneOff) in(m Month, until Instant) bool {
	return (c.Amount != 0 || c.Bytes != 0) && c.At.Month() == m && c.At <= until
}

// LinesOf returns the lines of a month, until an instant if that comes before
// its end. The segments and one-offs may be of any number of instances and
// snapshots; the segments of one carry what CarryAt gave. Lines are ordered by
// instance, usage by price version and percent, the highest first, then traffic by
// price version, and the minimum last; those of snapshots follow, by snapshot and
// price version. Lines with nothing in them are left out.
func LinesOf(segments []Segment, oneOffs []OneOff, m Month, until Instant) []Line {
	start, end := m.Start(), min(until, m.End())
	var lines []Line
	for _, s := range segments {
		seconds := s.Seconds(start, end)
		if seconds == 0 {
			continue
		}
		amount := s.Charge(start, end)
		lines = append(lines, Line{
			Instance: s.Instance, Snapshot: s.Snapshot, Month: m, Price: s.Price.ID, Percent: s.Percent,
			Kind: s.kind(), Seconds: seconds, Amount: amount, Capped: amount < s.uncapped(start, m.Seconds(), min(end, s.To)),
		})
	}
	for _, c := range oneOffs {
		if c.in(m, until) {
			lines = append(lines, Line{Instance: c.Instance, Month: m, Price: c.Price, Kind: c.Kind, Bytes: c.Bytes, Amount: c.Amount})
		}
	}
	return merge(lines)
}

// merge puts lines into the order of a report and adds up those that are the
// same line. What one instance costs in a month is far below MaxCredits.
func merge(lines []Line) []Line {
	slices.SortStableFunc(lines, compareLines)
	merged := lines[:0]
	for _, line := range lines {
		last := len(merged) - 1
		if last < 0 || compareLines(merged[last], line) != 0 {
			merged = append(merged, line)
			continue
		}
		merged[last].Seconds += line.Seconds
		merged[last].Bytes += line.Bytes
		merged[last].Amount += line.Amount
		merged[last].Capped = merged[last].Capped || line.Capped
	}
	return merged
}

func compareLines(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.Month, b.Month),
		a.Subject().Compare(b.Subject()),
		-cmp.Compare(a.Kind, b.Kind), // "usage" before "traffic" before "minimum"
		cmp.Compare(a.Price, b.Price),
		-cmp.Compare(a.Percent, b.Percent),
	)
}

// Daily returns what each day of a month cost, until an instant if that comes
// before the month's end: one figure per day, and they add up to the Total of
// LinesOf exactly, because charges telescope. It panics when a day does not fit
// into Credits, which cannot be when that Total does.
func Daily(segments []Segment, oneOffs []OneOff, m Month, until Instant) []Credits {
	start, end := m.Start(), min(until, m.End())
	days := make([]Credits, m.Seconds()/int64(Day))
	add := func(day Instant, amount Credits) {
		i := (day - start) / Day
		sum, err := days[i].Add(amount)
		if err != nil {
			panic(err)
		}
		days[i] = sum
	}
	for _, s := range segments {
		first, last := max(start, s.From.Midnight()), min(end, s.To)
		for day := first; day < last; day += Day {
			add(day, s.Charge(day, min(day+Day, end)))
		}
	}
	for _, c := range oneOffs {
		if c.in(m, until) {
			add(c.At.Midnight(), c.Amount)
		}
	}
	return days
}

// Total adds up lines, or returns ErrOverflow.
func Total(lines []Line) (Credits, error) {
	var sum Credits
	for _, line := range lines {
		var err error
		if sum, err = sum.Add(line.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}
