// Package storetest hands out empty databases of both kinds to tests.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// postgres names the environment variable with the URL of a PostgreSQL server
// for tests; require says, when it is "all", that none may be left out.
const (
	postgres = "ACCRUE_TEST_POSTGRES"
	require  = "ACCRUE_TEST_REQUIRE"
)

// Each runs a test on an empty SQLite database and on an empty PostgreSQL
// schema. The URL is what store.Open takes.
func Each(t *testing.T, run func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// SQLite returns the URL of a database in a file that goes with the test.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "accrue.db")
}

// Postgres returns the URL of a schema that goes with the test. Without a server
// the test is skipped, unless that is forbidden.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(postgres)
	if server == "" {
		if os.Getenv(require) == "all" {
			t.Fatalf("%s is not set: PostgreSQL may not be left out", postgres)
		}
		t.Skipf("%s is not set", postgres)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	exec(t, server, fmt.Sprintf(`CREATE SCHEMA %q`, schema))
	t.Cleanup(func() { exec(t, server, fmt.Sprintf(`DROP SCHEMA %q CASCADE`, schema)) })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", postgres, err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func exec(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
