package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"accrue/internal/panel"
	"accrue/internal/panel/paneltest"
	"accrue/internal/store"
)

// engines are the databases that everything is tested on; each gives the URL of
// an empty one that goes with its test.
var engines = []struct {
	name string
	url  func(testing.TB) string
}{
	{"sqlite in memory", func(testing.TB) string { return "sqlite::memory:" }},
	{"sqlite", func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "a b?c#d%20.db") }},
	{"postgres", postgresURL},
}

var schemas atomic.Int64

// postgresURL makes a schema in the database of ACCRUE_TEST_POSTGRES, and drops
// it after the test.
func postgresURL(t testing.TB) string {
	server := os.Getenv("ACCRUE_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("ACCRUE_TEST_REQUIRE") == "all" {
			t.Fatal("ACCRUE_TEST_POSTGRES is not set, and every test is required: scripts/postgres start prints a URL")
		}
		t.Skip("ACCRUE_TEST_POSTGRES is not set: scripts/postgres start prints a URL")
	}
	name := fmt.Sprintf("accrue_test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), schemas.Add(1))
	execute(t, server, "CREATE SCHEMA "+name)
	t.Cleanup(func() { execute(t, server, "DROP SCHEMA "+name+" CASCADE") })
	parsed, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	query.Set("search_path", name)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

func execute(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, options store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestPromises(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			paneltest.RunStore(t, func(t *testing.T) panel.Store { return open(t, store.Options{URL: engine.url(t)}) })
		})
	}
}
