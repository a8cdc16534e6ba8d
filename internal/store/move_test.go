package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/demo"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
)

// demoURL returns the URL of a SQLite database with two months of history, and
// with a location that was made last and is gone.
func demoURL(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	_, err := demo.Seed(t.Context(), dir, demo.Options{
		Mailer:      demo.Outbox(smtp.Disabled()),
		Hasher:      identity.NewHasher(identity.TestParams, 2),
		NewPassword: func() string { return "three or four words" },
	})
	if err != nil {
		t.Fatal(err)
	}
	url := "sqlite://" + filepath.Join(dir, "accrue.db")
	s := open(t, store.Options{URL: url})
	update(t, s, func(tx panel.Tx) error {
		gone, err := tx.InsertLocation(panel.Location{Slug: "gone"})
		if err != nil {
			return err
		}
		return tx.DeleteLocation(gone)
	})
	return url
}

// laws wants every law of the panel's to hold.
func laws(t *testing.T) func(context.Context, panel.Store) error {
	return func(ctx context.Context, s panel.Store) error {
		found, err := panel.New(s, nil, nil, nil).Verify(ctx)
		for _, law := range found {
			if len(law.Broken) > 0 || law.Checked == 0 {
				t.Errorf("%s: checked %d times, %q", law.Name, law.Checked, law.Broken)
			}
		}
		return err
	}
}

// From SQLite to PostgreSQL and back: everything is the same each time, and each
// database goes on with numbers that nobody ever had.
func TestMoveUpAndBack(t *testing.T) {
	urls := []string{demoURL(t), storetest.Postgres(t), storetest.SQLite(t)}
	want := contents(t, urls[0])
	for n, to := range urls[1:] {
		moved := map[string]int64{}
		m := store.Move{From: urls[n], To: to, Source: laws(t), Target: laws(t)}
		m.Moved = func(table string, rows int64) { moved[table] = rows }
		if err := m.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := contents(t, to)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("move %d: - before, + after:\n%s", n+1, diff)
		}
		for table, rows := range want {
			if moved[table] != int64(len(rows)) {
				t.Errorf("move %d told of %d rows of %s, want %d", n+1, moved[table], table, len(rows))
			}
		}
	}
	for _, url := range urls {
		s := open(t, store.Options{URL: url})
		var location, account int64
		update(t, s, func(tx panel.Tx) (err error) {
			if location, err = tx.InsertLocation(panel.Location{Slug: "new"}); err != nil {
				return err
			}
			account, err = tx.InsertAccount(panel.Account{Name: "new", Currency: "USD"})
			return err
		})
		if most := len(want["accounts"]); account != int64(most+1) {
			t.Errorf("%s: the next account is %d, want %d", s.Engine(), account, most+1)
		}
		if most := len(want["locations"]); location != int64(most+2) {
			t.Errorf("%s: the next location is %d, want %d: one that is gone was the last", s.Engine(), location, most+2)
		}
	}
}

// What ends a move half-way leaves nothing, and what it was about can be put
// right and tried again. The guards are in their places after it.
func TestMoveThatFailsLeavesNothing(t *testing.T) {
	from := demoURL(t)
	for _, engine := range engines[1:] {
		t.Run(engine.name, func(t *testing.T) {
			to := engine.url(t)
			refused := errors.New("not as it should be")
			m := store.Move{From: from, To: to}
			m.Target = func(ctx context.Context, s panel.Store) error {
				return s.View(ctx, func(tx panel.Tx) error {
					if accounts, err := tx.ListAccounts("", 0, 0); err != nil || len(accounts) == 0 {
						t.Errorf("the check sees %d accounts, %v", len(accounts), err)
					}
					return refused
				})
			}
			if err := m.Run(t.Context()); !errors.Is(err, refused) {
				t.Fatalf("got error %v, want the one of the check", err)
			}
			nothingIn(t, to)

			ctx, cancel := context.WithCancel(t.Context())
			m.Target, m.Moved = nil, func(table string, _ int64) {
				if table == "segments" {
					cancel()
				}
			}
			if err := m.Run(ctx); !errors.Is(err, context.Canceled) {
				t.Fatalf("got error %v, want that it was canceled", err)
			}
			nothingIn(t, to)

			m.Moved = nil
			if err := m.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := raw(t, to).ExecContext(t.Context(), `INSERT INTO postings (account_id, transaction_id, amount) VALUES (-9, 1, 5)`); err == nil {
				t.Error("a posting was accepted that stands alone")
			}
		})
	}
}

// A row that the target does not take ends the move, and says where it was.
func TestMoveNamesTheTableThatFails(t *testing.T) {
	from, to := storetest.SQLite(t), storetest.Postgres(t)
	seed(t, open(t, store.Options{URL: from}), 3)
	if _, err := raw(t, from).ExecContext(t.Context(), `INSERT INTO audit (actor, action, subject, detail, at) VALUES ('a', 'b', 'c', 'd' || CHAR(0), 1)`); err != nil {
		t.Fatal(err)
	}
	err := store.Move{From: from, To: to}.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "table audit: ") {
		t.Errorf("got error %v, want one of table audit", err)
	}
	nothingIn(t, to)
}

func TestMoveRefuses(t *testing.T) {
	from := storetest.SQLite(t)
	seed(t, open(t, store.Options{URL: from}), 3)
	old := storetest.SQLite(t)
	open(t, store.Options{URL: old})
	if _, err := raw(t, old).ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id > 1`); err != nil {
		t.Fatal(err)
	}
	_, newest := migrations(t)
	foreign := storetest.SQLite(t)
	if _, err := raw(t, foreign).ExecContext(t.Context(), `CREATE TABLE accounts (id INTEGER)`); err != nil {
		t.Fatal(err)
	}
	for _, engine := range engines[1:] {
		t.Run(engine.name, func(t *testing.T) {
			full := engine.url(t)
			seed(t, open(t, store.Options{URL: full}), 2)
			before := contents(t, full)
			for name, test := range map[string]struct{ from, to, says string }{
				"a target with rows":         {from, full, "target: it is not empty; there are rows in currencies (1), currency_values (1), accounts (2), locations (1)"},
				"itself":                     {from, from, "the same database"},
				"an older schema":            {old, engine.url(t), fmt.Sprintf("source: its schema has version 1 and this program's %d", newest)},
				"what is no panel":           {foreign, engine.url(t), "source: read the schema's version"},
				"a source that is not there": {storetest.SQLite(t), engine.url(t), "no such file"},
				"what is no database":        {"accrue.db", engine.url(t), "source: a database URL begins with"},
			} {
				err := store.Move{From: test.from, To: test.to}.Run(t.Context())
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("%s: got error %v, want one with %q", name, err, test.says)
				}
			}
			if diff := cmp.Diff(before, contents(t, full)); diff != "" {
				t.Errorf("what was there has changed: %s", diff)
			}
		})
	}
}

// Whoever adds a table adds it to the list of those that move.
func TestEveryTableMoves(t *testing.T) {
	from, to := storetest.SQLite(t), storetest.SQLite(t)
	open(t, store.Options{URL: from})
	var moved []string
	m := store.Move{From: from, To: to, Moved: func(table string, _ int64) { moved = append(moved, table) }}
	if err := m.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(moved)
	if diff := cmp.Diff(tablesOf(t, raw(t, from)), moved); diff != "" {
		t.Errorf("- in the schema, + moved:\n%s", diff)
	}
}

// contents returns every row of every table as a sorted list of texts, without
// the help of what moves them.
func contents(t *testing.T, url string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	sqlite := raw(t, emptyURL(t))
	db := raw(t, url)
	for _, table := range tablesOf(t, sqlite) {
		columns := lines(t, sqlite, `SELECT name FROM pragma_table_xinfo('`+table+`')`)
		all[table] = rowsOf(t, db, `SELECT `+strings.Join(columns, ", ")+` FROM `+table, len(columns))
	}
	return all
}

// emptyURL is the URL of an empty database, whose schema can be read.
func emptyURL(t *testing.T) string {
	url := storetest.SQLite(t)
	open(t, store.Options{URL: url})
	return url
}

func tablesOf(t *testing.T, sqlite *sql.DB) []string {
	return lines(t, sqlite, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
}

func rowsOf(t *testing.T, db *sql.DB, query string, columns int) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%v", values)
		line = strings.NewReplacer(" true", " 1", " false", " 0").Replace(line)
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// nothingIn wants a database without a row.
func nothingIn(t *testing.T, url string) {
	t.Helper()
	for table, rows := range contents(t, url) {
		if len(rows) > 0 {
			t.Errorf("%d rows are left in %s", len(rows), table)
		}
	}
}
