package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accrue/internal/store/storetest"
)

// A panel moves to PostgreSQL and back, and is the same each time.
func TestMigrateMoves(t *testing.T) {
	file := filepath.Join(copyOfDemo(t), "accrue.db")
	up, back := storetest.Postgres(t), storetest.SQLite(t)
	for _, move := range [][2]string{{"sqlite://" + file, up}, {up, back}} {
		out := must(t, "migrate", "--from", move[0], "--to", move[1])
		if !strings.Contains(out, "  accounts\n") || !strings.Contains(out, "✓") || strings.Contains(out, "✗") || !strings.Contains(out, "\nMoved ") {
			t.Errorf("got %s", out)
		}
		status, _, stderr := accrue(t, "migrate", "--from", move[0], "--to", move[1])
		if status != failed || !strings.Contains(stderr, "target: it is not empty; there are rows in settings (1), currencies (") {
			t.Errorf("a second time: got status %d, %s", status, stderr)
		}
	}
	must(t, "verify", "--db", up)
	must(t, "verify", "--data", filepath.Dir(strings.TrimPrefix(back, "sqlite://")))
}

func TestMigrateRefusesAPanelAtWork(t *testing.T) {
	dir := copyOfDemo(t)
	b := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	await(t, b, func() bool { return strings.Contains(b.err.String(), "worker started") })
	target := storetest.SQLite(t)
	await(t, b, func() bool {
		status, _, stderr := accrue(t, "migrate", "--from", "sqlite://"+dir+"/accrue.db", "--to", target)
		return status == failed && strings.Contains(stderr, "source: a panel is at work on it")
	})
	b.end(t)
	must(t, "verify", "--data", filepath.Dir(strings.TrimPrefix(target, "sqlite://"))) // empty, and in order
}

func TestBackup(t *testing.T) {
	dir, copied := copyOfDemo(t), t.TempDir()
	file := filepath.Join(copied, "accrue.db")
	if out := must(t, "backup", "--data", dir, "--to", file); out != "Wrote "+file+".\n" {
		t.Errorf("got %q", out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("got %v, %v, want a file for its owner only", info.Mode(), err)
	}
	if got, want := must(t, "verify", "--data", copied), must(t, "verify", "--data", dir); got != want {
		t.Errorf("the backup says\n%s\nthe panel\n%s", got, want)
	}
	if status, _, stderr := accrue(t, "backup", "--data", dir, "--to", file); status != failed || !strings.Contains(stderr, "exists") {
		t.Errorf("over a backup: got status %d, %s", status, stderr)
	}
}
