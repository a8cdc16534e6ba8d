package store_test

import (
	"context"
	"fmt"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// start is the instant at which what is seeded begins.
const start billing.Instant = 1_767_268_800 // 2026-01-01T12:00:00Z

// seeded is what the seed has made.
type seeded struct {
	accounts   []int64
	instances  []int64 // one of each account, with an open segment
	hypervisor fleet.Hypervisor
	plan       int64
	price      billing.Price
}

func update(t testing.TB, s panel.Store, write func(panel.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), write); err != nil {
		t.Fatal(err)
	}
}

// seed makes accounts that have an instance each.
func seed(t testing.TB, s panel.Store, accounts int) (made seeded) {
	t.Helper()
	must := func(id int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	update(t, s, func(tx panel.Tx) (err error) {
		euro := billing.Currency{Code: "EUR", Decimals: 2, Value: 1_000_000_000_000}
		if err := tx.InsertCurrency(panel.DatedCurrency{Currency: euro, Default: true, Since: start}, "test"); err != nil {
			return err
		}
		location := must(tx.InsertLocation(panel.Location{Slug: "ams"}))
		made.hypervisor = fleet.Hypervisor{
			Name: "hv1", CPURatio: fleet.DefaultCPURatio, Enabled: true, Online: true,
			Capacity: fleet.Resources{VCPUs: 1 << 20, MemoryMiB: 1 << 30, DiskGiB: 1 << 30},
		}
		made.hypervisor.ID = must(tx.InsertHypervisor(panel.Hypervisor{Hypervisor: made.hypervisor, LocationID: location}))
		group := must(tx.InsertPlanGroup(panel.PlanGroup{Name: "General"}))
		made.plan = must(tx.InsertPlan(panel.Plan{GroupID: group, Name: "s1"}))
		made.price = billing.Price{Mode: billing.Capped, Hourly: billing.Credit, Monthly: 500 * billing.Credit}
		if made.price.ID, err = tx.InsertPrice(panel.PriceVersion{Price: made.price, PlanID: made.plan}); err != nil {
			return err
		}
		image := must(tx.InsertImage(panel.Image{Kind: panel.ImageSystem, Family: "Debian", Version: "13", State: panel.ImageReady}))
		for n := range accounts {
			name := fmt.Sprint("vm", n)
			account := must(tx.InsertAccount(panel.Account{Name: name, Currency: "EUR", Since: start.Month().Start(), NextEventAt: billing.Never}))
			instance := must(tx.InsertInstance(panel.Instance{
				UID: name, AccountID: account, Name: name, LocationID: location, HypervisorID: made.hypervisor.ID, PlanID: made.plan,
				PriceID: made.price.ID, ImageID: image, Lifecycle: fleet.LifecycleActive, DesiredPower: fleet.PowerOn,
			}))
			must(tx.InsertSegment(account, billing.Segment{Instance: instance, Price: made.price, Percent: 100, From: start, To: billing.Never}))
			made.accounts, made.instances = append(made.accounts, account), append(made.instances, instance)
		}
		return nil
	})
	return made
}

// topUp is a transaction for an account.
func topUp(key string, account int64, amount billing.Credits) panel.Transaction {
	return panel.Transaction{
		Key: key, Kind: panel.TopUp, At: start, Month: start.Month(), Actor: "root",
		Postings: []panel.Posting{{AccountID: account, Amount: amount}, {AccountID: panel.BookPayments, Amount: -amount}},
	}
}
