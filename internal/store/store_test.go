package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store"
)

func TestOpenRefuses(t *testing.T) {
	for url, says := range map[string]string{
		"":                              `begins with "sqlite:" or "postgres:"`,
		"mysql://localhost/accrue":      `begins with "sqlite:" or "postgres:"`,
		"sqlite:":                       "or names a file",
		"sqlite:///no/such/folder/a.db": "open sqlite",
		"postgres://%zz":                "database URL",
		"postgres:///?host=/no/such":    "open postgres",
	} {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got error %v, want one with %q", url, err, says)
		}
		if s != nil {
			s.Close()
		}
	}
}

func TestNow(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			url := engine.url(t)
			given := open(t, store.Options{URL: url, Now: func() time.Time { return start.Time().Add(999 * time.Millisecond) }})
			update(t, given, func(tx panel.Tx) error {
				if now := tx.Now(); now != start {
					t.Errorf("now is %s, want %s", now, start)
				}
				return nil
			})
			own := open(t, store.Options{URL: url})
			before := billing.At(time.Now())
			update(t, own, func(tx panel.Tx) error {
				if now := tx.Now(); now < before || now > billing.At(time.Now()) {
					t.Errorf("now is %s, want about %s", now, before)
				}
				return nil
			})
		})
	}
}

// A transaction in which a statement failed is not committed, whatever the
// function makes of the failure.
func TestFailedStatementIsNotCommitted(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			s := open(t, store.Options{URL: engine.url(t)})
			err := s.Update(t.Context(), func(tx panel.Tx) error {
				if _, err := tx.InsertLocation(panel.Location{Slug: "ams"}); err != nil {
					return err
				}
				tx.InsertUser(panel.User{AccountID: 99, Email: "ida@example.org"}) // of an account that is not there
				return nil
			})
			if !errors.Is(err, panel.ErrInUse) {
				t.Errorf("got error %v, want the one of the statement", err)
			}
			update(t, s, func(tx panel.Tx) error {
				locations, err := tx.ListLocations()
				if len(locations) != 0 {
					t.Errorf("committed %+v", locations)
				}
				return err
			})
		})
	}
}

// Two that lock each other's accounts both get through: one is run again.
func TestDeadlockIsRetried(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			s := open(t, store.Options{URL: engine.url(t)})
			accounts := seed(t, s, 2).accounts
			var group errgroup.Group
			var runs atomic.Int64
			bothHaveOne := make(chan struct{})
			for turn := range 2 {
				first, second := accounts[turn], accounts[1-turn]
				group.Go(func() error {
					return s.Update(context.Background(), func(tx panel.Tx) error {
						if _, err := tx.LockAccount(first); err != nil {
							return errors.New("an error that hides the reason")
						}
						if runs.Add(1) == 2 {
							close(bothHaveOne)
						}
						select {
						case <-bothHaveOne:
						case <-time.After(time.Second): // where only one can begin
						}
						if _, err := tx.LockAccount(second); err != nil {
							return errors.New("an error that hides the reason")
						}
						return nil
					})
				})
			}
			if err := group.Wait(); err != nil {
				t.Error(err)
			}
			if s.Engine() == "postgres" && runs.Load() < 3 {
				t.Errorf("there were %d runs: nothing was retried, so nothing was tested", runs.Load())
			}
		})
	}
}

// What has begun ends by its own doing, even when the caller goes away.
func TestUpdateOutlivesItsCaller(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			s := open(t, store.Options{URL: engine.url(t)})
			ctx, cancel := context.WithCancel(t.Context())
			if err := s.Update(ctx, func(tx panel.Tx) error {
				cancel()
				_, err := tx.InsertLocation(panel.Location{Slug: "ams"})
				return err
			}); err != nil {
				t.Error(err)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// The texts of queries are the same on both engines but for a few places.
func TestFewPlacesDiffer(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "postgres.go" || file == "doc.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		differ += strings.Count(string(text), "/*pg:")
		if strings.Contains(string(text), "SELECT *") {
			t.Errorf("%s: name every column", file)
		}
	}
	if differ == 0 || differ >= 10 {
		t.Errorf("%d places differ, want fewer than 10, and not none", differ)
	}
}
