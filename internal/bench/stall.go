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

func (s stall) report(r *Report) {
	if len(s.waits) == 0 {
		return
	}
	r.add("top-ups while it ran", float64(len(s.waits)), "")
	r.add("top-up, half of them within", milliseconds(median(s.waits)), "ms")
	r.add("top-up, the slowest", milliseconds(quantile(s.waits, 1)), "ms")
}
