package panel_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// TestBadInputNamesItsFieldAndWritesNothing goes through what people get wrong.
func TestBadInputNamesItsFieldAndWritesNothing(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	p.create(who, "taken")
	order := func(change func(*panel.NewInstance)) func() error {
		return func() error {
			n := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place}
			change(&n)
			_, err := p.CreateInstance(ctx, who, n)
			return err
		}
	}
	_, err := p.AddSSHKey(ctx, who, "laptop", laptopKey, nil)
	p.must(err)
	foreign, err := p.AddSSHKey(ctx, p.customer("bob", 0), "laptop", laptopKey, nil)
	p.must(err)
	key := func(name, text string) func() error {
		return func() error {
			_, err := p.AddSSHKey(ctx, who, name, text, nil)
			return err
		}
	}
	price := func(hourly billing.Credits) func() error {
		return func() error {
			_, err := p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{Hourly: &hourly}, true)
			return err
		}
	}
	credit := func(c panel.Credit) func() error {
		return func() error {
			_, err := p.AddCredit(ctx, admin, who.AccountID, c)
			return err
		}
	}
	currency := func(c panel.DatedCurrency) func() error { return func() error { return p.AddCurrency(ctx, admin, c) } }
	eur := billing.Currency{Code: "EUR", Decimals: 2, Value: 1}
	for _, c := range []struct {
		name, field string
		do          func() error
	}{
		{"unknown plan", "plan", order(func(n *panel.NewInstance) { n.PlanID = 99 })},
		{"unknown location", "location", order(func(n *panel.NewInstance) { n.LocationID = 99 })},
		{"unknown image", "image", order(func(n *panel.NewInstance) { n.ImageID = 99 })},
		{"a name that is no host name", "name", order(func(n *panel.NewInstance) { n.Name = "My_Server" })},
		{"a name with a newline", "name", order(func(n *panel.NewInstance) { n.Name = "web\nroot" })},
		{"a name that is taken", "name", order(func(n *panel.NewInstance) { n.Name = "taken" })},
		{"a label that is none", "labels", order(func(n *panel.NewInstance) { n.Labels = fleet.Labels{"a b": ""} })},
		{"an unknown SSH key", "ssh_keys", order(func(n *panel.NewInstance) { n.SSHKeyIDs = []int64{99} })},
		{"another's SSH key", "ssh_keys", order(func(n *panel.NewInstance) { n.SSHKeyIDs = []int64{foreign.ID} })},
		{"user data over 32 KiB", "user_data", order(func(n *panel.NewInstance) { n.UserData = strings.Repeat("x", 32<<10+1) })},
		{"user data that is no UTF-8", "user_data", order(func(n *panel.NewInstance) { n.UserData = "#!\xff" })},
		{"user data with a zero byte", "user_data", order(func(n *panel.NewInstance) { n.UserData = "#!\x00" })},
		{"an SSH key with options", "public_key", key("desk", "no-pty "+deskKey)},
		{"a private SSH key", "public_key", key("desk", "-----BEGIN OPENSSH PRIVATE KEY-----")},
		{"an SSH key that is there", "public_key", key("desk", laptopKey)},
		{"an SSH key's name that is taken", "name", key("laptop", deskKey)},
		{"an SSH key without a name", "name", key("", deskKey)},
		{"negative price", "hourly", price(-1)},
		{"overflow-sized price", "hourly", price(math.MaxInt64)},
		{"no price", "hourly", func() error {
			_, err := p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{}, false)
			return err
		}},
		{"overflow-sized credit", "amount", credit(panel.Credit{Amount: math.MaxInt64, Reason: "r", Request: "1"})},
		{"no credit", "amount", credit(panel.Credit{Reason: "r", Request: "2"})},
		{"credit without a reason", "reason", credit(panel.Credit{Amount: 1, Request: "3"})},
		{"zero value per credit", "value_per_credit", currency(panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Decimals: 2}})},
		{"a second default currency", "default", currency(panel.DatedCurrency{Currency: eur, Default: true})},
		{"a currency that is there", "code", currency(panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Decimals: 2, Value: 1}})},
		{"a positive suspension balance", "suspension_balance", func() error {
			return p.ChangeSettings(ctx, admin, func(s *panel.Settings) { s.Suspension = 1 })
		}},
		{"a user that is there", "email", func() error {
			_, _, err := p.CreateAccount(ctx, admin, panel.NewAccount{Name: "x", Email: "IDA@example.org", Password: "a long password"})
			return err
		}},
		{"a short password", "password", func() error {
			_, _, err := p.CreateAccount(ctx, admin, panel.NewAccount{Name: "x", Email: "x@example.org", Password: "short"})
			return err
		}},
		{"a hypervisor without memory", "memory_mib", func() error {
			h := panel.Hypervisor{LocationID: p.place, Driver: "sim"}
			h.Name, h.CPURatio, h.Capacity = "hv9", 4000, fleet.Resources{VCPUs: 1, DiskGiB: 1}
			_, err := p.SaveHypervisor(ctx, admin, h)
			return err
		}},
		{"another location for a hypervisor with instances", "location", func() error {
			hosts, err := p.Hypervisors(ctx, admin, p.place)
			p.must(err)
			hosts[0].LocationID = p.place + 1
			_, err = p.SaveHypervisor(ctx, admin, hosts[0])
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := p.figures()
			invalidAt(t, c.do(), c.field)
			if after := p.figures(); after != before {
				t.Errorf("something was written: %+v, before %+v", after, before)
			}
		})
	}
	p.verify()
}

// figures counts what a refused request must not have changed.
func (p *provider) figures() (n [6]int) {
	p.t.Helper()
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		transactions, _, err := tx.LedgerTotals()
		instances, err2 := tx.ListInstances(panel.InstanceFilter{})
		prices, err3 := tx.ListPrices(0)
		currencies, err4 := tx.ListCurrencies(tx.Now())
		accounts, err5 := tx.ListAccounts("", 0, 1000)
		audit, err6 := tx.ListAudit(0, 1000)
		n = [6]int{int(transactions), len(instances), len(prices), len(currencies), len(accounts), len(audit)}
		return errors.Join(err, err2, err3, err4, err5, err6)
	}))
	return n
}

// TestWhatIsUsedCannotBeDeleted tries to delete what bills name.
func TestWhatIsUsedCannotBeDeleted(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		who := p.customer("ida", 100*billing.Credit)
		i := p.create(who, "web")
		plan, err := p.Plan(ctx, p.plan)
		p.must(err)
		for name, err := range map[string]error{
			"plan":             p.DeletePlan(ctx, admin, p.plan),
			"plan group":       p.DeletePlanGroup(ctx, admin, plan.GroupID),
			"location":         p.DeleteLocation(ctx, admin, p.place),
			"hypervisor":       p.DeleteHypervisor(ctx, admin, i.HypervisorID),
			"default currency": p.DeleteCurrency(ctx, admin, "USD"),
		} {
			t.Run(name, func(t *testing.T) { refusedWith(t, err, panel.CodeInUse) })
		}
		p.must(p.DeletePlan(ctx, admin, p.large))
		p.verify()
	})
}

// TestOthersThingsAreNotFound lets one customer try another's.
func TestOthersThingsAreNotFound(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	web := p.create(ida, "web")
	order, err := p.OrderTopUp(ctx, ida, "10.00")
	p.must(err)
	key, err := p.AddSSHKey(ctx, ida, "laptop", laptopKey, nil)
	p.must(err)
	tasks, err := p.MyTasks(ctx, ida, panel.TaskFilter{})
	p.must(err)
	month := p.clock.now.Month()
	for name, do := range map[string]func() error{
		"read":     func() error { _, err := p.Instance(ctx, bob, web.ID); return err },
		"start":    func() error { _, err := p.StartInstance(ctx, bob, web.ID); return err },
		"stop":     func() error { _, err := p.StopInstance(ctx, bob, web.ID); return err },
		"reboot":   func() error { _, err := p.RebootInstance(ctx, bob, web.ID); return err },
		"resize":   func() error { _, err := p.ResizeInstance(ctx, bob, web.ID, p.large); return err },
		"rename":   func() error { _, err := p.RenameInstance(ctx, bob, web.ID, "mine"); return err },
		"delete":   func() error { _, err := p.DeleteInstance(ctx, bob, web.ID); return err },
		"explain":  func() error { _, err := p.Explain(ctx, bob, web.ID); return err },
		"segments": func() error { _, err := p.InstanceSegments(ctx, bob, web.ID); return err },
		"tasks":    func() error { _, err := p.InstanceTasks(ctx, bob, web.ID, 0, 9); return err },
		"choices":  func() error { _, err := p.ResizeChoices(ctx, bob, web.ID); return err },
		"usage":    func() error { _, err := p.Usage(ctx, bob, ida.AccountID, month, ""); return err },
		"summary":  func() error { _, err := p.Summary(ctx, bob, ida.AccountID); return err },
		"ledger":   func() error { _, err := p.Ledger(ctx, bob, panel.LedgerFilter{AccountID: ida.AccountID}); return err },
		"everyone": func() error { _, err := p.Ledger(ctx, bob, panel.LedgerFilter{}); return err },
		"events":   func() error { _, err := p.Events(ctx, bob, panel.EventFilter{AccountID: ida.AccountID}); return err },
		"order":    func() error { _, err := p.CancelOrder(ctx, bob, order.ID); return err },

		"power off":  func() error { _, err := p.PowerOffInstance(ctx, bob, web.ID); return err },
		"reset":      func() error { _, err := p.ResetInstance(ctx, bob, web.ID); return err },
		"rebuild":    func() error { _, err := p.RebuildInstance(ctx, bob, web.ID, 0); return err },
		"label":      func() error { _, err := p.LabelInstance(ctx, bob, web.ID, nil); return err },
		"protect":    func() error { _, err := p.ProtectInstance(ctx, bob, web.ID, panel.Protection{}); return err },
		"key":        func() error { _, err := p.SSHKey(ctx, bob, key.ID); return err },
		"rename key": func() error { _, err := p.RenameSSHKey(ctx, bob, key.ID, "mine"); return err },
		"label key":  func() error { _, err := p.LabelSSHKey(ctx, bob, key.ID, nil); return err },
		"delete key": func() error { return p.DeleteSSHKey(ctx, bob, key.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := do(); !errors.Is(err, panel.ErrNotFound) {
				t.Errorf("got %v, want %v", err, panel.ErrNotFound)
			}
		})
	}
	if got, err := p.MyTasks(ctx, bob, panel.TaskFilter{IDs: []int64{tasks[0].ID}}); err != nil || len(got) != 0 {
		t.Errorf("got tasks %v, %v, want none of another's", got, err)
	}
	if got, err := p.SSHKeys(ctx, bob); err != nil || len(got) != 0 {
		t.Errorf("got keys %v, %v, want none of another's", got, err)
	}
	if got := p.instance(ida, web.ID); got.Status != fleet.StatusRunning || got.Name != "web" {
		t.Errorf("%s is %s, want web running as before", got.Name, got.Status)
	}
}
