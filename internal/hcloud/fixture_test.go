package hcloud_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/hcloud"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
	"accrue/internal/sim"
	"accrue/internal/store"
)

// provider is a panel behind the door, on a real database, with a clock that the
// test turns and simulated hypervisors that answer at once.
type provider struct {
	*panel.Panel
	t       testing.TB
	handler http.Handler
	now     billing.Instant
	ams     panel.Location // has room
	osl     panel.Location // has none
	small   panel.Plan     // 1 credit an hour, at most 500 a month
	large   panel.Plan     // 2 credits an hour
	monthly panel.Plan     // 720 credits a month
	debian  panel.Image
	ubuntu  panel.Image
}

var admin = identity.System("test")

func newProvider(t testing.TB) *provider {
	t.Helper()
	p := &provider{t: t, now: billing.At(time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC))}
	clock := func() time.Time { return p.now.Time() }
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite::memory:", Now: clock})
	p.must(err)
	t.Cleanup(func() { db.Close() })
	world, err := sim.Open("", sim.Options{Instant: true, Now: clock})
	p.must(err)
	t.Cleanup(func() { world.Close() })
	p.Panel = panel.New(db, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 4))
	p.handler = hcloud.New(hcloud.Config{Panel: p.Panel, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Limits: ratelimit.New(clock)})
	p.stock()
	return p
}

func (p *provider) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// stock fills the catalogue.
func (p *provider) stock() {
	p.t.Helper()
	ctx := p.t.Context()
	p.must(p.AddCurrency(ctx, admin, panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Suffix: " €", Decimals: 2, Value: 10_000_000_000}}))
	p.must(p.AddCurrency(ctx, admin, panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 11_000_000_000}}))
	var err error
	p.ams, err = p.SaveLocation(ctx, admin, panel.Location{Slug: "ams", Name: "Amsterdam 1", City: "Amsterdam", Country: "nl", Visible: true})
	p.must(err)
	p.osl, err = p.SaveLocation(ctx, admin, panel.Location{Slug: "osl", Name: "Oslo 1", City: "Oslo", Country: "no", Visible: true, Position: 1})
	p.must(err)
	host := panel.Hypervisor{LocationID: p.ams.ID, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled, host.Online = "hv1", 1000, true, true
	host.Capacity = fleet.Resources{VCPUs: 8, MemoryMiB: 8192, DiskGiB: 200}
	_, err = p.SaveHypervisor(ctx, admin, host)
	p.must(err)
	for _, prefix := range []string{"203.0.113.0/24", "2001:db8::/48"} {
		pool := panel.AddressPool{Name: prefix, Locations: []int64{p.ams.ID}, Enabled: true}
		pool.Prefix = netip.MustParsePrefix(prefix)
		_, err = p.SavePool(ctx, admin, pool)
		p.must(err)
	}
	group, err := p.SavePlanGroup(ctx, admin, panel.PlanGroup{Name: "General", Visible: true})
	p.must(err)
	one, two, cap, whole := billing.Credit, 2*billing.Credit, 500*billing.Credit, 720*billing.Credit
	p.small = p.plan(group.ID, "s1", 1, panel.PriceInput{Hourly: &one, Monthly: &cap})
	p.large = p.plan(group.ID, "s2", 2, panel.PriceInput{Hourly: &two})
	p.monthly = p.plan(group.ID, "m1", 1, panel.PriceInput{Monthly: &whole})
	p.debian, err = p.AddImage(ctx, admin, panel.Image{Family: "Debian", Version: "13", MinDiskGiB: 2, Visible: true})
	p.must(err)
	p.ubuntu, err = p.AddImage(ctx, admin, panel.Image{Family: "Ubuntu", Version: "24.04", MinDiskGiB: 4, Visible: true})
	p.must(err)
}

func (p *provider) plan(group int64, name string, size int64, price panel.PriceInput) panel.Plan {
	p.t.Helper()
	plan := panel.Plan{GroupID: group, Name: name, StoppedPercent: 100, Visible: true, Position: size}
	plan.Size.Resources = fleet.Resources{VCPUs: size, MemoryMiB: 512 * size, DiskGiB: 10 * size}
	plan, err := p.SavePlan(p.t.Context(), admin, plan, price)
	p.must(err)
	return plan
}

// work runs tasks until none can run.
func (p *provider) work() {
	p.t.Helper()
	for {
		err := p.RunTask(p.t.Context(), panel.Claim{Lane: panel.LaneMachines, Worker: "test", PerHypervisor: 1000})
		if errors.Is(err, panel.ErrNotFound) {
			return
		}
		p.must(err)
	}
}

// client is somebody with a token, who sends requests.
type client struct {
	*provider
	who   identity.Who
	token string
}

func (p *provider) customer(name string, credit billing.Credits) *client {
	p.t.Helper()
	ctx := p.t.Context()
	email := name + "@example.org"
	_, _, err := p.CreateAccount(ctx, admin, panel.NewAccount{Name: name, Email: email, Password: "three or four words", Credit: credit})
	p.must(err)
	who, err := p.UserWho(ctx, email)
	p.must(err)
	c := &client{provider: p, who: who}
	c.token = c.newToken(identity.ScopeWrite)
	return c
}

func (c *client) newToken(scope identity.Scope) string {
	c.t.Helper()
	token, _, err := c.CreateToken(c.t.Context(), c.who, panel.NewToken{Name: string(scope), Scope: scope})
	c.must(err)
	return token.Reveal()
}

// answered is what a request was answered with.
type answered struct {
	t      testing.TB
	what   string // the request
	status int
	header http.Header
	body   map[string]any
}

// send sends a request and takes the answer apart, which must be JSON.
func (c *client) send(method, path, body string) answered {
	c.t.Helper()
	request := httptest.NewRequestWithContext(context.Background(), method, hcloud.Prefix+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+c.token)
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, request)
	a := answered{t: c.t, what: method + " " + path, status: recorder.Code, header: recorder.Header()}
	raw, err := io.ReadAll(recorder.Body)
	c.must(err)
	if len(raw) == 0 {
		return a
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		c.t.Fatalf("%s: the content type is %q, want application/json", a.what, got)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&a.body); err != nil {
		c.t.Fatalf("%s: %v in %s", a.what, err, raw)
	}
	return a
}

// is fails the test unless the answer has a status, and gives the answer on.
func (a answered) is(status int) answered {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d: %v", a.what, a.status, status, a.body)
	}
	return a
}

// refused fails the test unless the answer is an error with a status and a code,
// and returns its message.
func (a answered) refused(status int, code string) string {
	a.t.Helper()
	a.is(status)
	if got := a.at("error.code"); got != code {
		a.t.Fatalf("%s: code %v, want %s: %v", a.what, got, code, a.body)
	}
	return a.text("error.message")
}

// at finds a value by its path, such as "servers.0.name", or nil.
func (a answered) at(path string) any {
	var value any = a.body
	for key := range strings.SplitSeq(path, ".") {
		switch within := value.(type) {
		case map[string]any:
			value = within[key]
		case []any:
			n := 0
			for _, digit := range key {
				n = 10*n + int(digit-'0')
			}
			if n >= len(within) {
				return nil
			}
			value = within[n]
		default:
			return nil
		}
	}
	return value
}

// text is the value at a path as text; a number as it was written.
func (a answered) text(path string) string {
	a.t.Helper()
	switch value := a.at(path).(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	a.t.Fatalf("%s: %s is %v, want a text or a number: %v", a.what, path, a.at(path), a.body)
	return ""
}

// create orders a server and brings it up, and returns its address.
func (c *client) create(name string) (path string) {
	c.t.Helper()
	a := c.send("POST", "/servers", `{"name":"`+name+`","server_type":"s1","image":"debian-13","location":"ams"}`).is(201)
	c.work()
	return "/servers/" + a.text("server.id")
}
