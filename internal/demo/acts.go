package demo

import (
	"context"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// join makes a customer of a person. Their key is what events call them.
func join(key, account, person, email, currency string) act {
	return func(ctx context.Context, s *story, _ identity.Who) error {
		n := panel.NewAccount{Name: account, Person: person, Email: email, Password: s.newPassword(), Currency: currency}
		if _, _, err := s.panel.CreateAccount(ctx, s.provider, n); err != nil {
			return err
		}
		if key == shown {
			s.handout.Customer = SignIn{Email: email, Password: n.Password}
		}
		who, err := s.panel.UserWho(ctx, email)
		s.customers[key] = who
		return err
	}
}

// order announces a bank transfer in the customer's currency.
func order(amount string) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		_, err := s.panel.OrderTopUp(ctx, who, amount)
		return err
	}
}

// confirm says that the money of the customer's last order has come.
func confirm(ctx context.Context, s *story, who identity.Who) error {
	last, err := s.lastOrder(ctx, who)
	if err == nil {
		_, err = s.panel.ConfirmOrder(ctx, s.provider, last)
	}
	return err
}

// reject says that the money of the customer's last order will not come.
func reject(note string) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		last, err := s.lastOrder(ctx, who)
		if err == nil {
			_, err = s.panel.RejectOrder(ctx, s.provider, last, note)
		}
		return err
	}
}

func (s *story) lastOrder(ctx context.Context, who identity.Who) (int64, error) {
	orders, err := s.panel.Orders(ctx, who, 0, 1)
	if err != nil {
		return 0, err
	}
	if len(orders) == 0 {
		return 0, panel.ErrNotFound
	}
	return orders[0].ID, nil
}

// adjust gives credit, or takes it.
func adjust(credits int64, reason string) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		c := panel.Credit{Amount: billing.Credits(credits) * billing.Credit, Reason: reason, Request: fmt.Sprintf("demo-%d-%d", who.AccountID, s.now)}
		_, err := s.panel.AddCredit(ctx, s.provider, who.AccountID, c)
		return err
	}
}

// create orders an instance.
func create(name, plan, location, image string) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		_, err := s.panel.CreateInstance(ctx, who, panel.NewInstance{
			Name: name, PlanID: s.plans[plan].ID, LocationID: s.locations[location], ImageID: s.images[image],
		})
		return err
	}
}

// resize moves an instance to another plan.
func resize(name, plan string) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		id, err := s.instance(ctx, who, name)
		if err == nil {
			_, err = s.panel.ResizeInstance(ctx, who, id, s.plans[plan].ID)
		}
		return err
	}
}

// The commands that need an instance and nothing else.
func start(name string) act  { return command(name, (*panel.Panel).StartInstance) }
func stop(name string) act   { return command(name, (*panel.Panel).StopInstance) }
func reboot(name string) act { return command(name, (*panel.Panel).RebootInstance) }
func remove(name string) act { return command(name, (*panel.Panel).DeleteInstance) }

func command(name string, do func(*panel.Panel, context.Context, identity.Who, int64) (panel.Instance, error)) act {
	return func(ctx context.Context, s *story, who identity.Who) error {
		id, err := s.instance(ctx, who, name)
		if err == nil {
			_, err = do(s.panel, ctx, who, id)
		}
		return err
	}
}

// instance is the customer's live instance of a name.
func (s *story) instance(ctx context.Context, who identity.Who, name string) (int64, error) {
	live, err := s.panel.Instances(ctx, who, false)
	if err != nil {
		return 0, err
	}
	for _, i := range live {
		if i.Name == name {
			return i.ID, nil
		}
	}
	return 0, fmt.Errorf("instance %s: %w", name, panel.ErrNotFound)
}

// value changes what a credit is worth in a currency.
func value(code, text string) act {
	return func(ctx context.Context, s *story, _ identity.Who) error {
		all, err := s.panel.Currencies(ctx)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Code != code {
				continue
			}
			if c.Value, err = billing.ParseValue(text); err != nil {
				return err
			}
			return s.panel.ChangeCurrency(ctx, s.provider, c.Currency)
		}
		return fmt.Errorf("currency %s: %w", code, panel.ErrNotFound)
	}
}

// reprice changes a plan's price for new instances.
func reprice(plan string, p price) act {
	return func(ctx context.Context, s *story, _ identity.Who) error {
		in, err := p.input()
		if err == nil {
			_, err = s.panel.ChangePrice(ctx, s.provider, s.plans[plan].ID, in, false)
		}
		return err
	}
}

// settle changes how often usage is posted.
func settle(interval panel.SettlementInterval) act {
	return func(ctx context.Context, s *story, _ identity.Who) error {
		return s.panel.ChangeSettings(ctx, s.provider, func(settings *panel.Settings) { settings.SettlementInterval = interval })
	}
}
