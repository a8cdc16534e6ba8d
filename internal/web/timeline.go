package web

import (
	"cmp"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// stretch is a part of an instance's life in which nothing changed: neither what
// it cost nor what it was doing.
type stretch struct {
	from, to billing.Instant
	state    Status
	segment  *billing.Segment // that bills it; nil where nothing was charged
	cost     billing.Credits
}

// The states that a bill tells apart.
var (
	stateRunning   = Status{Kind: "running", Text: "Running"}
	stateStopped   = Status{Kind: "stopped", Text: "Stopped"}
	stateSuspended = Status{Kind: "suspended", Text: "Suspended"}
)

// life is what an instance's stretches are cut from.
type life struct {
	segments []billing.Segment // oldest first
	events   []panel.Event     // oldest first
}

// life reads all that has happened to an instance and what was billed of it.
func (s *server) life(v *visit, instance int64) (l life, err error) {
	if l.segments, err = s.Panel.InstanceSegments(v.Context(), v.who, instance); err != nil {
		return l, err
	}
	filter := panel.EventFilter{AccountID: v.who.AccountID, InstanceID: instance, Limit: 1000}
	l.events, err = s.Panel.Events(v.Context(), v.who, filter)
	slices.Reverse(l.events)
	return l, err
}

// stretches cuts an instance's life between two instants wherever its bill or
// its state changed. Their costs add up to what was charged for that time.
func (l life) stretches(from, until billing.Instant) []stretch {
	if len(l.segments) == 0 {
		return nil
	}
	from = max(from, l.segments[0].From)
	cuts := []billing.Instant{from, until}
	for _, s := range l.segments {
		cuts = append(cuts, s.From, s.To)
	}
	for _, e := range l.events {
		cuts = append(cuts, e.At)
		if e.Kind == panel.EventInstanceDeleted {
			until = min(until, e.At)
		}
	}
	slices.Sort(cuts)
	var all []stretch
	for n := 1; n < len(cuts); n++ {
		piece := stretch{from: cuts[n-1], to: cuts[n]}
		if piece.from < from || piece.to > until || piece.from == piece.to {
			continue
		}
		piece.segment = l.billedAt(piece.from)
		if piece.state = l.stateAt(piece.from); piece.segment == nil && piece.state == stateRunning {
			piece.state = stateSuspended // by another hold than the one that was lifted
		}
		if last := len(all) - 1; last >= 0 && all[last].state == piece.state && all[last].segment == piece.segment {
			all[last].to = piece.to
			continue
		}
		all = append(all, piece)
	}
	for n := range all {
		if all[n].segment != nil {
			all[n].cost = all[n].segment.Charge(all[n].from, all[n].to)
		}
	}
	return all
}

// billedAt is the segment that bills a second, or nil.
func (l life) billedAt(at billing.Instant) *billing.Segment {
	for n, s := range l.segments {
		if s.From <= at && at < s.To {
			return &l.segments[n]
		}
	}
	return nil
}

// stateAt is what the instance was made to do at a second.
func (l life) stateAt(at billing.Instant) Status {
	on, held := true, false
	for _, e := range l.events {
		if e.At > at {
			break
		}
		switch e.Kind {
		case panel.EventInstanceStarted:
			on = true
		case panel.EventInstanceStopped:
			on = false
		case panel.EventInstanceSuspended:
			held = true
		case panel.EventInstanceResumed:
			held = false
		}
	}
	switch {
	case held:
		return stateSuspended
	case on:
		return stateRunning
	}
	return stateStopped
}

// byState adds up how long an instance was in each state, and what that cost,
// the dearest first.
func byState(all []stretch, c billing.Currency) []StateHours {
	type sum struct {
		state   Status
		seconds int64
		cost    billing.Credits
	}
	var sums []sum
	for _, piece := range all {
		at := slices.IndexFunc(sums, func(s sum) bool { return s.state == piece.state })
		if at < 0 {
			at, sums = len(sums), append(sums, sum{state: piece.state})
		}
		sums[at].seconds += int64(piece.to - piece.from)
		sums[at].cost += piece.cost
	}
	slices.SortStableFunc(sums, func(a, b sum) int { return cmp.Compare(b.cost, a.cost) })
	costs := make([]billing.Credits, len(sums))
	for n, s := range sums {
		costs[n] = s.cost
	}
	var rows []StateHours
	for n, shown := range amounts(c, costs) {
		rows = append(rows, StateHours{Status: sums[n].state, Hours: export.Hours(sums[n].seconds) + " h", Cost: shown})
	}
	return rows
}

// segmentRows writes stretches as rows of a table. Their amounts add up.
func segmentRows(all []stretch, plans map[billing.PriceID]string, c billing.Currency, now billing.Instant) []SegmentRow {
	costs := make([]billing.Credits, len(all))
	for n, piece := range all {
		costs[n] = piece.cost
	}
	var rows []SegmentRow
	for n, shown := range amounts(c, costs) {
		piece := all[n]
		row := SegmentRow{From: shortly(piece.from), To: shortly(piece.to), Status: piece.state, Rate: "—", Hours: export.Hours(int64(piece.to - piece.from)), Cost: shown}
		if piece.to >= now {
			row.To = "now"
		}
		if piece.segment != nil {
			row.Plan = plans[piece.segment.Price.ID]
			row.Rate = c.FormatHourly(piece.segment.Price.HourlyEquivalent(piece.from.Month(), piece.segment.Percent))
			if piece.segment.Percent < 100 {
				row.Status.Text += ", " + text(piece.segment.Percent) + " %"
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// shortly is "12 Nov 09:30".
func shortly(at billing.Instant) string { return at.Time().Format("2 Jan 15:04") }

// amounts writes the lines of a table so that they add up to its total. What is
// less than the smallest unit is written in full.
func amounts(c billing.Currency, lines []billing.Credits) []Amount {
	units, _ := c.Apportion(lines)
	shown := make([]Amount, len(lines))
	for n, x := range lines {
		if shown[n] = visibly(c, x); units[n] != 0 {
			shown[n].Text = c.FormatUnits(units[n])
		}
	}
	return shown
}
