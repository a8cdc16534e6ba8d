package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"accrue/internal/billing"
)

// Cross lets every account cross the suspension threshold at one second, and
// then others at a steady rate for some seconds, with the worker running as the
// panel runs it.
func Cross(ctx context.Context, o Options, accounts, seconds int) (*Report, error) {
	r := &Report{}
	o.say("%d accounts cross at one second", accounts)
	at := noon + 10*billing.Day
	took, err := crossing(ctx, o, accounts, func(int) billing.Instant { return at }, at)
	if err != nil {
		return nil, err
	}
	all := slices.Max(took)
	r.add("until all are suspended", all.Seconds(), "s")
	r.add("accounts suspended", float64(len(took))/all.Seconds(), "1/s")
	const rate = 50
	o.say("%d accounts cross every second", rate)
	lags, err := crossing(ctx, o, rate*seconds, func(n int) billing.Instant { return at + 1 + billing.Instant(n/rate) }, at)
	if err != nil {
		return nil, err
	}
	r.add(fmt.Sprintf("lag at %d crossings a second, half of them within", rate), milliseconds(median(lags)), "ms")
	r.add(fmt.Sprintf("lag at %d crossings a second, 99 %% within", rate), milliseconds(quantile(lags, 0.99)), "ms")
	return r, nil
}

// crossing fills a database with accounts that cross when it is said, lets the
// clock run from an instant on, and returns how long after its second the
// suspension of each was committed. The transaction that suspends an account also
// closes its segments and orders its instances to be stopped.
func crossing(ctx context.Context, o Options, accounts int, when func(n int) billing.Instant, from billing.Instant) ([]time.Duration, error) {
	s, err := open(ctx, o, noon)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	err = s.fill(ctx, o.Seed, customers{accounts: accounts, instances: 2 * accounts, uncapped: true, credit: func(n int, p billing.Position) billing.Credits {
		cost, err := p.Charges(when(n))
		if err != nil {
			return 0
		}
		return cost - 1 // a microcredit too little
	}})
	if err != nil {
		return nil, err
	}
	c := &crossed{at: make([]time.Time, accounts), left: accounts, all: make(chan struct{})}
	s.noticed.suspended = c.note
	begun := s.clock.run(from)
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.worker.Run(working) }()
	err = c.wait(ctx)
	stop()
	if err := errors.Join(err, <-ended); err != nil {
		return nil, err
	}
	lags := make([]time.Duration, accounts)
	for n, at := range c.at {
		lags[n] = at.Sub(begun) - time.Duration(when(n)-from)*time.Second
	}
	return lags, s.prove(ctx)
}

// crossed notes when accounts, which are numbered from 1 on, were suspended.
type crossed struct {
	mu   sync.Mutex
	at   []time.Time
	left int
	all  chan struct{} // closed when none is left
}

func (c *crossed) note(account int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.at[account-1].IsZero() {
		return
	}
	c.at[account-1] = time.Now()
	if c.left--; c.left == 0 {
		close(c.all)
	}
}

func (c *crossed) wait(ctx context.Context) error {
	const patience = 10 * time.Minute
	select {
	case <-c.all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		c.mu.Lock()
		defer c.mu.Unlock()
		return fmt.Errorf("%d accounts were not suspended within %s", c.left, patience)
	}
}
