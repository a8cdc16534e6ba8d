package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/web"
)

// reader is a customer with many instances and a long history.
const reader = "reader@bench.invalid"

// Read asks for the pages of a customer who has had instances for two years, over
// HTTP with connections that are kept, in a database with others of a size: at a
// steady rate, whatever the answers take, and as fast as the clients can.
func Read(ctx context.Context, o Options, others Size, instances int, load Load) (*Report, error) {
	s, err := openRead(ctx, o, others, instances, 0)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	handler := web.New(web.Config{Panel: s.Panel, Log: slog.New(slog.DiscardHandler)})
	url, err := s.serve(handler)
	if err != nil {
		return nil, err
	}
	secret, err := s.SignIn(ctx, reader, password, "127.0.0.1", "bench")
	if err != nil {
		return nil, err
	}
	pages, err := s.pages(ctx)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	for _, p := range pages {
		o.say("%s", p.name)
		reading := reading{page: p, url: url, secret: secret, load: load}
		if err := reading.run(ctx, r); err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return r, s.prove(ctx)
}

// openRead makes the reader, lets two years pass, and adds the others. The last
// hours are settled one by one. There is room for some more instances.
func openRead(ctx context.Context, o Options, others Size, instances, room int) (s *site, err error) {
	const months, hours = 24, 12
	if s, err = open(ctx, o, (march-months).Start()+9*billing.Day); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	o.say("%d months of %d instances", months, instances)
	lavish := func(int, billing.Position) billing.Credits { return 1_000_000_000 * billing.Credit }
	if err = s.fill(ctx, o.Seed, customers{accounts: 1, instances: instances, credit: lavish}); err != nil {
		return s, err
	}
	s.clock.set(noon - (hours+1)*billing.Hour)
	if err = s.settle(ctx); err != nil {
		return s, err
	}
	s.clock.set(noon - hours*billing.Hour)
	o.say("filling with %d accounts and %d instances", others.Accounts, others.Instances)
	if err = s.fill(ctx, o.Seed, customers{accounts: others.Accounts, instances: others.Instances, credit: plenty, room: room}); err != nil {
		return s, err
	}
	o.say("settling the last %d hours", hours)
	for s.clock.instant() < noon {
		s.clock.set(s.clock.instant() + billing.Hour)
		if err = s.settle(ctx); err != nil {
			return s, err
		}
	}
	return s, s.addUser(ctx, 1, reader)
}

// page is one that is asked for. A form is posted, as htmx does.
type page struct {
	name, path string
	form       url.Values
}

func (s *site) pages(ctx context.Context) ([]page, error) {
	plans, err := s.Plans(ctx)
	if err != nil {
		return nil, err
	}
	locations, err := s.Locations(ctx)
	if err != nil {
		return nil, err
	}
	order := url.Values{"name": {"web-1"}, "plan": {fmt.Sprint(plans[1].ID)}, "location": {fmt.Sprint(locations[0].ID)}}
	return []page{
		{name: "dashboard", path: "/"},
		{name: "usage, current month", path: "/usage?month=" + march.String()},
		{name: "usage, closed month", path: "/usage?month=" + (march - 2).String()},
		{name: "create page, quote", path: "/create/quote", form: order},
		{name: "ledger", path: "/billing"},
	}, nil
}

// reading is a page that several clients ask for.
type reading struct {
	page
	url    string
	secret identity.SessionSecret
	load   Load
}

func (a *reading) run(ctx context.Context, r *Report) error {
	transport := &http.Transport{MaxIdleConnsPerHost: a.load.Clients}
	defer transport.CloseIdleConnections()
	fetch := func() error { return a.fetch(ctx, transport) }
	for range a.load.Clients { // what is asked for the first time is read from disk, once
		if err := fetch(); err != nil {
			return err
		}
	}
	steady, err := a.load.steadily(fetch)
	if err != nil {
		return err
	}
	full, err := a.load.atOnce(fetch)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("%s, half within, at %g a second", a.name, a.load.Rate), milliseconds(median(steady)), "ms")
	r.add(fmt.Sprintf("%s, 99 %% within", a.name), milliseconds(quantile(steady, 0.99)), "ms")
	r.add(a.name+", as fast as can be", float64(len(full))/a.load.Lasting.Seconds(), "1/s")
	return nil
}

func (a *reading) fetch(ctx context.Context, transport http.RoundTripper) error {
	method := http.MethodGet
	if a.form != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, a.url+a.path, strings.NewReader(a.form.Encode()))
	if err != nil {
		return err
	}
	if a.form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("HX-Request", "true")
	}
	request.AddCookie(&http.Cookie{Name: "accrue_session", Value: string(a.secret)})
	return ask(transport, request, http.StatusOK)
}
