package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"accrue/internal/panel"
	"accrue/internal/panel/paneltest"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
)

// engines are the databases that everything is tested on; each gives the URL of
// an empty one that goes with its test.
var engines = []struct {
	name string
	url  func(testing.TB) string
}{
	{"sqlite in memory", func(testing.TB) string { return "sqlite::memory:" }},
	{"sqlite", func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "a b?c#d%20.db") }},
	{"postgres", storetest.Postgres},
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
