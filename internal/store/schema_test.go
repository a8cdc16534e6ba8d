package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"accrue/internal/store"
)

// raw opens a database of a store's without the store.
func raw(t testing.TB, databaseURL string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite://"); ok {
		file := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)"}
		driver, dsn = "sqlite", file.String()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A shape is what the schemas of both engines must have in common, as sorted
// lines that a difference can be read from.
const (
	sqliteColumns = `
		SELECT m.name || '.' || c.name || CASE WHEN c.pk > 0 THEN ' key' WHEN c."notnull" THEN ' not null' ELSE '' END
		FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'`
	postgresColumns = `
		SELECT t.relname || '.' || a.attname || CASE WHEN k.indrelid IS NOT NULL THEN ' key' WHEN a.attnotnull THEN ' not null' ELSE '' END
		FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
			LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary AND a.attnum = ANY (k.indkey[0:k.indnkeyatts - 1])
		WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped`

	// A unique index is its columns in order; what is no column is an expression.
	// A key that is one number is none: SQLite's tables are in its order.
	sqliteIndexes = `
		SELECT m.name || CASE WHEN i."unique" THEN ' unique' ELSE '' END || CASE WHEN i.partial THEN ' partial' ELSE '' END || ' (' ||
			(SELECT GROUP_CONCAT(COALESCE(x.name, 'expression'), ', ' ORDER BY x.seqno)
			FROM pragma_index_xinfo(i.name) x WHERE x.key)
			|| ')'
		FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i."unique"`
	postgresIndexes = `
		SELECT t.relname || ' unique' || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END || ' (' ||
			(SELECT STRING_AGG(COALESCE(a.attname, 'expression'), ', ' ORDER BY k.n)
			FROM UNNEST(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY k(attribute, n)
				LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute AND k.attribute > 0)
			|| ')'
		FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
		WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace
			AND NOT (i.indisprimary AND i.indnkeyatts = 1 AND (
				SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0]) = 'int8'::regtype)`

	sqliteReferences = `
		SELECT m.name || ' (' || GROUP_CONCAT(f."from", ', ' ORDER BY f.seq) || ') -> ' || f."table" || ' ' || f.on_delete
		FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id, f."table", f.on_delete`
	postgresReferences = `
		SELECT t.relname || ' (' || (SELECT STRING_AGG(a.attname, ', ' ORDER BY k.n) FROM UNNEST(c.conkey) WITH ORDINALITY k(attribute, n)
				JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attribute)
			|| ') -> ' || r.relname || ' ' || CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END
		FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
		WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`
)

func TestSchemasAgree(t *testing.T) {
	urls := make(map[string]string)
	for _, engine := range engines[1:] {
		urls[engine.name] = engine.url(t)
		open(t, store.Options{URL: urls[engine.name]})
	}
	sqlite, postgres := raw(t, urls["sqlite"]), raw(t, urls["postgres"])
	for name, query := range map[string]struct{ sqlite, postgres string }{
		"columns":    {sqliteColumns, postgresColumns},
		"indexes":    {sqliteIndexes, postgresIndexes},
		"references": {sqliteReferences, postgresReferences},
	} {
		got, want := lines(t, sqlite, query.sqlite), lines(t, postgres, query.postgres)
		if len(got) < 20 {
			t.Errorf("found only %d %s", len(got), name)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s: - sqlite, + postgres:\n%s", name, diff)
		}
	}
}

// lines returns what a query has, but for the migrations' own table.
func lines(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(line, "goose_") && !strings.HasPrefix(line, "sqlite_") {
			all = append(all, line)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// Several processes may start on one database, now or later.
func TestOpenTwice(t *testing.T) {
	for _, engine := range engines[1:] {
		t.Run(engine.name, func(t *testing.T) {
			url := engine.url(t)
			var group errgroup.Group
			for range 4 {
				group.Go(func() error {
					s, err := store.Open(context.Background(), store.Options{URL: url})
					if err != nil {
						return fmt.Errorf("open: %w", err)
					}
					return s.Close()
				})
			}
			if err := group.Wait(); err != nil {
				t.Fatal(err)
			}
			seed(t, open(t, store.Options{URL: url}), 1)
			open(t, store.Options{URL: url}) // keeps what is there
			db := raw(t, url)
			var accounts, runs int
			want, _ := migrations(t)
			if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM accounts`).Scan(&accounts); err != nil || accounts != 1 {
				t.Errorf("%d accounts, %v, want 1", accounts, err)
			}
			if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0`).Scan(&runs); err != nil || runs != want {
				t.Errorf("%d migrations ran, %v, want %d", runs, err, want)
			}
		})
	}
}

// migrations are how many there are, and the newest one's number.
func migrations(t *testing.T) (count, newest int) {
	t.Helper()
	files, err := os.ReadDir("schema/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(files[len(files)-1].Name(), "%d", &newest); err != nil {
		t.Fatal(err)
	}
	return len(files), newest
}
