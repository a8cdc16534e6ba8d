package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Standing is how an account's money stands at this second.
type Standing struct {
	Now        billing.Instant
	Account    Account
	Currency   billing.Currency
	Thresholds billing.Thresholds
	Balance    billing.Credits
	Burn       billing.Credits // over the next hour
	ZeroAt     billing.Instant // when the balance reaches zero; Never if not in sight
	SuspendAt  billing.Instant // when instances are suspended; Never if not in sight
	ToLift     billing.Credits // the least top-up that lifts a billing suspension; 0 if there is none
	Holds      []Hold          // that stand
	Live       int64           // how many instances it has
}

// Standing returns how an account's money stands. Customers see their own.
func (p *Panel) Standing(ctx context.Context, who identity.Who, account int64) (s Standing, err error) {
	if account != who.AccountID && !who.May(identity.ReadUsers) {
		return s, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		b, err := readBook(tx, account)
		if err != nil {
			return err
		}
		s, err = b.standing()
		return err
	})
	return s, err
}

// CurrencyOf returns the currency in which an account's people see amounts, with
// its value of now. Customers see their own.
func (p *Panel) CurrencyOf(ctx context.Context, who identity.Who, account int64) (c billing.Currency, err error) {
	if account != who.AccountID && !who.May(identity.ReadUsers) {
		return c, ErrNotFound
	}
	err = p.view(ctx, func(tx Tx) error {
		a, err := tx.Account(account)
		if err != nil {
			return err
		}
		c, err = currencyOf(tx, a.Currency)
		return err
	})
	return c, err
}

// Summary is an account's standing and what it has used.
type Summary struct {
	Standing
	MonthUsed billing.Credits // since the month began
	LastUsed  billing.Credits // in the month before, until the same day and second
}

// Summary returns an account's standing and what it has used. Customers see their
// own.
func (p *Panel) Summary(ctx context.Context, who identity.Who, account int64) (s Summary, err error) {
	if account != who.AccountID && !who.May(identity.ReadUsers) {
		return s, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		s, err = summary(tx, account)
		return err
	})
	return s, err
}

func summary(tx Tx, account int64) (s Summary, err error) {
	b, err := readBook(tx, account)
	if err != nil {
		return s, err
	}
	if s.Standing, err = b.standing(); err != nil {
		return s, err
	}
	if s.MonthUsed, err = usedSince(tx, account, b.now.Month(), b.now); err != nil {
		return s, err
	}
	last := b.now.Month() - 1
	sameDay := min(last.Start()+(b.now-b.now.Month().Start()), last.End())
	s.LastUsed, err = usedSince(tx, account, last, sameDay)
	return s, err
}

func (b *book) standing() (s Standing, err error) {
	s = Standing{Now: b.now, Account: b.account, Thresholds: b.settings.Thresholds, Burn: b.position().Burn(b.now)}
	if s.Currency, err = currencyOf(b.tx, b.account.Currency); err != nil {
		return s, err
	}
	if s.Balance, err = b.balance(); err != nil {
		return s, err
	}
	s.ZeroAt, s.SuspendAt = b.position().Runway(b.settings.Thresholds, b.account.Taken, b.now)
	if b.account.Taken.Suspended {
		s.ToLift = toLift(b.settings.Thresholds, s.Balance)
	}
	if s.Live, err = b.tx.CountLive(b.account.ID); err != nil {
		return s, err
	}
	holds, err := b.tx.ListHolds(b.account.ID)
	for _, h := range holds {
		if h.LiftedAt == 0 {
			s.Holds = append(s.Holds, h)
		}
	}
	return s, err
}

// usedSince is what an account's month has cost until an instant of it.
func usedSince(tx Tx, account int64, month billing.Month, until billing.Instant) (billing.Credits, error) {
	lines, err := monthLines(tx, account, month, until)
	if err != nil {
		return 0, err
	}
	return billing.Total(lines)
}

// LastsUntil returns when the caller's balance would reach zero with each of
// some amounts added to it.
func (p *Panel) LastsUntil(ctx context.Context, who identity.Who, added ...billing.Credits) (ends []billing.Instant, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		b, err := readBook(tx, who.AccountID)
		if err != nil {
			return err
		}
		ends = nil
		for _, amount := range added {
			position := b.position()
			if position.Credited, err = position.Credited.Add(amount); err != nil {
				return err
			}
			zero, _ := position.Runway(b.settings.Thresholds, b.account.Taken, b.now)
			ends = append(ends, zero)
		}
		return nil
	})
	return ends, err
}

// DailyUse returns what each of the last days cost, today last.
func (p *Panel) DailyUse(ctx context.Context, who identity.Who, days int) (use []billing.Credits, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		use, err = dailyUse(tx, who.AccountID, days)
		return err
	})
	return use, err
}

// InstanceView is an instance with what its pages say of it.
type InstanceView struct {
	Instance
	Status     fleet.Status
	Facts      fleet.Facts
	Plan       Plan // as it is sold now; what the instance pays is Price
	Price      billing.Price
	Location   Location
	Hypervisor string // its name, for administrators
	Image      string
	Size       fleet.Resources
	Addresses  []Address // what it is reached at, as far as the panel gave it
	MonthUsed  billing.Credits
	Burn       billing.Credits // over the next hour, caps included
	Percent    int64           // of the price it is billed at now
	Traffic    Traffic         // of this month, as far as it has been counted
	Throttle   int64           // Mbit/s that its port is limited to because of it; 0: nothing

	TrafficPrice billing.Credits // what it pays for a GiB beyond its plan's transfer; 0: nothing
	Tasks        []Task          // that have not ended, newest first
}

// Instances returns the caller's live instances, and with gone also those that
// are being deleted, oldest first.
func (p *Panel) Instances(ctx context.Context, who identity.Who, gone bool) (views []InstanceView, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		views, err = viewInstances(tx, InstanceFilter{AccountID: who.AccountID, LiveOnly: !gone})
		return err
	})
	return views, err
}

// AllInstances returns instances of all accounts. Customers see their own
// account's.
func (p *Panel) AllInstances(ctx context.Context, who identity.Who, f InstanceFilter) (views []InstanceView, err error) {
	if f.AccountID != who.AccountID && !who.May(identity.ReadFleet) {
		return nil, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		views, err = viewInstances(tx, f)
		return err
	})
	return views, err
}

// Instance returns one instance of the caller's account, or of any account for
// an administrator; also one that has been deleted.
func (p *Panel) Instance(ctx context.Context, who identity.Who, id int64) (view InstanceView, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		i, err := visibleInstance(tx, who, id)
		if err != nil {
			return err
		}
		views, err := viewAll(tx, []Instance{i})
		view = first(views)
		return err
	})
	return view, err
}
