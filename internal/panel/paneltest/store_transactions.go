package paneltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

var errTest = errors.New("wanted by the test")

func noAccounts(t *testing.T, s panel.Store) {
	t.Helper()
	same(t, s, nil, func(tx panel.Tx) ([]panel.Account, error) { return tx.ListAccounts("", 0, 0) })
}

func insertIda(tx panel.Tx) error {
	if err := tx.InsertCurrency(panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Value: 1}, Default: true}, "test"); err != nil {
		return err
	}
	_, err := tx.InsertAccount(panel.Account{Name: "ida", Currency: "EUR"})
	return err
}

func anErrorLeavesNothing(t *testing.T, s panel.Store) {
	fails(t, s, errTest, func(tx panel.Tx) error {
		if err := insertIda(tx); err != nil {
			return err
		}
		return errTest
	})
	noAccounts(t, s)
}

func aPanicLeavesNothing(t *testing.T, s panel.Store) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(context.Background(), func(tx panel.Tx) error {
			if err := insertIda(tx); err != nil {
				t.Error(err)
			}
			panic("wanted by the test")
		})
	}()
	noAccounts(t, s)
	update(t, s, insertIda) // nothing is locked or left open
}

// While a view is open others write; where they have to wait, that is right too.
func aViewIsConsistent(t *testing.T, s panel.Store) {
	w := build(t, s)
	written := make(chan error, 1)
	err := s.View(context.Background(), func(tx panel.Tx) error {
		before, err := tx.Account(w.account)
		if err != nil {
			return err
		}
		go func() {
			written <- s.Update(context.Background(), func(tx panel.Tx) error {
				a, err := tx.LockAccount(w.account)
				if err != nil {
					return err
				}
				a.Credited += 7
				return tx.UpdateAccount(a)
			})
		}()
		select {
		case err := <-written:
			written <- err
		case <-time.After(100 * time.Millisecond):
		}
		after, err := tx.Account(w.account)
		if after != before {
			t.Errorf("the view saw %+v, then %+v", before, after)
		}
		return err
	})
	if err := errors.Join(err, <-written); err != nil {
		t.Fatal(err)
	}
	_ = s.View(context.Background(), func(tx panel.Tx) error { // refused, or forgotten
		_, err := tx.InsertPlanGroup(panel.PlanGroup{Name: "written by a view"})
		return err
	})
	same(t, s, 1, func(tx panel.Tx) (int, error) {
		groups, err := tx.ListPlanGroups()
		return len(groups), err
	})
}

func nowStands(t *testing.T, s panel.Store) {
	var first billing.Instant
	update(t, s, func(tx panel.Tx) error {
		first = tx.Now()
		for range 100 {
			if now := tx.Now(); now != first {
				t.Fatalf("now was %s, then %s", first, now)
			}
		}
		return nil
	})
	update(t, s, func(tx panel.Tx) error {
		if now := tx.Now(); now < first {
			t.Errorf("now was %s, and %s later", first, now)
		}
		return nil
	})
}

func aCanceledCallerBeginsNothing(t *testing.T, s panel.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.Update(ctx, insertIda)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	noAccounts(t, s)
}
