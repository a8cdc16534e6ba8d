package billing

import (
	"cmp"
	"fmt"
)

// Segment is a stretch of the billable life of an instance or a snapshot on one
// price at one percent. Segments of one of them never overlap; one is open, at
// most, and only that one may still be closed. A second without a segment costs
// nothing.
type Segment struct {
	ID       int64
	Instance int64   // 0 if it is of a snapshot
	Snapshot int64   // 0 if it is of an instance
	Price    Price   // of all of it: for a snapshot what Price.Times gave
	Percent  int64   // of the price, 1 to 100
	From     Instant // the first second that counts
	To       Instant // the first second that no longer counts; Never while open
	Carry    Carry   // what the instance had used in From's month before From
}

// Carry is what an instance has used in a month before a segment opens in it.
// With it a segment can be rated alone, in constant time, without its history.
type Carry struct {
	Seconds int64   // of the same line: same price, same percent
	Capped  Credits // of all its lines whose price has a monthly amount
	Cap     Credits // the highest monthly amount among those prices
}

// Subject is what a segment or a line is of: an instance or a snapshot.
type Subject struct{ Instance, Snapshot int64 }

// Compare puts instances before snapshots, each by their number.
func (s Subject) Compare(t Subject) int {
	return cmp.Or(cmp.Compare(s.Snapshot, t.Snapshot), cmp.Compare(s.Instance, t.Instance))
}

// Subject returns what the segment is of.
func (s Segment) Subject() Subject { return Subject{s.Instance, s.Snapshot} }

// kind is that of the segment's lines.
func (s Segment) kind() Kind {
	if s.Snapshot != 0 {
		return KindSnapshot
	}
	return KindUsage
}

// Open says whether the segment has no end yet.
func (s Segment) Open() bool { return s.To == Never }

// Seconds returns how many seconds of [from, to) fall into the segment.
func (s Segment) Seconds(from, to Instant) int64 {
	return max(0, int64(min(to, s.To)-max(from, s.From)))
}

// MaxSpan bounds what can be charged at once: a century.
const MaxSpan = 36525 * Day

// Charge returns what the part of [from, to) that falls into the segment costs.
// It telescopes: Charge(a, b) + Charge(b, c) is Charge(a, c), whatever the cuts.
// That part is at most MaxSpan long; charging until Never is a mistake, and
// panics.
func (s Segment) Charge(from, to Instant) Credits {
	from, to = max(from, s.From), min(to, s.To)
	if to > from && to-from > MaxSpan {
		panic(fmt.Sprintf("billing: segment %d charged from %v until %v", s.ID, from, to))
	}
	var sum Credits
	for from < to {
		month := from.Month()
		start, length := month.Start(), month.Seconds()
		until := min(to, start+Instant(length))
		sum += s.between(start, length, from, until)
		from = until
	}
	return sum
}

// between is what [from, until) of the month that begins at start and has length
// seconds costs: the difference of what has accrued by its two ends. What they
// share is computed once, because settling a million segments is a million
// times this.
func (s *Segment) between(start Instant, length int64, from, until Instant) Credits {
	carry, begin := s.entry(start)
	first := s.Price.full(length, s.Percent, carry.Seconds+int64(from-begin))
	last := s.Price.full(length, s.Percent, carry.Seconds+int64(until-begin))
	if !s.Price.HasMonthly() {
		return last - first
	}
	before := s.Price.full(length, s.Percent, carry.Seconds)
	left := max(carry.Cap, s.Price.Monthly) - carry.Capped
	return min(last-before, left) - min(first-before, left)
}

// uncapped is what the segment would have cost by the instant t of the month that
// begins at start and has length seconds, had that no cap.
func (s *Segment) uncapped(start Instant, length int64, t Instant) Credits {
	carry, from := s.entry(start)
	return carry.uncapped(s.Price, length, s.Percent, int64(t-from))
}

// entry returns what the segment carries in the month that begins at start, and
// from when it counts there.
func (s *Segment) entry(start Instant) (Carry, Instant) {
	if s.From < start {
		return Carry{}, start
	}
	return s.Carry, s.From
}

// charge is delta of section 4: what a piece of some seconds adds to a line,
// cut to what is left under the cap. month is the month's length in seconds.
func (c Carry) charge(p Price, month, percent, seconds int64) Credits {
	delta := c.uncapped(p, month, percent, seconds)
	if p.HasMonthly() {
		delta = min(delta, max(c.Cap, p.Monthly)-c.Capped)
	}
	return delta
}

func (c Carry) uncapped(p Price, month, percent, seconds int64) Credits {
	return p.full(month, percent, c.Seconds+seconds) - p.full(month, percent, c.Seconds)
}

// CarryAt returns what a segment on a price at a percent carries when it opens
// at an instant: the use of that month by earlier segments of the same instance or
// snapshot, all of which are closed by then. Segments of other months do not matter.
func CarryAt(earlier []Segment, price PriceID, percent int64, at Instant) Carry {
	var carry Carry
	start := at.Month().Start()
	for _, s := range earlier {
		seconds := s.Seconds(start, at)
		if seconds == 0 {
			continue
		}
		if s.Price.ID == price && s.Percent == percent {
			carry.Seconds += seconds
		}
		if s.Price.HasMonthly() {
			carry.Capped += s.Charge(start, at)
			carry.Cap = max(carry.Cap, s.Price.Monthly)
		}
	}
	return carry
}
