package paneltest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func accountsComeBack(t *testing.T, s panel.Store) {
	build(t, s)
	a := panel.Account{
		ID: 1, Name: "Ida", Currency: "EUR", CreatedAt: noon, Holds: fleet.Holds(0).With(fleet.HoldAbuse).With(fleet.HoldAdmin),
		Credited: 1<<62 - 1, Posted: 3, Charged: 4, Since: 5, UsedAt: 6, SettledAt: 7,
		Taken: billing.Conditions{Low: true, Negative: true, Suspended: true}, Judged: true, NextEventAt: billing.Never, SeenAt: 9,
	}
	a.BatchedAt = 10 // which no account has of itself
	whole(t, a)
	a.BatchedAt = 0
	a.ID = add(t, s, panel.Tx.InsertAccount, a)
	same(t, s, a, func(tx panel.Tx) (panel.Account, error) { return tx.Account(a.ID) })

	a = panel.Account{
		ID: a.ID, Name: "Eda", Currency: "EUR", CreatedAt: noon, Credited: -1 << 62, Posted: -13, Charged: -14, Since: 15, UsedAt: 16,
		SettledAt: 17, Taken: billing.Conditions{Negative: true}, NextEventAt: 18, SeenAt: 19,
	}
	update(t, s, func(tx panel.Tx) error { return tx.UpdateAccount(a) })
	same(t, s, a, func(tx panel.Tx) (panel.Account, error) { return tx.Account(a.ID) })
	update(t, s, func(tx panel.Tx) error {
		locked, err := tx.LockAccount(a.ID)
		if locked != a {
			t.Errorf("locked %+v, want %+v", locked, a)
		}
		return err
	})

	a.ID = 1 << 40
	absent(t, s, func(tx panel.Tx) (panel.Account, error) { return tx.Account(a.ID) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateAccount(a) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error {
		_, err := tx.LockAccount(a.ID)
		return err
	})
}

func accountsAreFound(t *testing.T, s panel.Store) {
	w := build(t, s)
	second, third := w.addAccount(t, `Under_score 100%`), w.addAccount(t, "Zoe")
	w.addUser(t, "First@Example.org")
	found := func(query string, after int64, limit int, want ...int64) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (ids []int64, err error) {
			accounts, err := tx.ListAccounts(query, after, limit)
			for _, a := range accounts {
				ids = append(ids, a.ID)
			}
			return ids, err
		})
	}
	found("", 0, 2, w.account, second)
	found("", second, 2, third)
	found("", third, 2)
	found("SCORE", 0, 10, second)
	found("r_s", 0, 10, second)
	found("e_s", 0, 10)
	found("0%", 0, 10, second)
	found("example.ORG", 0, 10, w.account)
	found(`\`, 0, 10)
}

func accountsFallDue(t *testing.T, s panel.Store) {
	w := build(t, s)
	same(t, s, panel.Due{Account: billing.Never, Task: billing.Never}, panel.Tx.NextDue)
	late, early, also := w.addAccount(t, "late"), w.addAccount(t, "early"), w.addAccount(t, "also")
	due := func(id int64, at billing.Instant) {
		update(t, s, func(tx panel.Tx) error {
			return tx.UpdateAccount(panel.Account{ID: id, Currency: "EUR", NextEventAt: at})
		})
	}
	due(late, 300)
	due(early, 100)
	due(also, 100)
	same(t, s, panel.Due{Account: 100, Task: billing.Never}, panel.Tx.NextDue)
	same(t, s, []int64{early, also, late}, func(tx panel.Tx) ([]int64, error) { return tx.DueAccounts(300, 10) })
	same(t, s, []int64{early, also}, func(tx panel.Tx) ([]int64, error) { return tx.DueAccounts(299, 10) })
	same(t, s, []int64{early}, func(tx panel.Tx) ([]int64, error) { return tx.DueAccounts(300, 1) })
	update(t, s, func(tx panel.Tx) error { return tx.WakeAccounts(200) })
	same(t, s, []int64{early, also, w.account, late}, func(tx panel.Tx) ([]int64, error) { return tx.DueAccounts(200, 10) })
}

func accountsAreCounted(t *testing.T, s panel.Store) {
	w := build(t, s)
	for i, taken := range []billing.Conditions{{Low: true}, {Low: true, Negative: true}, {Low: true, Negative: true, Suspended: true}} {
		a := panel.Account{ID: w.addAccount(t, fmt.Sprint(i)), Currency: "EUR", Taken: taken}
		update(t, s, func(tx panel.Tx) error { return tx.UpdateAccount(a) })
	}
	same(t, s, panel.AccountCounts{All: 4, Low: 3, Negative: 2, Suspended: 1}, panel.Tx.CountAccounts)
}

func lockedAccountsExclude(t *testing.T, s panel.Store) {
	w := build(t, s)
	var group errgroup.Group
	const workers, rounds = 8, 25
	for range workers {
		group.Go(func() error {
			for range rounds {
				if err := s.Update(context.Background(), func(tx panel.Tx) error {
					a, err := tx.LockAccount(w.account)
					if err != nil {
						return err
					}
					a.Credited++
					return tx.UpdateAccount(a)
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	same(t, s, workers*rounds, func(tx panel.Tx) (billing.Credits, error) {
		a, err := tx.Account(w.account)
		return a.Credited, err
	})
}

// The account seems to be due before the waking, and is moved past it by whoever
// has it locked.
func wakingWaits(t *testing.T, s panel.Store) {
	w := build(t, s)
	update(t, s, func(tx panel.Tx) error {
		return tx.UpdateAccount(panel.Account{ID: w.account, Currency: "EUR", NextEventAt: 50})
	})
	locked, group := make(chan struct{}), errgroup.Group{}
	group.Go(func() error {
		return s.Update(context.Background(), func(tx panel.Tx) error {
			a, err := tx.LockAccount(w.account)
			if err != nil {
				return err
			}
			close(locked)
			time.Sleep(100 * time.Millisecond) // while the other waits
			a.NextEventAt = 1000
			return tx.UpdateAccount(a)
		})
	})
	<-locked
	update(t, s, func(tx panel.Tx) error { return tx.WakeAccounts(100) })
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	same(t, s, panel.Due{Account: 100, Task: billing.Never}, panel.Tx.NextDue)
}

func holdsAreLifted(t *testing.T, s panel.Store) {
	w := build(t, s)
	h := whole(t, panel.Hold{
		ID: 1, AccountID: w.account, Instance: w.instance, Kind: fleet.HoldAbuse, Reason: "spam", PlacedBy: "root", PlacedAt: noon, LiftedAt: noon + 1,
	})
	h.ID = add(t, s, panel.Tx.InsertHold, h)
	all := panel.Hold{AccountID: w.account, Kind: fleet.HoldAdmin, Reason: "asked for", PlacedBy: "root", PlacedAt: noon}
	all.ID = add(t, s, panel.Tx.InsertHold, all)
	one := panel.Hold{AccountID: w.account, Instance: w.instance, Kind: fleet.HoldAdmin, PlacedAt: noon}
	one.ID = add(t, s, panel.Tx.InsertHold, one)
	list := func(tx panel.Tx) ([]panel.Hold, error) { return tx.ListHolds(w.account) }
	same(t, s, []panel.Hold{one, all, h}, list)

	update(t, s, func(tx panel.Tx) error { return tx.LiftHold(w.account, 0, fleet.HoldAbuse, noon+5) }) // there is none
	update(t, s, func(tx panel.Tx) error { return tx.LiftHold(w.account, 0, fleet.HoldAdmin, noon+5) })
	update(t, s, func(tx panel.Tx) error { return tx.LiftHold(w.account, 0, fleet.HoldAdmin, noon+9) })
	all.LiftedAt = noon + 5
	same(t, s, []panel.Hold{one, all, h}, list)
	update(t, s, func(tx panel.Tx) error { return tx.LiftHold(w.account, w.instance, fleet.HoldAdmin, noon+6) })
	one.LiftedAt = noon + 6
	same(t, s, []panel.Hold{one, all, h}, list)
}
