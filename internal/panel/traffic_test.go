package panel_test

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// metered makes the small plan include 1 GiB a month and cost 2 credits a GiB
// beyond that, from now on.
func (p *provider) metered() {
	p.t.Helper()
	plan, err := p.Plan(ctx, p.plan)
	p.must(err)
	plan.TransferGiB = 1
	_, err = p.SavePlan(ctx, admin, plan, panel.PriceInput{})
	p.must(err)
	hourly := plan.Price.Hourly
	_, err = p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{Hourly: &hourly, Traffic: 2 * billing.Credit}, false)
	p.must(err)
}

// owe lets an instance have sent bytes that are to be paid for.
func (p *provider) owe(i panel.Instance, bytes int64) {
	p.t.Helper()
	p.must(p.store.Update(ctx, func(tx panel.Tx) error {
		month := tx.Now().Month()
		if _, err := tx.AddTraffic(i.ID, month, 0, bytes); err != nil {
			return err
		}
		return tx.OweTraffic(i.ID, month, i.PriceID, bytes)
	}))
	p.must(p.ChargeTraffic(ctx))
}

func (p *provider) settle() {
	p.t.Helper()
	at, err := p.LastInterval(ctx)
	p.must(err)
	_, err = p.OrderSettlement(ctx, at)
	p.must(err)
	p.work()
}

func (p *provider) usage(account int64, month billing.Month) panel.UsageReport {
	p.t.Helper()
	r, err := p.Usage(ctx, admin, account, month, "")
	p.must(err)
	return r
}

// Traffic is a line of the month in which it was counted, settled with the rest,
// frozen with the statement.
func TestTrafficIsALineOfTheReport(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		p.metered()
		p.clock.now = billing.NewMonth(2026, 7).Start() - 7200
		who := p.customer("ida", 1000*billing.Credit)
		web := p.create(who, "web")
		june := p.clock.now.Month()

		p.pass(1800)
		p.owe(web, billing.GiB/2)
		p.owe(web, 1)
		p.pass(1800)
		p.settle() // at 23:00
		p.owe(web, billing.GiB/2)
		p.settle() // again in the same second
		p.pass(1800)
		p.owe(web, 3*billing.GiB)
		p.pass(1800)
		p.owe(web, billing.GiB) // in July's first second
		p.pass(3600)
		p.settle()
		p.verify()

		for _, want := range []struct {
			month   billing.Month
			bytes   int64
			traffic billing.Credits
			total   billing.Credits
		}{
			{june, 4*billing.GiB + 1, 8_000_000, 10_000_000},
			{june + 1, billing.GiB, 2_000_000, 3_000_000},
		} {
			r := p.usage(who.AccountID, want.month)
			if r.Total != want.total || !r.Agrees || r.Posted != want.total {
				t.Errorf("%s: total %s, posted %s, agrees %t, want %s", want.month, r.Total, r.Posted, r.Agrees, want.total)
			}
			if len(r.Lines) != 2 || r.Lines[1].Kind != billing.KindTraffic || r.Lines[1].Bytes != want.bytes || r.Lines[1].Amount != want.traffic {
				t.Errorf("%s: lines %+v, want traffic of %d bytes for %s as the second", want.month, r.Lines, want.bytes, want.traffic)
			}
			var days billing.Credits
			for _, day := range r.Daily {
				days += day
			}
			if days != want.total {
				t.Errorf("%s: days add up to %s, want %s", want.month, days, want.total)
			}
		}
		if got, want := p.summary(who).Balance, 987*billing.Credit; got != want {
			t.Errorf("balance %s, want %s", got, want)
		}
	})
}

// An account that traffic takes below a threshold is suspended in that second,
// and what is counted afterwards is free.
func TestTrafficSuspends(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		p.metered()
		who := p.customer("ida", 5*billing.Credit)
		web := p.create(who, "web")
		p.pass(600)
		p.owe(web, 4*billing.GiB)
		s := p.summary(who)
		if !s.Account.Taken.Suspended || s.Balance >= 0 {
			t.Fatalf("suspended %t at a balance of %s, want suspended below 0", s.Account.Taken.Suspended, s.Balance)
		}
		p.work()
		p.owe(web, 100*billing.GiB)
		if got := p.summary(who).Balance; got != s.Balance {
			t.Errorf("the balance is %s, want %s: traffic after a suspension is free", got, s.Balance)
		}
		_, err := p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Kind: panel.TopUp, Amount: 20 * billing.Credit, Reason: "Card", Request: "p1"})
		p.must(err)
		p.work()
		p.owe(web, billing.GiB)
		if got, want := p.summary(who).Balance, s.Balance+18*billing.Credit; got != want {
			t.Errorf("after a top-up the balance is %s, want %s", got, want)
		}
		_, err = p.DeleteInstance(ctx, who, web.ID)
		p.must(err)
		p.work()
		before := p.summary(who).Balance
		p.owe(web, billing.GiB)
		if got := p.summary(who).Balance; got != before {
			t.Errorf("the balance is %s, want %s: traffic after the end is free", got, before)
		}
		p.verify()
	})
}

// Traffic of an instance that costs nothing while it is stopped is charged in the
// month that it was counted in, even if nothing else was charged for months, and
// the bulk settlement posts it there.
func TestTrafficOfWhatCostsNothing(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		plan, err := p.Plan(ctx, p.plan)
		p.must(err)
		plan.StoppedPercent = 0
		_, err = p.SavePlan(ctx, admin, plan, panel.PriceInput{})
		p.must(err)
		p.metered()
		who, busy := p.customer("ida", 100*billing.Credit), p.customer("bob", 10000*billing.Credit)
		web := p.create(who, "web")
		p.create(busy, "other") // so that every hour has a settlement
		p.pass(3600)
		p.settle()
		_, err = p.StopInstance(ctx, who, web.ID)
		p.must(err)
		p.work()
		for _, at := range []billing.Instant{
			billing.NewMonth(2026, 8).Start() + 86400 + 60, billing.NewMonth(2026, 9).Start(), billing.NewMonth(2026, 9).Start() + 1800,
			billing.NewMonth(2026, 11).Start(),
		} {
			p.pass(at - p.clock.now)
			p.owe(web, billing.GiB)
			p.settle()
			p.pass(3600)
			p.settle()
		}
		entries, err := p.Ledger(ctx, admin, panel.LedgerFilter{AccountID: who.AccountID, Kind: panel.Usage})
		p.must(err)
		labeled := map[billing.Month]billing.Credits{}
		for _, e := range entries {
			labeled[e.Month] += e.Amount
		}
		for month, want := range map[billing.Month]billing.Credits{
			billing.NewMonth(2026, 6): billing.Credit, billing.NewMonth(2026, 7): 0, billing.NewMonth(2026, 8): 2 * billing.Credit, billing.NewMonth(2026, 9): 4 * billing.Credit,
			billing.NewMonth(2026, 10): 0, billing.NewMonth(2026, 11): 2 * billing.Credit,
		} {
			if r := p.usage(who.AccountID, month); r.Total != want || r.Posted != want || !r.Agrees {
				t.Errorf("%s: total %s, posted %s, want %s", month, r.Total, r.Posted, want)
			}
			if labeled[month] != -want {
				t.Errorf("%s: entries of that month add up to %s, want %s", month, labeled[month], -want)
			}
		}
		p.verify()
	})
}

// However often it is counted, it costs the same; and a price that changes
// changes nothing that was sent before.
func TestTrafficKeepsThePriceItWasSentAt(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.metered()
	who := p.customer("ida", 1000*billing.Credit)
	web := p.create(who, "web")
	for range 7 {
		p.owe(web, billing.GiB/7)
	}
	hourly := billing.Credit
	_, err := p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{Hourly: &hourly, Traffic: 5 * billing.Credit}, true)
	p.must(err)
	p.owe(web, billing.GiB) // at its old price: it was sent before
	r := p.usage(who.AccountID, p.clock.now.Month())
	if len(r.Lines) != 1 || r.Lines[0].Bytes != 2*billing.GiB-billing.GiB%7 || r.Lines[0].Amount != 3_999_999 {
		t.Errorf("lines %+v, want one of traffic for 3.999999", r.Lines)
	}
	p.verify()
}
