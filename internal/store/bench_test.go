package store_test

import (
	"fmt"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store"
)

// bench runs a transaction again and again on each engine. build prepares it on
// a database of 2000 accounts with an instance each.
func bench(b *testing.B, build func(*testing.B, panel.Store, seeded) func(n int, tx panel.Tx) error) {
	for _, engine := range engines {
		b.Run(engine.name, func(b *testing.B) {
			s := open(b, store.Options{URL: engine.url(b)})
			step := build(b, s, seed(b, s, 2000))
			for n := 0; b.Loop(); n++ {
				update(b, s, func(tx panel.Tx) error { return step(n, tx) })
			}
		})
	}
}

func BenchmarkEmptyUpdate(b *testing.B) {
	bench(b, func(*testing.B, panel.Store, seeded) func(int, panel.Tx) error {
		return func(int, panel.Tx) error { return nil }
	})
}

// BenchmarkMovement is what each movement of money does to an account.
func BenchmarkMovement(b *testing.B) {
	bench(b, func(_ *testing.B, _ panel.Store, made seeded) func(int, panel.Tx) error {
		return func(n int, tx panel.Tx) error {
			a, err := tx.LockAccount(made.accounts[n%len(made.accounts)])
			if err != nil {
				return err
			}
			if _, err := tx.OpenSegments(a.ID); err != nil {
				return err
			}
			if _, err := tx.InsertTransaction(topUp(fmt.Sprint(n), a.ID, 5)); err != nil {
				return err
			}
			if err := tx.InsertEvent(panel.Event{AccountID: a.ID, Kind: panel.EventCreditAdded, At: start}); err != nil {
				return err
			}
			a.Credited += 5
			return tx.UpdateAccount(a)
		}
	})
}

// BenchmarkSettle settles a batch of 1000 accounts.
func BenchmarkSettle(b *testing.B) {
	bench(b, func(*testing.B, panel.Store, seeded) func(int, panel.Tx) error {
		return func(n int, tx panel.Tx) error {
			at := start + billing.Instant(n+1)
			batch, _, err := tx.AccountsToSettle(at, 0)
			if err != nil || len(batch) != 1000 {
				return fmt.Errorf("%d accounts: %w", len(batch), err)
			}
			s := panel.Settlement{Key: fmt.Sprint("usage/", n), At: at, Month: at.Month(), Total: 1000}
			for _, a := range batch {
				s.Usage = append(s.Usage, panel.BatchUsage{AccountID: a.AccountID, Amount: 1, Used: billing.Credits(n + 1)})
			}
			return tx.PostUsage(s)
		}
	})
}

// BenchmarkClaim claims and ends a task while ten thousand wait.
func BenchmarkClaim(b *testing.B) {
	bench(b, func(b *testing.B, s panel.Store, made seeded) func(int, panel.Tx) error {
		update(b, s, func(tx panel.Tx) error {
			for n := range 10_000 {
				if _, err := tx.InsertTask(panel.Task{
					Kind: panel.TaskPower, InstanceID: made.instances[n%len(made.instances)], HypervisorID: made.hypervisor.ID, State: panel.TaskQueued,
				}); err != nil {
					return err
				}
			}
			return nil
		})
		return func(n int, tx panel.Tx) error {
			k, err := tx.ClaimTask(panel.Claim{Lane: panel.LaneMachines, Worker: "w1", Now: start, PerHypervisor: 4})
			if err != nil {
				return err
			}
			k.State = panel.TaskQueued // for the next round
			return tx.UpdateTask(k)
		}
	})
}

// BenchmarkEntries reads the newest page of an account with a year of hourly
// entries.
func BenchmarkEntries(b *testing.B) {
	bench(b, func(b *testing.B, s panel.Store, made seeded) func(int, panel.Tx) error {
		account := made.accounts[0]
		update(b, s, func(tx panel.Tx) error {
			for n := range billing.Credits(8760) {
				tr := topUp(fmt.Sprint(n), account, 5)
				tr.Postings[0].Credited = 5 * (n + 1)
				if _, err := tx.InsertTransaction(tr); err != nil {
					return err
				}
			}
			return nil
		})
		return func(_ int, tx panel.Tx) error {
			entries, err := tx.ListEntries(panel.LedgerFilter{AccountID: account, Limit: 50})
			if err == nil && entries[0].Balance != 8760*5 {
				err = fmt.Errorf("the newest balance is %s", entries[0].Balance)
			}
			return err
		}
	})
}
