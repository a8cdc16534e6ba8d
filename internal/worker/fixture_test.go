package worker_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/smtp"
	"accrue/internal/store"
	"accrue/internal/worker"
)

var admin = identity.System("test")

// provider is a panel on a real database, with simulated hypervisors and a
// worker.
type provider struct {
	*panel.Panel
	t      *testing.T
	store  *store.Store
	world  *sim.World
	worker *worker.Worker
	plan   int64 // 1 vCPU, one credit an hour, at most 500 a month
	hosts  []panel.Hypervisor
}

// with are the ways in which a provider can differ.
type with struct {
	now   func() time.Time
	slow  bool                          // hypervisors take their time
	wrap  func(panel.Store) panel.Store // what the panel has for a store
	grace time.Duration                 // the worker's
	logs  slog.Handler                  // where the worker's log goes
}

func newProvider(t *testing.T, w with) *provider {
	t.Helper()
	p := &provider{t: t}
	var err error
	p.store, err = store.Open(t.Context(), store.Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "accrue.db"), Now: w.now})
	p.must(err)
	t.Cleanup(func() { p.store.Close() })
	p.world, err = sim.Open("", sim.Options{Instant: !w.slow, Now: w.now})
	p.must(err)
	var kept panel.Store = p.store
	if w.wrap != nil {
		kept = w.wrap(kept)
	}
	logs := w.logs
	if logs == nil {
		logs = slog.DiscardHandler
	}
	p.Panel = panel.New(kept, p.world, delivered{smtp.Disabled()}, identity.NewHasher(identity.TestParams, 4))
	p.worker = worker.New(p.Panel, slog.New(logs), worker.Options{Grace: w.grace})
	p.stock()
	return p
}

// delivered is a mailer whose mails arrive.
type delivered struct{ panel.Mailer }

func (delivered) Send(context.Context, panel.Message) error { return nil }

// stock fills the catalogue: two hypervisors, one plan, and thresholds that are
// crossed one after another.
func (p *provider) stock() {
	p.t.Helper()
	ctx := p.t.Context()
	usd := billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}
	p.must(p.AddCurrency(ctx, admin, panel.DatedCurrency{Currency: usd}))
	p.must(p.ChangeSettings(ctx, admin, func(s *panel.Settings) {
		s.Thresholds = billing.Thresholds{Low: 10 * billing.Credit, Suspension: -2 * billing.Credit}
	}))
	location, err := p.SaveLocation(ctx, admin, panel.Location{Slug: "ams", Name: "Amsterdam", Visible: true})
	p.must(err)
	for n := range 2 {
		host := panel.Hypervisor{LocationID: location.ID, Driver: "sim", Position: int64(n)}
		host.Name, host.CPURatio, host.Enabled = fmt.Sprintf("hv-%d", n+1), fleet.DefaultCPURatio, true
		host.Capacity = fleet.Resources{VCPUs: 64, MemoryMiB: 65536, DiskGiB: 6400}
		host, err = p.SaveHypervisor(ctx, admin, host)
		p.must(err)
		p.hosts = append(p.hosts, host)
	}
	group, err := p.SavePlanGroup(ctx, admin, panel.PlanGroup{Name: "General", Visible: true})
	p.must(err)
	hourly, monthly := billing.Credit, 500*billing.Credit
	plan := panel.Plan{GroupID: group.ID, Name: "Small", StoppedPercent: 100, Visible: true}
	plan.Size.Resources = fleet.Resources{VCPUs: 1, MemoryMiB: 512, DiskGiB: 10}
	plan, err = p.SavePlan(ctx, admin, plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly})
	p.must(err)
	p.plan = plan.ID
}

func (p *provider) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// customer makes an account with credit and returns who acts for it.
func (p *provider) customer(name string, credit billing.Credits) identity.Who {
	p.t.Helper()
	n := panel.NewAccount{Name: name, Email: name + "@example.org", Password: "three or four words", Credit: credit}
	_, _, err := p.CreateAccount(p.t.Context(), admin, n)
	p.must(err)
	who, err := p.UserWho(p.t.Context(), n.Email)
	p.must(err)
	return who
}

// order orders an instance. It is on the first hypervisor and on the second in
// turn.
func (p *provider) order(who identity.Who, name string) panel.Instance {
	p.t.Helper()
	i, err := p.CreateInstance(p.t.Context(), who, panel.NewInstance{Name: name, PlanID: p.plan, LocationID: p.hosts[0].LocationID})
	p.must(err)
	return i
}

// view is an instance as its owner sees it.
func (p *provider) view(who identity.Who, id int64) panel.InstanceView {
	p.t.Helper()
	view, err := p.Instance(p.t.Context(), who, id)
	p.must(err)
	return view
}

// suspended says whether an account is suspended, and since when.
func (p *provider) suspended(who identity.Who) (since billing.Instant, ok bool) {
	p.t.Helper()
	s, err := p.Summary(p.t.Context(), who, who.AccountID)
	p.must(err)
	for _, h := range s.Holds {
		since = h.PlacedAt
	}
	return since, s.Account.Taken.Suspended
}

// verify wants every law to hold.
func (p *provider) verify() {
	p.t.Helper()
	laws, err := p.Verify(p.t.Context())
	p.must(err)
	for _, law := range laws {
		if len(law.Broken) > 0 {
			p.t.Errorf("%s: %q", law.Name, law.Broken)
		}
	}
}
