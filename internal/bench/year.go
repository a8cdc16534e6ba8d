package bench

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// Year lives through a year of hourly settlements, with a top-up of every
// account each week. The yardstick is a commit: an hour needs one at least.
func Year(ctx context.Context, o Options, size Size) (*Report, error) {
	s, err := open(ctx, o, noon)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.fill(ctx, o.Seed, customers{accounts: size.Accounts, instances: size.Instances, credit: plenty}); err != nil {
		return nil, err
	}
	commit, err := s.commits(ctx)
	if err != nil {
		return nil, err
	}
	topUps := 0
	before := processorTime()
	took, err := timed(func() (err error) {
		topUps, err = s.liveUntil(ctx, noon+365*billing.Day, size.Accounts)
		return err
	})
	if err != nil {
		return nil, err
	}
	worked := processorTime() - before
	transactions, _, err := s.LedgerTotals(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	r := &Report{}
	r.add("a year of hourly settlements", took.Seconds(), "s")
	r.add("of it on a processor", worked.Seconds(), "s")
	r.add("top-ups", float64(topUps), "")
	r.add("ledger transactions", float64(transactions), "")
	r.add("a commit of one row", float64(commit.Nanoseconds())/1000, "µs")
	least := commit * time.Duration(365*24+topUps)
	r.Ratio = &Ratio{"year / a commit for every hour and top-up", took.Seconds() / least.Seconds()}
	return r, nil
}

// commits measures what the least transaction takes that writes.
func (s *site) commits(ctx context.Context) (time.Duration, error) {
	const many = 500
	took, err := timed(func() error {
		for n := range many {
			if err := s.Beat(ctx, panel.Beat{Worker: "bench", SeenAt: billing.Instant(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	return took / many, err
}

// liveUntil turns the clock to each instant at which something comes due, and
// tops every account up once a week.
func (s *site) liveUntil(ctx context.Context, end billing.Instant, accounts int) (topUps int, err error) {
	who := identity.System("bench")
	next, err := s.worker.Next(ctx)
	for payday := s.clock.instant() + 7*billing.Day; err == nil && s.clock.instant() < end; {
		s.clock.set(min(next, end))
		if next, err = s.worker.StepNext(ctx); err != nil {
			return topUps, err
		}
		if s.clock.instant() < payday {
			continue
		}
		payday += 7 * billing.Day
		for id := range int64(accounts) {
			topUps++
			credit := panel.Credit{Kind: panel.TopUp, Amount: 100 * billing.Credit, Reason: "bench", Request: fmt.Sprint(topUps)}
			if _, err := s.AddCredit(ctx, who, id+1, credit); err != nil {
				return topUps, err
			}
		}
	}
	return topUps, err
}
