package store_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
)

// Statements can be kept in a table for each month, and the store does not notice:
// those that were there stay, others are added, a read goes to one table, and
// nothing can be changed.
func TestPartitionedStatements(t *testing.T) {
	url := storetest.Postgres(t)
	s := open(t, store.Options{URL: url})
	made := seed(t, s, 1)
	account, month := made.accounts[0], start.Month()
	line := func(month billing.Month, amount billing.Credits) []billing.Line {
		return []billing.Line{{Instance: made.instances[0], Month: month, Price: made.price.ID, Percent: 100, Kind: billing.KindUsage, Seconds: 60, Amount: amount}}
	}
	freeze := func(month billing.Month, amount billing.Credits) {
		update(t, s, func(tx panel.Tx) error { return tx.InsertStatement(account, month, start, line(month, amount)) })
	}
	freeze(month, 3)
	script, err := os.ReadFile("../../contrib/partition-statements.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := raw(t, url)
	if _, err := db.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	open(t, store.Options{URL: url}) // it is up to date as it is
	freeze(month+1, 4)
	freeze(month+1200, 5) // there is no partition of its own

	for m, amount := range map[billing.Month]billing.Credits{month: 3, month + 1: 4, month + 1200: 5} {
		err := s.View(t.Context(), func(tx panel.Tx) error {
			got, err := tx.Statement(account, m)
			if diff := cmp.Diff(got, line(m, amount)); diff != "" {
				t.Errorf("%s: - got, + want:\n%s", m, diff)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	plan := strings.Join(lines(t, db, `EXPLAIN SELECT amount FROM statement_lines WHERE account_id = 1 AND month = 24312`), "\n")
	if got := strings.Count(plan, " on statement_lines"); got != 1 {
		t.Errorf("%d partitions are read, want 1:\n%s", got, plan)
	}
	for _, statement := range []string{`UPDATE statement_lines SET amount = 0`, `DELETE FROM statement_lines_rest`} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got error %v, want it refused", statement, err)
		}
	}
}
