package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/web"
)

// Read asks for the pages of a customer who has had instances for two years,
// over HTTP with one connection that is kept.
func Read(ctx context.Context, o Options, instances int) (*Report, error) {
	const months = 24
	s, err := open(ctx, o, (march-months).Start()+9*billing.Day)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	o.say("%d months of %d instances", months, instances)
	lavish := func(int, billing.Position) billing.Credits { return 1_000_000_000 * billing.Credit }
	if err := s.fill(ctx, o.Seed, customers{accounts: 1, instances: instances, credit: lavish}); err != nil {
		return nil, err
	}
	s.clock.set(noon)
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	secret, err := s.signIn(ctx, 1)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := s.readPages(ctx, secret, r); err != nil {
		return nil, err
	}
	return r, s.prove(ctx)
}

// signIn makes a person of an account, and signs them in.
func (s *site) signIn(ctx context.Context, account int64) (identity.SessionSecret, error) {
	const email, password = "reader@bench.invalid", "bench bench bench"
	hash, err := identity.NewHasher(identity.TestParams, 1).Hash(password)
	if err != nil {
		return "", err
	}
	err = s.store.Update(ctx, func(tx panel.Tx) error {
		_, err := tx.InsertUser(panel.User{AccountID: account, Email: email, Name: "Reader", Role: identity.RoleCustomer, PasswordHash: hash})
		return err
	})
	if err != nil {
		return "", err
	}
	return s.SignIn(ctx, email, password, "127.0.0.1", "bench")
}

func (s *site) readPages(ctx context.Context, secret identity.SessionSecret, r *Report) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           web.New(web.Config{Panel: s.Panel, Log: slog.New(slog.DiscardHandler)}),
		ReadHeaderTimeout: time.Minute,
	}
	go server.Serve(listener) // until Close
	defer server.Close()
	for _, page := range []struct{ name, path string }{
		{"dashboard", "/"},
		{"create page", "/create"},
		{"ledger", "/billing"},
		{"usage, current month", "/usage?month=" + march.String()},
		{"usage, closed month", "/usage?month=" + (march - 2).String()},
	} {
		waits, err := readPage(ctx, "http://"+listener.Addr().String()+page.path, secret)
		if err != nil {
			return fmt.Errorf("%s: %w", page.path, err)
		}
		r.add(page.name+", half within", milliseconds(median(waits)), "ms")
		r.add(page.name+", 99 % within", milliseconds(quantile(waits, 0.99)), "ms")
	}
	return nil
}

// readPage asks for a page again and again.
func readPage(ctx context.Context, url string, secret identity.SessionSecret) (waits []time.Duration, err error) {
	const times = 100
	for range times {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		request.AddCookie(&http.Cookie{Name: "accrue_session", Value: string(secret)})
		wait, err := timed(func() error { return fetch(request) })
		if err != nil {
			return nil, err
		}
		waits = append(waits, wait)
	}
	return waits, nil
}

func fetch(request *http.Request) error {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
