package billing

// Segment is a stretch of an instance's billable life on one price at one
// percent. Segments of an instance never overlap; one is open, at most, and
// only that one may still be closed. A second without a segment costs nothing.
type Segment struct {
	ID       int64
	Instance int64
	Price    Price
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

// Open says whether the segment has no end yet.
func (s Segment) Open() bool { return s.To == Never }

// Seconds returns how many seconds of [from, to) fall into the segment.
func (s Segment) Seconds(from, to Instant) int64 {
	return max(0, int64(min(to, s.To)-max(from, s.From)))
}

// Charge returns what the part of [from, to) that falls into the segment costs.
// It telescopes: Charge(a, b) + Charge(b, c) is Charge(a, c), whatever the cuts.
func (s Segment) Charge(from, to Instant) Credits {
	from, to = max(from, s.From), min(to, s.To)
	var sum Credits
	for from < to {
		month := from.Month()
		until := min(to, month.End())
		sum += s.accrued(month, until) - s.accrued(month, from)
		from = until
	}
	return sum
}

// accrued is what the segment has cost in a month by the instant t of it.
func (s Segment) accrued(m Month, t Instant) Credits {
	carry, from := s.entry(m)
	return carry.charge(s.Price, m, s.Percent, int64(t-from))
}

// uncapped is what accrued would be, had the month no cap.
func (s Segment) uncapped(m Month, t Instant) Credits {
	carry, from := s.entry(m)
	return carry.uncapped(s.Price, m, s.Percent, int64(t-from))
}

// entry returns from when the segment counts in a month, and what it carries.
func (s Segment) entry(m Month) (Carry, Instant) {
	if start := m.Start(); s.From < start {
		return Carry{}, start
	}
	return s.Carry, s.From
}

// charge is delta of section 4: what a piece of some seconds adds to a line,
// cut to what is left under the cap.
func (c Carry) charge(p Price, m Month, percent, seconds int64) Credits {
	delta := c.uncapped(p, m, percent, seconds)
	if p.HasMonthly() {
		delta = min(delta, max(c.Cap, p.Monthly)-c.Capped)
	}
	return delta
}

func (c Carry) uncapped(p Price, m Month, percent, seconds int64) Credits {
	return p.full(m, percent, c.Seconds+seconds) - p.full(m, percent, c.Seconds)
}

// CarryAt returns what a segment on a price at a percent carries when it opens
// at an instant: the use of that month by the instance's earlier segments, all
// of which are closed by then. Segments of other months do not matter.
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
