package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"accrue/client"
	"accrue/internal/api"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// TopUp adds credit through the HTTP API, one request for each top-up. On
// PostgreSQL it is compared with pgbench, which does the same inserts and updates
// on the same data, asks nothing and sends no HTTP; and that once more with a book
// of revenue and payments for each client, where no two clients post to one
// account.
func TopUp(ctx context.Context, o Options, size Size, load Load) (*Report, error) {
	s, url, token, err := openAPI(ctx, o, size)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var bench *pgbench
	if o.DB != "" {
		beside, err := open(ctx, o, noon)
		if err != nil {
			return nil, err
		}
		defer beside.Close()
		if bench, err = beside.newPgbench(ctx, o, size, load); err != nil {
			return nil, err
		}
	}
	s.clock.run(noon)
	t, transport := toppingUp{url, token, size.Accounts}, &http.Transport{MaxIdleConnsPerHost: load.Clients}
	defer transport.CloseIdleConnections()
	var rates, floor, spread []float64
	var waits []time.Duration
	for run := range o.runs() {
		o.say("run %d of %d", run+1, o.runs())
		took, err := load.atOnce(func() error { return t.one(ctx, transport) })
		if err != nil {
			return nil, err
		}
		rates, waits = append(rates, float64(len(took))/load.Lasting.Seconds()), append(waits, took...)
		if bench == nil {
			continue
		}
		one, err := bench.run(ctx, oneBook)
		if err != nil {
			return nil, err
		}
		many, err := bench.run(ctx, bookOfClient)
		if err != nil {
			return nil, err
		}
		floor, spread = append(floor, one), append(spread, many)
	}
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	r := &Report{}
	r.add("top-ups through the API", middle(rates), "1/s")
	r.add("a top-up, half of them within", milliseconds(median(waits)), "ms")
	r.add("a top-up, 99 % within", milliseconds(quantile(waits, 0.99)), "ms")
	if bench != nil {
		r.add("pgbench with the same inserts and updates", middle(floor), "1/s")
		r.add("pgbench, a book for each client", middle(spread), "1/s")
		r.add("one book for all / a book for each client", middle(floor)/middle(spread), "times")
		r.Ratio = &Ratio{"top-ups / pgbench", middle(rates) / middle(floor)}
	}
	return r, nil
}

// openAPI makes a panel with customers that is asked over HTTP, and an
// administrator's token.
func openAPI(ctx context.Context, o Options, size Size) (s *site, url string, token identity.Token, err error) {
	if s, err = open(ctx, o, noon); err != nil {
		return nil, "", "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err = s.fill(ctx, o.Seed, customers{accounts: size.Accounts, instances: size.Instances, credit: plenty}); err != nil {
		return nil, "", "", err
	}
	if err = s.addUser(ctx, 0, "cashier@bench.invalid"); err != nil {
		return nil, "", "", err
	}
	who, err := s.UserWho(ctx, "cashier@bench.invalid")
	if err != nil {
		return nil, "", "", err
	}
	if token, _, err = s.CreateToken(ctx, who, panel.NewToken{Name: "bench", Scope: identity.ScopeWrite}); err != nil {
		return nil, "", "", err
	}
	url, err = s.serve(api.New(api.Config{Panel: s.Panel, Log: slog.New(slog.DiscardHandler)}))
	return s, url, token, err
}

// toppingUp is clients that top up.
type toppingUp struct {
	url      string
	token    identity.Token
	accounts int
}

// one adds credit to an account at random, under a key of its own.
func (t toppingUp) one(ctx context.Context, transport http.RoundTripper) error {
	body, err := json.Marshal(client.NewCredit{AccountID: 1 + rand.Int64N(int64(t.accounts)), Credits: "1", Reason: "Card", Kind: "top-up", Paid: "0.01 USD"})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+"/v1/admin/credits", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+t.token.Reveal())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("%x", rand.Uint64()))
	return ask(transport, request, http.StatusCreated)
}
