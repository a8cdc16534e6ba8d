package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"accrue/internal/panel"
	"accrue/internal/panel/paneltest"
	"accrue/internal/store"
)

// TestIndexes wants a reason for each index: an index costs every row that is
// written. A query of the store finds its rows by it, it keeps something from being
// there twice, or a row that others refer to is looked for before it is deleted.
// SQLite says which indexes it would use without any data; PostgreSQL has the same
// ones.
func TestIndexes(t *testing.T) {
	queries := storeQueries(t)
	url := engines[1].url(t)
	open(t, store.Options{URL: url})
	db := raw(t, url)
	reasons := map[string]bool{}
	for _, query := range queries {
		for _, index := range indexesOf(t, db, query) {
			reasons[index] = true
		}
	}
	for _, index := range lines(t, db, `
		SELECT i.name FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) c
			JOIN pragma_foreign_key_list(m.name) f ON f."from" = c.name
		WHERE m.type = 'table' AND c.seqno = 0 AND f."table" IN (`+deleted(queries)+`)`) {
		reasons[index] = true
	}
	all := lines(t, db, `SELECT i.name FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table' AND NOT i."unique"`)
	for _, index := range all {
		if !reasons[index] {
			t.Errorf("nothing needs the index %s", index)
		}
	}
	if len(queries) < 200 || len(all) < 30 {
		t.Errorf("found only %d queries and %d indexes", len(queries), len(all))
	}
}

// storeQueries are the texts of what a store sends to keep its promises.
func storeQueries(t *testing.T) (queries []string) {
	t.Helper()
	var mu sync.Mutex
	t.Run("queries", func(t *testing.T) {
		paneltest.RunStore(t, func(t *testing.T) panel.Store {
			s := open(t, store.Options{URL: engines[1].url(t)})
			t.Cleanup(func() {
				sent, err := s.Queries(context.Background())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				queries = append(queries, sent...)
				mu.Unlock()
			})
			return s
		})
	})
	slices.Sort(queries)
	return slices.Compact(queries)
}

var byIndex = regexp.MustCompile(`USING (?:COVERING )?INDEX (\w+)`)

// indexesOf returns by which indexes a query finds rows. That of an INSERT finds
// none that matter.
func indexesOf(t *testing.T, db *sql.DB, query string) (indexes []string) {
	t.Helper()
	if strings.HasPrefix(strings.TrimSpace(query), "INSERT") {
		return nil
	}
	var args []any
	for strings.Contains(query, fmt.Sprint("$", len(args)+1)) {
		args = append(args, 1)
	}
	rows, err := db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int64
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		for _, found := range byIndex.FindAllStringSubmatch(detail, -1) {
			indexes = append(indexes, found[1])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return indexes
}

// deleted lists the tables whose rows queries delete, for SQL. Prices go with
// their plan.
func deleted(queries []string) string {
	tables := []string{"'prices'"}
	for _, query := range queries {
		if found := regexp.MustCompile(`^\s*DELETE FROM (\w+)`).FindStringSubmatch(query); found != nil {
			tables = append(tables, "'"+found[1]+"'")
		}
	}
	return strings.Join(tables, ", ")
}
