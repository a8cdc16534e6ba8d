package test

import (
	"path/filepath"
	"testing"

	"accrue/internal/store/storetest"
)

// database is a kind of database that a test runs on. Its URL stays the same
// for the whole test.
type database struct {
	name string
	url  func(t *testing.T, dir string) string
}

func databases(t *testing.T) []database {
	t.Helper()
	return []database{
		{"sqlite", func(_ *testing.T, dir string) string { return "sqlite://" + filepath.Join(dir, "accrue.db") }},
		{"postgres", func(t *testing.T, _ string) string { return storetest.Postgres(t) }},
	}
}
