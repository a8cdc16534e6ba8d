package bench

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/identity"
	"accrue/internal/panel"
)

// Create orders instances one after another and lets the worker bring them up on
// hypervisors that answer at once, a hundred at a time.
func Create(ctx context.Context, o Options, instances int) (*Report, error) {
	const accounts, round = 100, 100
	s, err := open(ctx, o, noon)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.fill(ctx, o.Seed, customers{accounts: accounts, instances: accounts, credit: plenty, room: instances}); err != nil {
		return nil, err
	}
	plans, err := s.Plans(ctx)
	if err != nil {
		return nil, err
	}
	locations, err := s.Locations(ctx)
	if err != nil {
		return nil, err
	}
	var orders []time.Duration
	took, err := timed(func() error {
		for n := range instances {
			who := identity.Who{UserID: 1, AccountID: int64(n%accounts + 1), Role: identity.RoleCustomer, Via: identity.ViaSession}
			order := panel.NewInstance{Name: fmt.Sprintf("new%d", n), PlanID: plans[n%len(plans)].ID, LocationID: locations[0].ID}
			wait, err := timed(func() error {
				_, err := s.CreateInstance(ctx, who, order)
				return err
			})
			if err != nil {
				return err
			}
			orders = append(orders, wait)
			if n%round == round-1 || n == instances-1 {
				if err := s.worker.Step(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	r := &Report{}
	r.add("instances created and up", float64(instances)/took.Seconds(), "1/s")
	r.add("an order, half of them within", milliseconds(median(orders)), "ms")
	r.add("an order, 99 % within", milliseconds(quantile(orders, 0.99)), "ms")
	return r, nil
}
