package billing

// Step is one piece of an instance's life, and how section 4 came to what it
// costs: Delta is FullAfter - FullBefore, cut to Cap - Used where the price has
// a monthly amount.
type Step struct {
	From, To    Instant // within one calendar month
	Price       Price
	Percent     int64
	Seconds     int64   // from From to To
	LineSeconds int64   // of the same line in this month, before this piece
	FullBefore  Credits // what LineSeconds cost without a cap
	FullAfter   Credits // what LineSeconds and Seconds cost without a cap
	Cap         Credits // the month's cap so far; 0 if the price has no monthly amount
	Used        Credits // under the cap before this piece; 0 if the price has no monthly amount
	Delta       Credits // what this piece costs
	Cut         bool    // the cap made some of its seconds free
}

// Explain walks the segments of one instance or snapshot, given in time order, until an
// instant, and returns the pieces that it is charged for. It follows the words
// of section 4, keeping the state of the month as it goes, and looks at no
// Carry: it is the proof of what Segment.Charge computes without history.
func Explain(segments []Segment, until Instant) []Step {
	type line struct {
		price   PriceID
		percent int64
	}
	var (
		steps   []Step
		month   Month
		seconds map[line]int64 // of each line of the month so far
		used    Credits        // by the month's pieces on prices with a monthly amount
		highest Credits        // of those monthly amounts: the cap
	)
	for _, s := range segments {
		end := min(s.To, until)
		for from := s.From; from < end; {
			if m := from.Month(); seconds == nil || m != month {
				month, seconds, used, highest = m, map[line]int64{}, 0, 0
			}
			to := min(end, month.End())
			l := line{s.Price.ID, s.Percent}
			step := Step{From: from, To: to, Price: s.Price, Percent: s.Percent, Seconds: int64(to - from), LineSeconds: seconds[l]}
			step.FullBefore = s.Price.full(month.Seconds(), s.Percent, step.LineSeconds)
			step.FullAfter = s.Price.full(month.Seconds(), s.Percent, step.LineSeconds+step.Seconds)
			step.Delta = step.FullAfter - step.FullBefore
			if s.Price.HasMonthly() {
				highest = max(highest, s.Price.Monthly)
				step.Cap, step.Used = highest, used
				if left := highest - used; step.Delta > left {
					step.Delta, step.Cut = left, true
				}
				used += step.Delta
			}
			seconds[l] += step.Seconds
			steps = append(steps, step)
			from = to
		}
	}
	return steps
}

// Replay returns the lines of every month of the life of one instance or snapshot
// until an instant, from the steps of Explain. They are the lines that LinesOf gives
// month by month, minimums aside, if the segments carry what they should.
func Replay(segments []Segment, until Instant) []Line {
	var lines []Line
	for _, step := range Explain(segments, until) {
		lines = append(lines, Line{
			Instance: segments[0].Instance, Snapshot: segments[0].Snapshot, Month: step.From.Month(), Price: step.Price.ID,
			Percent: step.Percent, Kind: segments[0].kind(), Seconds: step.Seconds, Amount: step.Delta, Capped: step.Cut,
		})
	}
	return merge(lines)
}
