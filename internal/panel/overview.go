package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// Money is what the provider earns and owes, in credits.
type Money struct {
	RunRate     billing.Credits // what everything costs over the next hour
	Today       billing.Credits // since midnight
	Month       billing.Credits // since the month began
	Outstanding billing.Credits // the sum of negative balances, as a positive amount
	Held        billing.Credits // the sum of positive balances: credit not used yet
}

// Overview returns the provider at a glance. It derives the figures of every
// account; a provider with very many accounts reads reports instead.
func (p *Panel) Overview(ctx context.Context, who identity.Who) (o Overview, err error) {
	health, err := p.Health(ctx)
	if err != nil {
		return o, err
	}
	err = p.look(ctx, who, identity.ReadReports, func(tx Tx) error {
		o = Overview{Health: health}
		if o.Accounts, err = tx.CountAccounts(); err != nil {
			return err
		}
		if o.Instances, err = tx.CountInstances(); err != nil {
			return err
		}
		if o.Currency, err = defaultCurrency(tx); err != nil {
			return err
		}
		orders, err := tx.ListOrders(0, OrderPending, 0, 1000)
		if err != nil {
			return err
		}
		o.Orders = int64(len(orders))
		if o.Locations, err = locationLoads(tx); err != nil {
			return err
		}
		if o.Events, err = tx.ListEvents(EventFilter{Limit: 12}); err != nil {
			return err
		}
		if err := o.addFindings(tx); err != nil {
			return err
		}
		if err := o.countByLocation(tx); err != nil {
			return err
		}
		return eachAccount(tx, func(a Account) error { return o.Money.add(tx, a) })
	})
	return o, err
}

func (o *Overview) addFindings(tx Tx) error {
	open, err := tx.ListFindings(FindingFilter{Open: true, Limit: findingsShown})
	for _, f := range open {
		if f.Alarm() {
			o.Alarms = append(o.Alarms, f)
		} else {
			o.Discoveries++
		}
	}
	return err
}

// countByLocation adds to each location how many instances it has and what they
// earn.
func (o *Overview) countByLocation(tx Tx) error {
	instances, err := tx.ListInstances(InstanceFilter{LiveOnly: true})
	if err != nil {
		return err
	}
	loads, at := map[int64]*LocationLoad{}, map[int64]*LocationLoad{}
	for n := range o.Locations {
		loads[o.Locations[n].ID] = &o.Locations[n]
	}
	for _, i := range instances {
		if load := loads[i.LocationID]; load != nil {
			load.Instances++
			at[i.ID] = load
		}
	}
	now := tx.Now()
	return eachAccount(tx, func(a Account) error {
		open, err := tx.OpenSegments(a.ID)
		for _, s := range open {
			if load := at[s.Instance]; load != nil {
				load.RunRate += s.Charge(now, now+billing.Hour)
			}
			if s.Instance != 0 {
				o.Billed++
			}
		}
		return err
	})
}

func (m *Money) add(tx Tx, a Account) error {
	now := max(tx.Now(), a.SeenAt)
	open, err := tx.OpenSegments(a.ID)
	if err != nil {
		return err
	}
	balance, err := a.Position(open).Balance(now)
	if err != nil {
		return err
	}
	m.RunRate += a.Position(open).Burn(now)
	m.Outstanding -= min(0, balance)
	m.Held += max(0, balance)
	month := now.Month()
	segments, oneOffs, err := monthUse(tx, a.ID, month)
	if err != nil || len(segments)+len(oneOffs) == 0 {
		return err
	}
	daily := billing.Daily(segments, oneOffs, month, now)
	for _, day := range daily {
		m.Month += day
	}
	m.Today += daily[(now-month.Start())/billing.Day]
	return nil
}

func locationLoads(tx Tx) (loads []LocationLoad, err error) {
	locations, err := tx.ListLocations()
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		load := LocationLoad{Location: l}
		if load.Hypervisors, err = tx.ListHypervisors(l.ID); err != nil {
			return nil, err
		}
		for _, h := range load.Hypervisors {
			load.Used = load.Used.Add(h.Used)
			if h.Enabled {
				load.Limit = load.Limit.Add(h.Limit())
			}
		}
		loads = append(loads, load)
	}
	return loads, nil
}
