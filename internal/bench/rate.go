package bench

import (
	"context"
	"math/rand/v2"
	"runtime"
	"time"

	"accrue/internal/billing"
)

// Rate rates segments in the core alone, on one core: of every mode of price,
// some with a carry, for spans of which a part is cut by a month's end. The
// yardstick is a loop that multiplies and divides once for each. Time is the
// processor's, which does not mind what else the machine does.
func Rate(ctx context.Context, o Options) (*Report, error) {
	const many = 100_000
	segments := rateable(many, o.Seed)
	from := march.Start() + 9*billing.Day
	spans := [...][2]billing.Instant{
		{from, from + billing.Hour},                         // a settlement
		{march.Start(), from},                               // a balance
		{march.Start() - billing.Day, march.Start() + 1800}, // across a month's end
		{march.End() - 5*billing.Day, march.End()},          // where caps bite
	}
	rounds := 20
	var times, bare []time.Duration
	var sum billing.Credits
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range o.runs() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		begun := processorTime()
		for round := range rounds {
			span := spans[round%len(spans)]
			for i := range segments {
				sum += segments[i].Charge(span[0], span[1])
			}
		}
		times = append(times, processorTime()-begun)
		begun = processorTime()
		for range rounds {
			for i := range segments {
				sum += segments[i].Price.Hourly * billing.Credits(segments[i].Percent*3600) / (100 * 3600)
			}
		}
		bare = append(bare, processorTime()-begun)
	}
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(sum)
	rated := float64(rounds * many)
	report := &Report{}
	report.add("segments rated", rated/median(times).Seconds(), "1/s")
	report.add("one segment", float64(median(times).Nanoseconds())/rated, "ns")
	report.add("one multiplication and division", float64(median(bare).Nanoseconds())/rated, "ns")
	report.add("allocations", float64(after.Mallocs-before.Mallocs)/(rated*float64(o.runs())), "per segment")
	report.Ratio = &Ratio{"rated / multiplied", median(times).Seconds() / median(bare).Seconds()}
	return report, nil
}

var march = billing.NewMonth(2026, 3)

// rateable makes segments that began within forty days before the middle of
// March.
func rateable(n int, seed uint64) []billing.Segment {
	random := rand.New(rand.NewPCG(seed, 1))
	segments := make([]billing.Segment, n)
	for i := range segments {
		s := billing.Segment{
			ID: int64(i + 1), Instance: int64(i + 1), Price: prices[random.IntN(len(prices))], Percent: 100,
			From: march.Start() + 15*billing.Day - billing.Instant(random.Int64N(int64(40*billing.Day))),
			To:   billing.Never,
		}
		if random.IntN(8) == 0 {
			s.Percent = 50
			s.Carry = billing.Carry{Seconds: 86400, Capped: 20 * billing.Credit, Cap: s.Price.Monthly}
		}
		segments[i] = s
	}
	return segments
}

// prices are one of each mode, and a capped one that reaches its cap.
var prices = []billing.Price{
	{ID: 1, Mode: billing.Hourly, Hourly: 700_000},
	{ID: 2, Mode: billing.Capped, Hourly: 750_000, Monthly: 500 * billing.Credit},
	{ID: 3, Mode: billing.Monthly, Monthly: 744 * billing.Credit},
	{ID: 4, Mode: billing.Capped, Hourly: 2_400_000, Monthly: 400 * billing.Credit},
}
