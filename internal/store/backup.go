package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrOwnBackup says that a database is backed up by its own means.
var ErrOwnBackup = errors.New("this kind of database is backed up by its own means")

// Backup writes what a SQLite database has at this moment into a file that must
// not be there yet, without keeping anybody from working. The file appears when
// it is complete and known to be sound. The database is as it was afterwards,
// also one of an earlier schema. PostgreSQL is ErrOwnBackup.
func Backup(ctx context.Context, url, file string) (err error) {
	s, err := openAsItIs(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.Engine() != "sqlite" {
		return ErrOwnBackup
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = &fs.PathError{Op: "write", Path: file, Err: fs.ErrExist}
		}
		return err
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // what an earlier one left
	}
	if err := os.WriteFile(part, nil, 0o600); err != nil {
		return err // SQLite would let others read it
	}
	defer os.Remove(part) // nothing, once it has its name
	if _, err := s.write.ExecContext(ctx, `VACUUM INTO $1`, part); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := wantSound(ctx, part); err != nil {
		return err
	}
	if err := flush(part); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// wantSound reads a whole database in a file and checks its pages.
func wantSound(ctx context.Context, file string) (err error) {
	s, err := openAsItIs(ctx, "sqlite:"+file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var found string
	if err := s.write.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&found); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if found != "ok" {
		return fmt.Errorf("check the copy: %s", found)
	}
	return nil
}

// flush makes sure that a file outlives a loss of power.
func flush(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
