package paneltest

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func plansComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	g := whole(t, panel.PlanGroup{ID: 1, Name: "Storage", Description: "much of it", Visible: true, Position: -1})
	g.ID = add(t, s, panel.Tx.InsertPlanGroup, g)
	general := panel.PlanGroup{ID: w.group, Name: "General"}
	same(t, s, []panel.PlanGroup{g, general}, panel.Tx.ListPlanGroups)
	other := add(t, s, panel.Tx.InsertLocation, panel.Location{Slug: "ber"})

	price := billing.Price{ID: 1, Mode: billing.Capped, Hourly: 2, Monthly: 3}
	p := whole(t, panel.Plan{
		ID: 1, GroupID: g.ID, Name: "xl", StoppedPercent: 40, Visible: true, Position: 5, Locations: []int64{w.location, other}, Price: price,
		TransferGiB: 6, ThrottleMbit: 7, TrafficPrice: 8, CPUPercent: 9, IOPS: 10, DiskMiBPerS: 11,
		Size: fleet.Request{Resources: fleet.Resources{VCPUs: 1, MemoryMiB: 2, DiskGiB: 3, GPUs: 4}, Tags: []string{"nvme"}},
	})
	p.ID = add(t, s, panel.Tx.InsertPlan, p)
	p.Price, p.TrafficPrice = billing.Price{}, 0
	read := func(tx panel.Tx) (panel.Plan, error) { return tx.Plan(p.ID) }
	same(t, s, p, read)
	add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: p.ID})
	price.ID = add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: price, Traffic: 8, PlanID: p.ID})
	p.Price, p.TrafficPrice = price, 8
	same(t, s, p, read)
	same(t, s, []string{"xl", "s1"}, func(tx panel.Tx) (names []string, err error) {
		plans, err := tx.ListPlans()
		for _, plan := range plans {
			names = append(names, plan.Name)
		}
		if len(plans) > 0 && len(plans[0].Locations) != 2 {
			t.Errorf("listed with locations %v", plans[0].Locations)
		}
		return names, err
	})

	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeletePlanGroup(g.ID) })
	p.GroupID, p.Name, p.Size, p.StoppedPercent, p.Visible, p.Position, p.Locations = w.group, "xs", fleet.Request{}, 0, false, 0, []int64{other}
	p.TransferGiB, p.ThrottleMbit, p.CPUPercent, p.IOPS, p.DiskMiBPerS = 9, 0, 12, 13, 14
	update(t, s, func(tx panel.Tx) error { return tx.UpdatePlan(p) })
	same(t, s, p, read)
	g.Name, g.Description, g.Visible, g.Position = "General", "", false, 0
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.UpdatePlanGroup(g) })
	g.Name = "Block storage"
	update(t, s, func(tx panel.Tx) error { return tx.UpdatePlanGroup(g) })
	same(t, s, []panel.PlanGroup{general, g}, panel.Tx.ListPlanGroups)
	update(t, s, func(tx panel.Tx) error { return tx.DeletePlanGroup(g.ID) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeletePlanGroup(g.ID) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdatePlanGroup(g) })
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteLocation(other) }) // or the plan were offered everywhere
}

func pricesHaveVersions(t *testing.T, s panel.Store) {
	w := build(t, s)
	first := panel.PriceVersion{Price: hourly, PlanID: w.plan, At: noon, Actor: "test"}
	first.ID = w.price
	second := whole(t, panel.PriceVersion{
		Price: billing.Price{ID: 1, Mode: billing.Capped, Hourly: 2, Monthly: 3}, Traffic: 4, PlanID: w.plan, At: noon + 1, Actor: "root",
	})
	second.ID = add(t, s, panel.Tx.InsertPrice, second)
	if second.ID <= first.ID {
		t.Errorf("the newer version has the number %d, the older one %d", second.ID, first.ID)
	}
	same(t, s, second, func(tx panel.Tx) (panel.PriceVersion, error) { return tx.Price(second.ID) })
	same(t, s, []panel.PriceVersion{second, first}, func(tx panel.Tx) ([]panel.PriceVersion, error) { return tx.ListPrices(w.plan) })
	same(t, s, []panel.PriceVersion{second, first}, func(tx panel.Tx) ([]panel.PriceVersion, error) { return tx.ListPrices(0) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.PriceVersion, error) { return tx.ListPrices(w.plan + 9) })
	snapshots := func(tx panel.Tx) ([]panel.PriceVersion, error) { return tx.SnapshotPrices() }
	same(t, s, nil, snapshots)
	older := panel.PriceVersion{Price: hourly, At: noon, Actor: "root"}
	older.ID = add(t, s, panel.Tx.InsertPrice, older)
	newer := older
	newer.ID = add(t, s, panel.Tx.InsertPrice, newer)
	same(t, s, []panel.PriceVersion{newer, older}, snapshots)
	absent(t, s, func(tx panel.Tx) (panel.PriceVersion, error) { return tx.Price(second.ID + 9) })
}

func usedPlansStay(t *testing.T, s panel.Store) {
	w := build(t, s)
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeletePlan(w.plan) })
	plan := add(t, s, panel.Tx.InsertPlan, panel.Plan{GroupID: w.group, Name: "once", Locations: []int64{w.location}})
	price := add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: plan})
	segment := w.segment(noon, noon+1)
	segment.Price.ID = price
	unused := add(t, s, panel.Tx.InsertPlan, panel.Plan{GroupID: w.group, Name: "unused", Locations: []int64{w.location}})
	add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: unused})
	w.addSegment(t, w.account, segment) // the instance was on it, and no longer is
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeletePlan(plan) })
	remove := func(tx panel.Tx) error { return tx.DeletePlan(unused) }
	update(t, s, remove)
	fails(t, s, panel.ErrNotFound, remove)
	absent(t, s, func(tx panel.Tx) (panel.Plan, error) { return tx.Plan(unused) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.PriceVersion, error) { return tx.ListPrices(unused) })
}

func currenciesAreDated(t *testing.T, s panel.Store) {
	w := build(t, s)
	c := whole(t, panel.DatedCurrency{
		Currency: billing.Currency{Code: "USD", Prefix: "$", Suffix: " USD", Decimals: 2, Value: 10_000_000_000}, Default: true, Since: noon,
	})
	update(t, s, func(tx panel.Tx) error { return tx.InsertCurrency(c, "root") })
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.InsertCurrency(c, "root") })
	at := func(at billing.Instant, want panel.DatedCurrency) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (panel.DatedCurrency, error) {
			all, err := tx.ListCurrencies(at)
			for _, c := range all {
				if c.Code == "USD" {
					return c, err
				}
			}
			return panel.DatedCurrency{}, err
		})
	}
	at(noon, c)
	at(noon-1, c) // the first value stands for the time before

	changed := c
	changed.Prefix, changed.Suffix, changed.Decimals = "US$", "", 3
	update(t, s, func(tx panel.Tx) error { return tx.UpdateCurrency(changed, noon+10, "root") })
	at(noon+10, changed)
	changed.Value = 5
	update(t, s, func(tx panel.Tx) error { return tx.UpdateCurrency(changed, noon+20, "ida") })
	before := changed
	before.Value = c.Value
	at(noon+19, before)
	changed.Since = noon + 20
	at(noon+20, changed)
	history := []panel.CurrencyValue{
		whole(t, panel.CurrencyValue{Code: "USD", Value: 5, From: noon + 20, Actor: "ida"}),
		{Code: "USD", Value: c.Value, From: noon, Actor: "root"},
	}
	values := func(tx panel.Tx) ([]panel.CurrencyValue, error) { return tx.ListCurrencyValues("USD") }
	same(t, s, history, values)

	changed.Code = "XXX"
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateCurrency(changed, noon, "root") })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeleteCurrency("XXX") })
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteCurrency("EUR") }) // an account has it
	_ = w
}

func oneDefaultCurrency(t *testing.T, s panel.Store) {
	build(t, s)
	defaults := func(want ...string) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (codes []string, err error) {
			all, err := tx.ListCurrencies(noon)
			for _, c := range all {
				if c.Default {
					codes = append(codes, c.Code)
				}
			}
			return codes, err
		})
	}
	usd := panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Value: 1}, Since: noon}
	update(t, s, func(tx panel.Tx) error { return tx.InsertCurrency(usd, "root") })
	defaults("EUR")
	usd.Default = true
	update(t, s, func(tx panel.Tx) error { return tx.UpdateCurrency(usd, noon, "root") })
	defaults("USD")
	usd.Default = false
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.UpdateCurrency(usd, noon, "root") })
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteCurrency("USD") })
	defaults("USD")
	chf := panel.DatedCurrency{Currency: billing.Currency{Code: "CHF", Value: 2}, Default: true, Since: noon}
	update(t, s, func(tx panel.Tx) error { return tx.InsertCurrency(chf, "root") })
	defaults("CHF")
	update(t, s, func(tx panel.Tx) error { return tx.DeleteCurrency("USD") })
	same(t, s, 1, func(tx panel.Tx) (int, error) {
		values, err := tx.ListCurrencyValues("USD") // the history outlives its currency
		return len(values), err
	})
}

func settingsComeBack(t *testing.T, s panel.Store) {
	same(t, s, panel.DefaultSettings(), panel.Tx.Settings)
	settings := whole(t, panel.Settings{
		Thresholds:       billing.Thresholds{Low: 1, Negative: -2, Suspension: -3, Resume: 4},
		CreateOnNegative: true, ReserveHours: 5, MinimumSeconds: 6, SettlementInterval: panel.SettleDaily, RescueImage: 3, ImageURLs: true, SnapshotLimit: 7,
		Provider: "Example", PublicURL: "https://example.org", MailFrom: "billing@example.org", PaymentText: "Pay.", BankDetails: "NL00",
		TopUpMinimum: 7, TopUpPresets: []billing.Credits{8, 9},
	})
	update(t, s, func(tx panel.Tx) error { return tx.SaveSettings(settings) })
	same(t, s, settings, panel.Tx.Settings)
	settings = panel.Settings{}
	update(t, s, func(tx panel.Tx) error { return tx.SaveSettings(settings) })
	same(t, s, settings, panel.Tx.Settings)
}
