package panel_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
)

// provider is a panel on a real database, with a clock that the test turns and
// simulated hypervisors that answer at once.
type provider struct {
	*panel.Panel
	t     testing.TB
	store *store.Store
	world *sim.World
	clock *clock
	mail  *sim.Mailbox
	plan  int64 // small: 1 vCPU, 1 GiB, 10 GiB, 1 credit an hour
	large int64 // 2 vCPUs, 2 GiB, 20 GiB, 2 credits an hour
	place int64 // a location with one hypervisor
}

// clock is a time that stands still until it is turned.
type clock struct{ now billing.Instant }

func (c *clock) time() time.Time { return c.now.Time() }

var (
	ctx   = context.Background()
	admin = identity.System("test")
	noon  = billing.At(time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))
)

// newProvider makes a provider whose one hypervisor has room for a number of
// small instances.
func newProvider(t testing.TB, url string, room int64) *provider {
	t.Helper()
	p := &provider{t: t, clock: &clock{noon}, mail: new(sim.Mailbox)}
	var err error
	if p.store, err = store.Open(ctx, store.Options{URL: url, Now: p.clock.time}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.store.Close() })
	if p.world, err = sim.Open("", sim.Options{Instant: true, Now: p.clock.time}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.world.Close() })
	p.Panel = panel.New(p.store, p.world, p.mail, identity.NewHasher(identity.TestParams, 4))
	p.stock(room)
	return p
}

// stock fills the catalogue.
func (p *provider) stock(room int64) {
	p.t.Helper()
	usd := panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}}
	p.must(p.AddCurrency(ctx, admin, usd))
	location, err := p.SaveLocation(ctx, admin, panel.Location{Slug: "ams", Name: "Amsterdam", Visible: true})
	p.must(err)
	p.place = location.ID
	p.addHost("hv1", room)
	group, err := p.SavePlanGroup(ctx, admin, panel.PlanGroup{Name: "General", Visible: true})
	p.must(err)
	for n, id := range []*int64{&p.plan, &p.large} {
		size := int64(n + 1)
		hourly := billing.Credits(size) * billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("s%d", size), StoppedPercent: 50, Visible: true}
		plan.Size.Resources = fleet.Resources{VCPUs: size, MemoryMiB: 1024 * size, DiskGiB: 10 * size}
		saved, err := p.SavePlan(ctx, admin, plan, panel.PriceInput{Hourly: &hourly})
		p.must(err)
		*id = saved.ID
	}
}

func (p *provider) addHost(name string, room int64) panel.Hypervisor {
	p.t.Helper()
	host := panel.Hypervisor{LocationID: p.place, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled = name, 1000, true
	host.Capacity = fleet.Resources{VCPUs: room, MemoryMiB: 1024 * room, DiskGiB: 10 * room}
	saved, err := p.SaveHypervisor(ctx, admin, host)
	p.must(err)
	return saved
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
	email := name + "@example.org"
	_, _, err := p.CreateAccount(ctx, admin, panel.NewAccount{Name: name, Email: email, Password: "a long password", Credit: credit})
	p.must(err)
	who, err := p.UserWho(ctx, email)
	p.must(err)
	return who
}

// create orders a small instance and brings it up.
func (p *provider) create(who identity.Who, name string) panel.Instance {
	p.t.Helper()
	i, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: name, PlanID: p.plan, LocationID: p.place})
	p.must(err)
	p.work()
	return i
}

// work runs tasks until none can run.
func (p *provider) work() {
	p.t.Helper()
	for _, lane := range []panel.Lane{panel.LaneMachines, panel.LaneMail, panel.LaneMoney} {
		for {
			err := p.RunTask(ctx, panel.Claim{Lane: lane, Worker: "test", PerHypervisor: 1000})
			if errors.Is(err, panel.ErrNotFound) {
				break
			}
			p.must(err)
		}
	}
}

// pass turns the clock on and lets every account live through what came due.
func (p *provider) pass(seconds billing.Instant) {
	p.t.Helper()
	p.clock.now += seconds
	for {
		due, err := p.DueAccounts(ctx, 100)
		p.must(err)
		if len(due) == 0 {
			break
		}
		for _, id := range due {
			p.must(p.CatchUp(ctx, id))
		}
	}
	p.work()
}

// verify fails the test for every law that does not hold.
func (p *provider) verify() {
	p.t.Helper()
	laws, err := p.Verify(ctx)
	p.must(err)
	for _, law := range laws {
		for _, broken := range law.Broken {
			p.t.Errorf("%s: %s", law.Name, broken)
		}
	}
}

func (p *provider) summary(who identity.Who) panel.Summary {
	p.t.Helper()
	s, err := p.Summary(ctx, who, who.AccountID)
	p.must(err)
	return s
}

func (p *provider) instance(who identity.Who, id int64) panel.InstanceView {
	p.t.Helper()
	v, err := p.Instance(ctx, who, id)
	p.must(err)
	return v
}

func (p *provider) settings(change func(*panel.Settings)) {
	p.t.Helper()
	p.must(p.ChangeSettings(ctx, admin, change))
}

// refusedWith fails unless an error is a refusal with a code.
func refusedWith(t *testing.T, err error, code panel.Code) *panel.Refusal {
	t.Helper()
	var no *panel.Refusal
	if !errors.As(err, &no) || no.Code != code {
		t.Fatalf("got %v, want a refusal with %s", err, code)
	}
	return no
}

// invalidAt fails unless an error is about a field.
func invalidAt(t *testing.T, err error, field string) {
	t.Helper()
	var no *panel.Invalid
	if !errors.As(err, &no) || no.Field != field {
		t.Fatalf("got %v, want an error of the field %s", err, field)
	}
}
