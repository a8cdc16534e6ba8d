package bench

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/billing"
)

// Idle lets the worker live through an hour in which nothing crosses and nothing
// is settled, looking twice a second as it does, with ten thousand instances and
// with ever more.
func Idle(ctx context.Context, o Options, instances int) (*Report, error) {
	const least = 10_000
	r := &Report{}
	var first, last time.Duration
	for n := least; n <= max(instances, least); n *= 10 {
		o.say("%d instances", n)
		worked, transactions, err := idle(ctx, o, n)
		if err != nil {
			return nil, err
		}
		if first == 0 {
			first = worked
		}
		last = worked
		r.add(fmt.Sprintf("an idle hour with %d instances, on a processor", n), worked.Seconds(), "s")
		r.add(fmt.Sprintf("transactions of it with %d instances", n), float64(transactions), "")
	}
	r.Ratio = &Ratio{"most instances / fewest", last.Seconds() / first.Seconds()}
	return r, nil
}

func idle(ctx context.Context, o Options, instances int) (worked time.Duration, transactions int64, err error) {
	s, err := open(ctx, o, noon)
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	if err := s.fill(ctx, o.Seed, customers{accounts: max(instances/10, 1), instances: instances, credit: plenty}); err != nil {
		return 0, 0, err
	}
	if err := s.settle(ctx); err != nil {
		return 0, 0, err
	}
	begun, before := s.noticed.n.Load(), processorTime()
	for half := range 2 * int64(billing.Hour) {
		s.clock.set(noon + billing.Instant(half/2))
		if err := s.worker.Step(ctx); err != nil {
			return 0, 0, err
		}
	}
	worked, transactions = processorTime()-before, s.noticed.n.Load()-begun
	return worked, transactions, s.prove(ctx)
}
