package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/panel"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
)

// A backup is what was there at one moment, while others write.
func TestBackup(t *testing.T) {
	url, dir := storetest.SQLite(t), t.TempDir()
	s := open(t, store.Options{URL: url})
	seed(t, s, 50)
	if err := store.Backup(t.Context(), url, filepath.Join(dir, "1")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, url), contents(t, "sqlite://"+filepath.Join(dir, "1"))); diff != "" {
		t.Errorf("- database, + backup:\n%s", diff)
	}

	var writing sync.WaitGroup
	writing.Go(func() {
		for range 100 {
			update(t, s, func(tx panel.Tx) error { return tx.InsertAudit(panel.AuditEntry{Actor: "root"}) })
		}
	})
	for _, name := range []string{"2", "3", "4"} {
		if err := store.Backup(t.Context(), url, filepath.Join(dir, name)); err != nil {
			t.Errorf("backup %s: %v", name, err)
		}
	}
	writing.Wait()
	left, err := filepath.Glob(filepath.Join(dir, "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("there are %q, %v, beside the backups", left, err)
	}
}

func TestBackupRefuses(t *testing.T) {
	url := storetest.SQLite(t)
	open(t, store.Options{URL: url})
	file := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), url, file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: got error %v, want that it is there", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "precious" {
		t.Errorf("the file is %q now, %v", text, err)
	}
	if err := store.Backup(t.Context(), storetest.SQLite(t), file+"2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: got error %v, want that it is not there", err)
	}
	if err := store.Backup(t.Context(), storetest.Postgres(t), file+"2"); !errors.Is(err, store.ErrOwnBackup) {
		t.Errorf("of PostgreSQL: got error %v", err)
	}
}
