package store_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"accrue/internal/panel"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
)

// wire leads to a PostgreSQL server and can be cut.
type wire struct {
	t        *testing.T
	server   string // its address
	network  string
	listener net.Listener
	mu       sync.Mutex
	ends     []net.Conn
	refusing bool
}

// newWire returns a wire and the URL of a database at its end.
func newWire(t *testing.T) (*wire, string) {
	t.Helper()
	u, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, network: "tcp", server: u.Host}
	query := u.Query()
	if folder := query.Get("host"); folder != "" {
		w.network, w.server = "unix", filepath.Join(folder, ".s.PGSQL.5432")
		query.Del("host")
	}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = w.listener.Addr().String(), query.Encode()
	go w.lead()
	t.Cleanup(func() {
		w.listener.Close()
		w.cut()
	})
	return w, u.String()
}

// lead leads everybody who comes to the server.
func (w *wire) lead() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial(w.network, w.server)
		w.mu.Lock()
		if err != nil || w.refusing {
			near.Close()
			w.mu.Unlock()
			continue
		}
		w.ends = append(w.ends, near, far)
		w.mu.Unlock()
		go func() { _, _ = io.Copy(far, near); far.Close() }()
		go func() { _, _ = io.Copy(near, far); near.Close() }()
	}
}

// cut cuts every connection there is.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range w.ends {
		end.Close()
	}
	w.ends = nil
}

// refuse lets nobody through for a while.
func (w *wire) refuse(d time.Duration) {
	set := func(refusing bool) {
		w.mu.Lock()
		w.refusing = refusing
		w.mu.Unlock()
	}
	set(true)
	w.cut()
	time.AfterFunc(d, func() { set(false) })
}

// A connection that is lost before the commit costs nobody anything: not while
// it is idle, not in the middle of a transaction, and not for a moment without
// any server.
func TestLostConnectionIsReplaced(t *testing.T) {
	w, url := newWire(t)
	s := open(t, store.Options{URL: url})
	write := func(slug string, lose func()) {
		t.Helper()
		lost := false
		update(t, s, func(tx panel.Tx) error {
			if _, err := tx.InsertLocation(panel.Location{Slug: slug}); err != nil {
				return err
			}
			if !lost {
				lost = true
				lose()
			}
			if _, err := tx.ListLocations(); err != nil {
				return errors.New("an error that hides the reason")
			}
			return nil
		})
	}
	write("idle", func() {})
	w.cut()
	write("within", w.cut)
	began := time.Now()
	write("away", func() { w.refuse(time.Second) })
	if took := time.Since(began); took < time.Second {
		t.Errorf("it took %s, although there was no server for a second", took)
	}
	update(t, s, func(tx panel.Tx) error {
		locations, err := tx.ListLocations()
		if len(locations) != 3 {
			t.Errorf("there are %d locations, want each once", len(locations))
		}
		return err
	})
}

// A database that stays away is said to be away, after a while.
func TestLostDatabaseIsNotWaitedForForLong(t *testing.T) {
	w, url := newWire(t)
	s := open(t, store.Options{URL: url})
	w.refuse(time.Minute)
	began := time.Now()
	err := s.View(t.Context(), func(panel.Tx) error { return nil })
	if took := time.Since(began); err == nil || took < 2*time.Second || took > 10*time.Second {
		t.Errorf("got error %v after %s, want one after about 3 seconds", err, took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began = time.Now()
	if err := s.View(ctx, func(panel.Tx) error { return nil }); err == nil || time.Since(began) > 2*time.Second {
		t.Errorf("got error %v after %s, want one as soon as the caller is gone", err, time.Since(began))
	}
}

// What was lost at the commit is not tried again by the store: it may have been
// written. The same key finds out.
func TestLostCommitIsUncertain(t *testing.T) {
	w, url := newWire(t)
	s := open(t, store.Options{URL: url})
	account := seed(t, s, 1).accounts[0]
	runs := 0
	pay := func(lose func()) error {
		return s.Update(t.Context(), func(tx panel.Tx) error {
			runs++
			_, err := tx.InsertTransaction(topUp("pay-1", account, 5))
			lose()
			return err
		})
	}
	if err := pay(w.cut); !errors.Is(err, panel.ErrUncertain) {
		t.Errorf("got error %v, want that it is not known", err)
	}
	if runs != 1 {
		t.Errorf("it was run %d times", runs)
	}
	if err := pay(func() {}); err != nil && !errors.Is(err, panel.ErrExists) {
		t.Errorf("under the same key: got error %v", err)
	}
	update(t, s, func(tx panel.Tx) error {
		sums, err := tx.SumEntries(panel.BatchOf(account))
		if sum := sums[account].Other; sum != 5 {
			t.Errorf("the account was credited %s, want it once", sum)
		}
		return err
	})
}
