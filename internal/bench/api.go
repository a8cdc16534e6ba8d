package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"accrue/client"
	"accrue/internal/api"
	"accrue/internal/hcloud"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
)

// API sends the requests of a program that belongs to the customer of Read, in
// the same database, at a steady rate whatever the answers take.
func API(ctx context.Context, o Options, others Size, instances int, load Load) (*Report, error) {
	s, err := openRead(ctx, o, others, instances, int(load.Rate*load.Lasting.Seconds())+1)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	url, err := s.serveAPI()
	if err != nil {
		return nil, err
	}
	who, err := s.UserWho(ctx, reader)
	if err != nil {
		return nil, err
	}
	token, _, err := s.CreateToken(ctx, who, panel.NewToken{Name: "bench", Scope: identity.ScopeWrite})
	if err != nil {
		return nil, err
	}
	calls, err := s.calls(ctx, who)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: load.Clients}
	defer transport.CloseIdleConnections()
	r := &Report{}
	for _, c := range calls {
		o.say("%s", c.name)
		send := func() error { return c.send(ctx, transport, url, token) }
		for range load.Clients * c.warm { // what is asked for the first time is read from disk, once
			if err := send(); err != nil {
				return nil, fmt.Errorf("%s %s: %w", c.method, c.path, err)
			}
		}
		waits, err := load.steadily(send)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", c.method, c.path, err)
		}
		r.add(fmt.Sprintf("%s, half within, at %g a second", c.name, load.Rate), milliseconds(median(waits)), "ms")
		r.add(c.name+", 99 % within", milliseconds(quantile(waits, 0.99)), "ms")
	}
	return r, s.prove(ctx)
}

// serveAPI answers the requests of programs at both doors. Nobody has sent too
// many: budgets are full again at every request.
func (s *site) serveAPI() (url string, err error) {
	var asked atomic.Int64
	limits := ratelimit.New(func() time.Time { return time.Unix(10*asked.Add(1), 0) })
	log := slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	mux.Handle("/v1/", api.New(api.Config{Panel: s.Panel, Log: log, Limits: limits}))
	mux.Handle(hcloud.Prefix+"/", hcloud.New(hcloud.Config{Panel: s.Panel, Log: log, Limits: limits}))
	return s.serve(mux)
}

// call is a request, and the status that it is answered with.
type call struct {
	name, method, path string
	body               func() any // nil: none
	status             int
	warm               int // how often each client sends it before anything is measured
}

func (s *site) calls(ctx context.Context, who identity.Who) ([]call, error) {
	plans, err := s.Plans(ctx)
	if err != nil {
		return nil, err
	}
	locations, err := s.Locations(ctx)
	if err != nil {
		return nil, err
	}
	own, err := s.AllInstances(ctx, who, panel.InstanceFilter{AccountID: who.AccountID, LiveOnly: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	var made atomic.Int64
	quote := func() any { return client.NewQuote{PlanID: plans[1].ID, LocationID: locations[0].ID} }
	order := func() any {
		return client.NewInstance{Name: fmt.Sprintf("ordered-%d", made.Add(1)), PlanID: plans[1].ID, LocationID: locations[0].ID}
	}
	return []call{
		{"list instances", http.MethodGet, "/v1/instances", nil, http.StatusOK, 1},
		{"show an instance", http.MethodGet, fmt.Sprintf("/v1/instances/%d", own[0].ID), nil, http.StatusOK, 1},
		{"balance", http.MethodGet, "/v1/billing/balance", nil, http.StatusOK, 1},
		{"usage, current month", http.MethodGet, "/v1/billing/usage?month=" + march.String(), nil, http.StatusOK, 1},
		{"ledger", http.MethodGet, "/v1/billing/ledger", nil, http.StatusOK, 1},
		{"quote", http.MethodPost, "/v1/quotes", quote, http.StatusOK, 1},
		{"hcloud, list servers", http.MethodGet, hcloud.Prefix + "/servers", nil, http.StatusOK, 1},
		{"create an instance", http.MethodPost, "/v1/instances", order, http.StatusAccepted, 0},
	}, nil
}

func (c call) send(ctx context.Context, transport http.RoundTripper, url string, token identity.Token) error {
	var body []byte
	if c.body != nil {
		var err error
		if body, err = json.Marshal(c.body()); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, c.method, url+c.path, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token.Reveal())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", fmt.Sprintf("%x", rand.Uint64()))
	}
	return ask(transport, request, c.status)
}
