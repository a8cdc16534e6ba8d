package web

import (
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
)

// console is the pages on a real panel, with a clock that the test turns and
// simulated hypervisors that answer at once.
type console struct {
	*panel.Panel
	t       *testing.T
	store   panel.Store
	handler http.Handler
	world   *sim.World
	now     billing.Instant
	root    identity.Who
	ams     int64 // a location with room
	full    int64 // a location without
	group   int64
	small   int64 // 1 credit an hour, at most 500 a month, half of it while stopped
	large   int64 // 2 credits an hour
}

func newConsole(t *testing.T) *console {
	t.Helper()
	ctx := t.Context()
	k := &console{t: t, now: billing.At(time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)), root: identity.System("test")}
	clock := func() time.Time { return k.now.Time() }
	db, err := store.Open(ctx, store.Options{URL: "sqlite::memory:", Now: clock})
	k.must(err)
	t.Cleanup(func() { db.Close() })
	k.store = db
	world, err := sim.Open("", sim.Options{Instant: true, Now: clock})
	k.must(err)
	t.Cleanup(func() { world.Close() })
	k.world = world
	k.Panel = panel.New(db, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 4))
	k.handler = New(Config{Panel: k.Panel, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	k.stock()
	return k
}

func (k *console) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// stock fills the catalogue.
func (k *console) stock() {
	ctx := k.t.Context()
	k.must(k.AddCurrency(ctx, k.root, panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}}))
	k.must(k.AddCurrency(ctx, k.root, panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Suffix: " €", Decimals: 2, Value: 9_200_000_000}}))
	for n, id := range []*int64{&k.ams, &k.full} {
		saved, err := k.SaveLocation(ctx, k.root, panel.Location{Slug: fmt.Sprintf("l%d", n), Name: []string{"Amsterdam", "Oslo"}[n], Visible: true, Position: int64(n)})
		k.must(err)
		*id = saved.ID
	}
	host := panel.Hypervisor{LocationID: k.ams, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled, host.Online = "hv1", 1000, true, true
	host.Capacity = fleet.Resources{VCPUs: 8, MemoryMiB: 8192, DiskGiB: 80}
	_, err := k.SaveHypervisor(ctx, k.root, host)
	k.must(err)
	pool := panel.AddressPool{Name: "v4", Locations: []int64{k.ams}, Quarantine: panel.DefaultQuarantine, Enabled: true}
	pool.Prefix, pool.Gateway = netip.MustParsePrefix("203.0.113.0/28"), netip.MustParseAddr("203.0.113.1")
	_, err = k.SavePool(ctx, k.root, pool)
	k.must(err)
	group, err := k.SavePlanGroup(ctx, k.root, panel.PlanGroup{Name: "General", Visible: true})
	k.must(err)
	k.group = group.ID
	for n, id := range []*int64{&k.small, &k.large} {
		size := int64(n + 1)
		hourly, monthly := billing.Credits(size)*billing.Credit, billing.Credits(500*size)*billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("General %d", size), StoppedPercent: 50, Visible: true}
		plan.Size.Resources = fleet.Resources{VCPUs: size, MemoryMiB: 1024 * size, DiskGiB: 10 * size}
		saved, err := k.SavePlan(ctx, k.root, plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly})
		k.must(err)
		*id = saved.ID
	}
}

// work runs tasks until none can run.
func (k *console) work() {
	k.t.Helper()
	for _, lane := range []panel.Lane{panel.LaneMachines, panel.LaneMail, panel.LaneMoney} {
		for {
			err := k.RunTask(k.t.Context(), panel.Claim{Lane: lane, Worker: "test", PerHypervisor: 1000})
			if errors.Is(err, panel.ErrNotFound) {
				break
			}
			k.must(err)
		}
	}
}

// pass turns the clock on and lets every account live through what came due.
func (k *console) pass(seconds billing.Instant) {
	k.t.Helper()
	k.now += seconds
	for {
		due, err := k.DueAccounts(k.t.Context(), 100)
		k.must(err)
		if len(due) == 0 {
			break
		}
		for _, id := range due {
			k.must(k.CatchUp(k.t.Context(), id))
		}
	}
	k.work()
}

// customer is somebody who is signed in.
type customer struct {
	*console
	who     identity.Who
	cookies map[string]string
}

func (k *console) customer(name string, credit billing.Credits) *customer {
	k.t.Helper()
	email := name + "@example.org"
	_, _, err := k.CreateAccount(k.t.Context(), k.root, panel.NewAccount{Name: name, Email: email, Password: "a long password", Credit: credit * billing.Credit})
	k.must(err)
	who, err := k.UserWho(k.t.Context(), email)
	k.must(err)
	c := &customer{console: k, who: who, cookies: map[string]string{}}
	c.signIn()
	return c
}

func (c *customer) signIn() {
	c.t.Helper()
	if a := c.post("/signin", "email", c.who.Email, "password", "a long password"); a.Code != http.StatusSeeOther {
		c.t.Fatalf("signing in answered %d", a.Code)
	}
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	body string // as a reader sees its characters
}

func (a answer) to() string { return a.Header().Get("Location") }

func (c *customer) send(r *http.Request) answer {
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if c.cookies[cookie.Name] = cookie.Value; cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		}
	}
	return answer{w, html.UnescapeString(w.Body.String())}
}

func (c *customer) get(path string) answer {
	return c.send(httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
}

func form(path string, pairs []string) *http.Request {
	values := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		values.Add(pairs[n], pairs[n+1])
	}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (c *customer) post(path string, pairs ...string) answer { return c.send(form(path, pairs)) }

// htmx posts as the script does.
func (c *customer) htmx(path string, pairs ...string) answer {
	r := form(path, pairs)
	r.Header.Set("HX-Request", "true")
	return c.send(r)
}

// follow posts and goes where the answer leads.
func (c *customer) follow(path string, pairs ...string) answer {
	c.t.Helper()
	a := c.post(path, pairs...)
	if a.Code != http.StatusSeeOther {
		c.t.Fatalf("POST %s answered %d, want a redirect:\n%s", path, a.Code, a.body)
	}
	return c.get(a.to())
}

// has fails unless an answer has a status and contains all of some texts.
func (c *customer) has(a answer, status int, texts ...string) {
	c.t.Helper()
	if a.Code != status {
		c.t.Fatalf("got status %d, want %d", a.Code, status)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			c.t.Errorf("the page does not say %q", text)
		}
	}
}

// lacks fails if an answer contains a text.
func (c *customer) lacks(a answer, text string) {
	c.t.Helper()
	if strings.Contains(a.body, text) {
		c.t.Errorf("the page says %q", text)
	}
}

// instance orders a small instance and brings it up.
func (c *customer) instance(name string) panel.Instance {
	c.t.Helper()
	i, err := c.CreateInstance(c.t.Context(), c.who, panel.NewInstance{Name: name, PlanID: c.small, LocationID: c.ams})
	c.must(err)
	c.work()
	return i
}

// order is what the create page sends.
func (c *customer) order(name string, more ...string) []string {
	plan, err := c.Plan(c.t.Context(), c.small)
	c.must(err)
	return append([]string{
		"name", name, "location", text(c.ams), "plan", text(c.small), "price-" + text(c.small), text(int64(plan.Price.ID)), "key", "key-" + name,
	}, more...)
}
