package panel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// PriceInput is a price as an administrator enters it: hourly, monthly, or both,
// and what a GiB beyond the plan's transfer costs, if anything.
type PriceInput struct {
	Hourly, Monthly *billing.Credits
	Traffic         billing.Credits
}

// Price is what was entered as a price without a number. An error is *Invalid.
func (in PriceInput) Price() (billing.Price, error) {
	if err := billing.ValidateTrafficPrice(in.Traffic); err != nil {
		return billing.Price{}, asInvalid(err)
	}
	price, err := billing.NewPrice(0, in.Hourly, in.Monthly)
	return price, asInvalid(err)
}

func insertPrice(tx Tx, who identity.Who, plan int64, in PriceInput) (billing.Price, error) {
	price, err := in.Price()
	if err != nil {
		return price, err
	}
	price.ID, err = tx.InsertPrice(PriceVersion{Price: price, Traffic: in.Traffic, PlanID: plan, At: tx.Now(), Actor: who.Actor()})
	return price, err
}

// ChangePrice makes a new version of a plan's price. It applies to new
// instances, and with existing also to those on the plan, all from this second
// on. What has accrued stays as it is.
func (p *Panel) ChangePrice(ctx context.Context, who identity.Who, plan int64, in PriceInput, existing bool) (price billing.Price, err error) {
	err = p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		changed, err := tx.Plan(plan)
		if err != nil {
			return err
		}
		if price, err = insertPrice(tx, who, plan, in); err != nil {
			return err
		}
		e := Event{Kind: EventPriceChanged, Name: changed.Name, Actor: who.Actor(), At: tx.Now()}
		if err := tx.InsertEvent(e); err != nil {
			return err
		}
		if err := audit(tx, who, "price.change", fmt.Sprintf("plan:%d", plan), describePrice("instances", price, in.Traffic, existing)); err != nil {
			return err
		}
		if !existing {
			return nil
		}
		return reprice(tx, plan, price.ID)
	})
	return price, err
}

func describePrice(things string, price billing.Price, traffic billing.Credits, existing bool) string {
	text := "new " + things + ": "
	if existing {
		text = "all " + things + ": "
	}
	if price.Mode != billing.Monthly {
		text += price.Hourly.Short() + " an hour "
	}
	if price.Mode != billing.Hourly {
		text += price.Monthly.Short() + " a month "
	}
	if traffic != 0 {
		text += traffic.Short() + " a GiB beyond the transfer"
	}
	return strings.TrimSpace(text)
}

// reprice moves every instance of a plan to a version of its price. Accounts
// are opened in the order of their IDs, so that two of these cannot wait for
// each other.
func reprice(tx Tx, plan int64, price billing.PriceID) error {
	instances, err := tx.ListInstances(InstanceFilter{PlanID: plan, LiveOnly: true})
	if err != nil {
		return err
	}
	accounts := map[int64]bool{}
	for _, i := range instances {
		accounts[i.AccountID] = true
	}
	for _, account := range slices.Sorted(maps.Keys(accounts)) {
		b, err := openBook(tx, account)
		if err != nil {
			return err
		}
		if err := b.reprice(plan, price); err != nil {
			return fmt.Errorf("account %d: %w", account, err)
		}
		if err := b.close(); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) reprice(plan int64, price billing.PriceID) error {
	instances, err := b.tx.ListInstances(InstanceFilter{AccountID: b.account.ID, PlanID: plan, LiveOnly: true})
	if err != nil {
		return err
	}
	for _, i := range instances {
		i.PriceID = price
		if err := b.meter(&i); err != nil {
			return err
		}
		if err := b.tx.UpdateInstance(i); err != nil {
			return err
		}
	}
	return nil
}
