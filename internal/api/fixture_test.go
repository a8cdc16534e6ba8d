package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
	"accrue/internal/sim"
	"accrue/internal/store"
)

// site is the API on a real panel, with a clock that the test turns and simulated
// hypervisors that answer at once.
type site struct {
	*panel.Panel
	t       testing.TB
	store   panel.Store
	handler http.Handler
	now     billing.Instant
	root    identity.Who
	ams     int64 // a location with room
	full    int64 // a location without
	small   int64 // 1 credit an hour, at most 500 a month, half of it while stopped
	large   int64 // 2 credits an hour
	debian  int64
}

// newSite makes a site on a database; on one in memory without a URL.
func newSite(t testing.TB, url string) *site {
	t.Helper()
	ctx := t.Context()
	s := &site{t: t, now: billing.At(time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)), root: identity.System("test")}
	clock := func() time.Time { return s.now.Time() }
	if url == "" {
		url = "sqlite::memory:"
	}
	db, err := store.Open(ctx, store.Options{URL: url, Now: clock})
	s.must(err)
	t.Cleanup(func() { db.Close() })
	world, err := sim.Open("", sim.Options{Instant: true, Now: clock})
	s.must(err)
	t.Cleanup(func() { world.Close() })
	s.store = db
	s.Panel = panel.New(db, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 4))
	s.WithImages(imagefile.Open(t.TempDir(), 1<<30), nowhere{})
	s.handler = New(Config{Panel: s.Panel, Log: s.log(), Limits: unlimited()})
	s.stock()
	return s
}

// nowhere is where nothing can be fetched.
type nowhere struct{}

func (nowhere) Get(context.Context, string) (io.ReadCloser, error) {
	return nil, errors.New("there is nothing")
}

// unlimited are budgets that are full again at every request.
func unlimited() *ratelimit.Limits {
	var asked atomic.Int64
	return ratelimit.New(func() time.Time { return time.Unix(10*asked.Add(1), 0) })
}

func (s *site) log() *slog.Logger { return slog.New(slog.NewTextHandler(s.t.Output(), nil)) }

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// stock fills the catalogue.
func (s *site) stock() {
	ctx := s.t.Context()
	s.must(s.AddCurrency(ctx, s.root, panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}}))
	s.must(s.AddCurrency(ctx, s.root, panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Suffix: " €", Decimals: 2, Value: 9_200_000_000}}))
	for n, id := range []*int64{&s.ams, &s.full} {
		saved, err := s.SaveLocation(ctx, s.root, panel.Location{Slug: fmt.Sprintf("l%d", n), Name: []string{"Amsterdam", "Oslo"}[n], Visible: true, Position: int64(n)})
		s.must(err)
		*id = saved.ID
	}
	host := panel.Hypervisor{LocationID: s.ams, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled, host.Online = "hv1", 1000, true, true
	host.Capacity = fleet.Resources{VCPUs: 100, MemoryMiB: 1 << 20, DiskGiB: 10_000}
	_, err := s.SaveHypervisor(ctx, s.root, host)
	s.must(err)
	group, err := s.SavePlanGroup(ctx, s.root, panel.PlanGroup{Name: "General", Visible: true})
	s.must(err)
	for n, id := range []*int64{&s.small, &s.large} {
		size := int64(n + 1)
		hourly, monthly := billing.Credits(size)*billing.Credit, billing.Credits(500*size)*billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("General %d", size), StoppedPercent: 50, Visible: true}
		plan.Size.Resources = fleet.Resources{VCPUs: size, MemoryMiB: 1024 * size, DiskGiB: 10 * size}
		saved, err := s.SavePlan(ctx, s.root, plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly})
		s.must(err)
		*id = saved.ID
	}
	debian, err := s.AddImage(ctx, s.root, panel.Image{Family: "Debian", Version: "13", MinDiskGiB: 5, Visible: true})
	s.must(err)
	s.debian = debian.ID
}

// work runs tasks until none can run.
func (s *site) work() {
	s.t.Helper()
	for _, lane := range []panel.Lane{panel.LaneMachines, panel.LaneMail, panel.LaneMoney} {
		for {
			err := s.RunTask(s.t.Context(), panel.Claim{Lane: lane, Worker: "test", PerHypervisor: 1000})
			if errors.Is(err, panel.ErrNotFound) {
				break
			}
			s.must(err)
		}
	}
}

// caller is somebody with a token.
type caller struct {
	*site
	who   identity.Who
	token string
}

// customer is a new customer with credit and a token for everything.
func (s *site) customer(name string, credit billing.Credits) *caller {
	s.t.Helper()
	email := name + "@example.org"
	_, _, err := s.CreateAccount(s.t.Context(), s.root, panel.NewAccount{Name: name, Email: email, Password: "a long password", Credit: credit})
	s.must(err)
	return s.caller(email, identity.ScopeWrite)
}

// administrator is a new administrator with a token for everything.
func (s *site) administrator() *caller {
	s.t.Helper()
	const email = "root@example.org"
	_, err := s.CreateAdministrator(s.t.Context(), s.root, email, "Root", "a long password")
	s.must(err)
	return s.caller(email, identity.ScopeWrite)
}

func (s *site) caller(email string, scope identity.Scope) *caller {
	s.t.Helper()
	who, err := s.UserWho(s.t.Context(), email)
	s.must(err)
	token, _, err := s.CreateToken(s.t.Context(), who, panel.NewToken{Name: "test", Scope: scope})
	s.must(err)
	return &caller{site: s, who: who, token: token.Reveal()}
}

// reply is an answer with its body.
type reply struct {
	*http.Response
	body []byte
}

// send sends a request; the body is what JSON makes of a value, or a text as it
// is. Headers come in pairs.
func (c *caller) send(method, path string, body any, headers ...string) reply {
	c.t.Helper()
	var in io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(body)
	default:
		written, err := json.Marshal(body)
		c.must(err)
		in = bytes.NewReader(written)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, in)
	r.Header.Set("Authorization", "Bearer "+c.token)
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return reply{w.Result(), w.Body.Bytes()}
}

// get reads something and fails unless it is there.
func get200[T any](c *caller, path string) (body T) {
	c.t.Helper()
	return decoded[T](c, c.send(http.MethodGet, path, nil), http.StatusOK)
}

// posted posts something and fails unless it is answered with a status.
func posted[T any](c *caller, status int, path string, body any, headers ...string) T {
	c.t.Helper()
	return decoded[T](c, c.send(http.MethodPost, path, body, headers...), status)
}

func decoded[T any](c *caller, r reply, status int) (body T) {
	c.t.Helper()
	if r.StatusCode != status {
		c.t.Fatalf("got %d %s, want %d", r.StatusCode, r.body, status)
	}
	c.must(json.Unmarshal(r.body, &body))
	return body
}

// problem fails unless an answer is a problem with a code, and returns it.
func (c *caller) problem(r reply, code string) client.Problem {
	c.t.Helper()
	var p client.Problem
	if err := json.Unmarshal(r.body, &p); err != nil || r.Header.Get("Content-Type") != "application/problem+json" {
		c.t.Fatalf("got %d %s (%s), want a problem", r.StatusCode, r.body, r.Header.Get("Content-Type"))
	}
	if p.Code != code || p.Status != r.StatusCode || p.Detail == "" || p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		c.t.Errorf("got %d %s, want the code %s", r.StatusCode, r.body, code)
	}
	return p
}

// create orders a small instance and brings it up.
func (c *caller) create(name string) client.Instance {
	c.t.Helper()
	made := posted[client.Ordered](c, http.StatusAccepted, "/v1/instances", client.NewInstance{Name: name, PlanID: c.small, LocationID: c.ams})
	c.work()
	return made.Instance
}
