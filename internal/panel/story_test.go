package panel_test

import (
	"errors"
	"slices"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// TestAnInstanceIsSoldCutOffAndBroughtBack is the main story: created, billed
// by the second, suspended at the computed second, topped up, running again.
func TestAnInstanceIsSoldCutOffAndBroughtBack(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		p.settings(func(s *panel.Settings) {
			s.Low, s.Negative, s.Suspension = 5*billing.Credit, -1*billing.Credit, -2*billing.Credit
		})
		who := p.customer("ida", 10*billing.Credit)
		web, idle := p.create(who, "web"), p.create(who, "idle")
		if _, err := p.StopInstance(ctx, who, idle.ID); err != nil {
			t.Fatal(err)
		}
		p.work()
		start := p.clock.now

		// 1.5 credits an hour: 5 after 3 h 20 min, -1 after 7 h 20 min, below -2 one
		// second after 8 h.
		s := p.summary(who)
		if want := start + 8*3600 + 1; s.SuspendAt != want {
			t.Errorf("suspension is seen at %s, want %s", s.SuspendAt, want)
		}
		p.pass(8 * 3600)
		if got := p.instance(who, web.ID); got.Status != fleet.StatusRunning {
			t.Errorf("one second before: %s, want running", got.Status)
		}
		p.pass(1)
		if got := p.instance(who, web.ID); got.Status != fleet.StatusSuspended || got.Percent != 0 {
			t.Errorf("at the computed second: %s billed at %d%%, want suspended at 0%%", got.Status, got.Percent)
		}
		machines, err := p.world.Machines(ctx)
		p.must(err)
		for _, m := range machines {
			if m.Power != fleet.PowerOff {
				t.Errorf("machine %s is %s, want off", m.Name, m.Power)
			}
		}
		p.pass(3 * 86400)
		if got, want := p.summary(who).Balance, billing.Credits(-2_000_415); got != want {
			t.Errorf("balance after three days of suspension is %s, want %s: it costs nothing", got, want)
		}
		_, err = p.StartInstance(ctx, who, web.ID)
		refusedWith(t, err, panel.CodeAccountSuspended)

		_, err = p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Kind: panel.TopUp, Amount: 20 * billing.Credit, Reason: "Card", Request: "p1"})
		p.must(err)
		p.work()
		if got := p.instance(who, web.ID); got.Status != fleet.StatusRunning || got.Percent != 100 {
			t.Errorf("after the top-up: %s at %d%%, want running at 100%%", got.Status, got.Percent)
		}
		if got := p.instance(who, idle.ID); got.Status != fleet.StatusStopped || got.Percent != 50 {
			t.Errorf("what its owner had stopped: %s at %d%%, want stopped at 50%%", got.Status, got.Percent)
		}
		p.verify()
		var subjects []string
		for _, m := range p.mail.Sent() {
			subjects = append(subjects, m.Subject)
		}
		if want := []string{"balance.low", "balance.negative", "account.suspended", "account.resumed"}; !slices.Equal(subjects, want) {
			t.Errorf("mails %v, want %v", subjects, want)
		}
	})
}

// TestThresholdsOfOneInstantGiveOneMail lets everything turn true at once.
func TestThresholdsOfOneInstantGiveOneMail(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	p.create(who, "web")
	_, err := p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Amount: -20 * billing.Credit, Reason: "chargeback", Request: "c1"})
	p.must(err)
	p.work()
	sent := p.mail.Sent()
	if len(sent) != 1 || sent[0].Subject != string(panel.MailSuspended) {
		t.Errorf("mails %v, want one, of the suspension", sent)
	}
	events, err := p.Events(ctx, who, panel.EventFilter{AccountID: who.AccountID, Limit: 5})
	p.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	want := []string{panel.EventInstanceSuspended, panel.EventAccountSuspended, panel.EventBalanceNegative, panel.EventBalanceLow, panel.EventCreditAdded}
	if !slices.Equal(kinds, want) {
		t.Errorf("events, newest first: %v, want %v", kinds, want)
	}
}

// TestALateWorkerReachesTheSameTotals compares a panel whose worker was off for
// three days, over a month's end, with one that was never off.
func TestALateWorkerReachesTheSameTotals(t *testing.T) {
	var balances []billing.Credits
	for _, step := range []billing.Instant{600, 3 * 86400} {
		p := newProvider(t, storetest.SQLite(t), 10)
		p.settings(func(s *panel.Settings) { s.Suspension = -5 * billing.Credit })
		p.clock.now = billing.NewMonth(2026, 7).Start() - 86400
		who := p.customer("ida", 40*billing.Credit)
		p.create(who, "web")
		for passed := billing.Instant(0); passed < 3*86400; passed += step {
			p.pass(step)
		}
		s := p.summary(who)
		if !s.Account.Taken.Suspended {
			t.Errorf("steps of %d s: not suspended", step)
		}
		balances = append(balances, s.Balance)
		p.verify()
	}
	if balances[0] != balances[1] {
		t.Errorf("balances differ: %s and %s", balances[0], balances[1])
	}
}

// TestHoldsDoNotLiftEachOther suspends for two reasons and lifts one.
func TestHoldsDoNotLiftEachOther(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	web := p.create(who, "web")
	p.must(p.PlaceHold(ctx, admin, who.AccountID, fleet.HoldAbuse, "it sends spam"))
	p.work()
	_, err := p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Amount: -20 * billing.Credit, Reason: "fine", Request: "1"})
	p.must(err)
	_, err = p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Amount: 50 * billing.Credit, Reason: "paid", Request: "2"})
	p.must(err)
	p.work()
	if got := p.instance(who, web.ID); got.Status != fleet.StatusSuspended || got.Percent != 0 {
		t.Errorf("after the top-up: %s at %d%%, want suspended at 0%%: the abuse hold stands", got.Status, got.Percent)
	}
	p.must(p.LiftHold(ctx, admin, who.AccountID, fleet.HoldAbuse))
	p.work()
	if got := p.instance(who, web.ID); got.Status != fleet.StatusRunning {
		t.Errorf("after lifting: %s, want running", got.Status)
	}
	if err := p.LiftHold(ctx, admin, who.AccountID, fleet.HoldBilling); err == nil {
		t.Error("the billing hold was lifted by hand; it follows the balance")
	}
	p.verify()
}

// TestSettingsJudgeEverybodyAtOnce changes the suspension balance.
func TestSettingsJudgeEverybodyAtOnce(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.settings(func(s *panel.Settings) { s.Suspension = -100 * billing.Credit })
	who := p.customer("ida", 1*billing.Credit)
	p.create(who, "web")
	p.pass(5 * 3600)
	effect, err := p.PreviewSettings(ctx, admin, func(s *panel.Settings) { s.Suspension = -2 * billing.Credit })
	p.must(err)
	if effect.Suspended != 1 {
		t.Errorf("the preview says %d suspended, want 1", effect.Suspended)
	}
	p.settings(func(s *panel.Settings) { s.Suspension = -2 * billing.Credit })
	p.pass(0)
	if !p.summary(who).Account.Taken.Suspended {
		t.Error("not suspended by the new setting")
	}
	p.settings(func(s *panel.Settings) { s.Suspension, s.Resume = -50*billing.Credit, -50*billing.Credit })
	p.pass(0)
	if p.summary(who).Account.Taken.Suspended {
		t.Error("still suspended under the setting that allows it")
	}
	p.verify()
}

// TestAPriceChangeReachesExistingInstancesFromThatSecond changes a price twice.
func TestAPriceChangeReachesExistingInstancesFromThatSecond(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	p.pass(3600)
	price := func(credits billing.Credits, existing bool) {
		hourly := credits * billing.Credit
		_, err := p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{Hourly: &hourly}, existing)
		p.must(err)
	}
	price(3, false)
	p.pass(3600)
	price(5, true)
	p.pass(3600)
	if got, want := p.summary(who).Balance, (100-1-1-5)*billing.Credit; got != want {
		t.Errorf("balance %s, want %s", got, want)
	}
	segments, err := p.InstanceSegments(ctx, who, web.ID)
	p.must(err)
	if len(segments) != 2 || segments[1].From != noon+7200 {
		t.Errorf("segments %v, want two with the second from the change", segments)
	}
	p.verify()
}

// TestDeletingEndsTheBillAndFreesTheRoom also when the hypervisor is away.
func TestDeletingEndsTheBillAndFreesTheRoom(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 1)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, true))
	p.clock.now += 60
	_, err := p.DeleteInstance(ctx, who, web.ID)
	p.must(err)
	p.work()
	p.pass(86400)
	if got, want := p.summary(who).Balance, 99*billing.Credit; got != want {
		t.Errorf("balance %s, want %s: the minimum of an hour and nothing more", got, want)
	}
	if got := p.instance(who, web.ID).Status; got != fleet.StatusDeleting {
		t.Errorf("status %s, want deleting", got)
	}
	_, err = p.DeleteInstance(ctx, who, web.ID)
	if err == nil {
		t.Error("deleted twice")
	}
	next, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place})
	p.must(err)
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, false))
	p.must(p.Watch(ctx, web.HypervisorID))
	p.work()
	if got := p.instance(who, web.ID).Status; got != fleet.StatusDeleted {
		t.Errorf("status %s, want deleted", got)
	}
	if got := p.instance(who, next.ID).Status; got != fleet.StatusRunning {
		t.Errorf("the next one is %s, want running", got)
	}
	p.verify()
}

// TestAConfirmedOrderIsCreditedOnce orders a top-up and confirms it twice.
func TestAConfirmedOrderIsCreditedOnce(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 1)
	who := p.customer("ida", 0)
	order, err := p.OrderTopUp(ctx, who, "12.34")
	p.must(err)
	for range 2 {
		_, err = p.ConfirmOrder(ctx, admin, order.ID)
		p.must(err)
	}
	if got, want := p.summary(who).Balance, 1234*billing.Credit; got != want {
		t.Errorf("balance %s, want %s", got, want)
	}
	if _, err := p.ConfirmOrder(ctx, who, order.ID); !errors.Is(err, panel.ErrForbidden) {
		t.Errorf("a customer confirming: %v, want %v", err, panel.ErrForbidden)
	}
	_, err = p.OrderTopUp(ctx, who, "0.10")
	invalidAt(t, err, "amount")
	entries, err := p.Ledger(ctx, who, panel.LedgerFilter{AccountID: who.AccountID, Limit: 10})
	p.must(err)
	if len(entries) != 1 || entries[0].Paid != "12.34 USD" || entries[0].Key != "payment/order-1" {
		t.Errorf("entries %+v, want one paid with 12.34 USD", entries)
	}
	_, err = p.Reverse(ctx, admin, entries[0].ID, "bounced")
	p.must(err)
	if got := p.summary(who).Balance; got != 0 {
		t.Errorf("balance after the reversal %s, want 0", got)
	}
	_, err = p.Reverse(ctx, admin, entries[0].ID, "bounced")
	refusedWith(t, err, panel.CodeConflict)
	p.verify()
}

// TestAResizeAsksForTheTagsOfItsPlan moves an instance to a plan that only
// tagged hypervisors may have.
func TestAResizeAsksForTheTagsOfItsPlan(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 8)
	who := p.customer("alice", 100*billing.Credit)
	i := p.create(who, "web1")
	tagged, err := p.Plan(ctx, p.large)
	p.must(err)
	tagged.Size.Tags = []string{"nvme"}
	_, err = p.SavePlan(ctx, admin, tagged, panel.PriceInput{})
	p.must(err)

	_, err = p.ResizeInstance(ctx, who, i.ID, p.large)
	refusedWith(t, err, panel.CodeNoCapacity)
	choices, err := p.ResizeChoices(ctx, who, i.ID)
	p.must(err)
	for _, c := range choices {
		if c.ID == p.large && c.Reason != "its hypervisor has no room for it: lacks a tag" {
			t.Errorf("the choice says %q", c.Reason)
		}
	}
}
