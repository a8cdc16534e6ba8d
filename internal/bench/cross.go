package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/billing"
)

// Cross lets every account cross the suspension threshold at one second, and
// then others at a steady rate, with the worker running as the panel runs it.
func Cross(ctx context.Context, o Options, accounts int) (*Report, error) {
	r := &Report{}
	o.say("%d accounts cross at one second", accounts)
	at := noon + 10*billing.Day
	took, err := crossing(ctx, o, accounts, func(int) billing.Instant { return at }, at)
	if err != nil {
		return nil, err
	}
	all := took[len(took)-1]
	r.add("until all are suspended", all.Seconds(), "s")
	r.add("accounts suspended", float64(len(took))/all.Seconds(), "1/s")
	const rate, seconds = 50, 20
	o.say("%d accounts cross every second", rate)
	lags, err := crossing(ctx, o, rate*seconds, func(n int) billing.Instant { return at + 1 + billing.Instant(n/rate) }, at)
	if err != nil {
		return nil, err
	}
	for n := range lags {
		lags[n] -= time.Duration(1+n/rate) * time.Second
	}
	r.add(fmt.Sprintf("lag at %d crossings a second, half of them within", rate), milliseconds(median(lags)), "ms")
	r.add(fmt.Sprintf("lag at %d crossings a second, 99 %% within", rate), milliseconds(quantile(lags, 0.99)), "ms")
	return r, nil
}

// crossing fills a database with accounts that cross when it is said, lets the
// clock run from an instant on, and returns when each was suspended after that,
// in that order.
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
	begun := s.clock.run(from)
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.worker.Run(working) }()
	took, err := s.suspensions(ctx, begun, accounts)
	stop()
	if err := errors.Join(err, <-ended); err != nil {
		return nil, err
	}
	return took, s.prove(ctx)
}

// suspensions watches accounts being suspended, and returns when each was.
func (s *site) suspensions(ctx context.Context, begun time.Time, accounts int) ([]time.Duration, error) {
	const patience = 10 * time.Minute
	var took []time.Duration
	for len(took) < accounts {
		var suspended int
		if err := s.ground.suspended(ctx, &suspended); err != nil {
			return nil, err
		}
		now := time.Since(begun)
		for len(took) < suspended {
			took = append(took, now)
		}
		if now > patience {
			return nil, fmt.Errorf("%d of %d accounts were suspended within %s", suspended, accounts, patience)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return took, nil
}
