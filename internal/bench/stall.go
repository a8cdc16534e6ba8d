package bench

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// stall is how long top-ups took while something else ran.
type stall struct{ waits []time.Duration }

// topUpsBeside tops accounts up, one after another, while something runs.
func (s *site) topUpsBeside(ctx context.Context, accounts int64, run func(context.Context) error) (found stall, err error) {
	who, ended := identity.System("bench"), make(chan error, 1)
	go func() { ended <- run(ctx) }()
	for n := int64(0); ; n++ {
		select {
		case err := <-ended:
			return found, err
		default:
		}
		credit := panel.Credit{Kind: panel.TopUp, Amount: billing.Credit, Reason: "bench", Request: fmt.Sprintf("%d/%d", s.clock.instant(), n)}
		wait, err := timed(func() error {
			_, err := s.AddCredit(ctx, who, n*7919%accounts+1, credit)
			return err
		})
		if err != nil {
			return found, err
		}
		found.waits = append(found.waits, wait)
		time.Sleep(time.Millisecond)
	}
}

// reportStalls reports the median of several runs: the slowest of a single one
// says more about the disk's neighbours than about the settlement.
func reportStalls(r *Report, runs []stall) {
	var count int
	var halves, slowest []time.Duration
	for _, run := range runs {
		if len(run.waits) == 0 {
			continue
		}
		count += len(run.waits)
		halves = append(halves, median(run.waits))
		slowest = append(slowest, quantile(run.waits, 1))
	}
	if count == 0 {
		return
	}
	r.add("top-ups while it ran", float64(count), "")
	r.add("top-up, half of them within", milliseconds(median(halves)), "ms")
	r.add("top-up, the slowest", milliseconds(median(slowest)), "ms")
}
