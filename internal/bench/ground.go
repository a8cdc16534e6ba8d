package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"accrue/internal/panel"
)

// ground is a fresh database, reached beside the store: to fill it in bulk, and
// to do with the engine's fastest means what the store is compared with.
type ground interface {
	url() string // what store.Open takes
	// unwaiting is the URL by which commits wait for no standby, or empty where they
	// wait for none anyway.
	unwaiting(ctx context.Context) (url string, err error)
	// unload takes indexes away until loaded puts them back: to make them of all
	// rows at once is quicker.
	unload(ctx context.Context) error
	// load writes rows in bulk, by table. Every column of a row is an int64, a
	// string or a bool.
	load(ctx context.Context, rows map[string][][]any) error
	loaded(ctx context.Context) error
	// floor posts what has accrued, in one transaction. See floor.go.
	floor(ctx context.Context, usage panel.Transaction) error
	// logged runs something and returns how many bytes went to the engine's log.
	logged(ctx context.Context, run func() error) (int64, error)
	// number returns what a query does, a number.
	number(ctx context.Context, query string) (int64, error)
	remove() error
}

func newGround(ctx context.Context, db string) (ground, error) {
	if db == "" {
		return newFile()
	}
	if !strings.HasPrefix(db, "postgres:") && !strings.HasPrefix(db, "postgresql:") {
		return nil, errors.New("the URL of a database to benchmark on begins with postgres:")
	}
	return newSchema(ctx, db)
}

// file is SQLite in a directory that goes with it.
type file struct {
	dir     string
	db      *sql.DB
	indexes []index // that are taken away
}

func newFile() (*file, error) {
	dir, err := os.MkdirTemp("", "accrue-bench-")
	if err != nil {
		return nil, err
	}
	f := &file{dir: dir}
	settings := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "synchronous(FULL)", "cache_size(-16384)", "temp_store(MEMORY)"},
	}
	f.db, err = sql.Open("sqlite", "file:"+f.path()+"?"+settings.Encode())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	f.db.SetMaxOpenConns(1)
	return f, nil
}

func (f *file) path() string { return filepath.Join(f.dir, "accrue.db") }
func (f *file) url() string  { return "sqlite:" + f.path() }

func (*file) unwaiting(context.Context) (string, error) { return "", nil }

func (f *file) unload(ctx context.Context) (err error) {
	if _, err = f.db.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		return err
	}
	f.indexes, err = dropIndexes(ctx, f.db, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)
	return err
}

func (f *file) load(ctx context.Context, rows map[string][][]any) error {
	return transact(ctx, f.db, func(tx *sql.Tx) error {
		for _, table := range tables {
			marks := strings.Repeat(", ?", strings.Count(table.columns, ",")+1)[2:]
			insert, err := tx.PrepareContext(ctx, `INSERT INTO `+table.name+` (`+table.columns+`) VALUES (`+marks+`)`)
			if err != nil {
				return err
			}
			for _, row := range rows[table.name] {
				if _, err := insert.ExecContext(ctx, row...); err != nil {
					return errors.Join(fmt.Errorf("%s: %w", table.name, err), insert.Close())
				}
			}
			if err := insert.Close(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *file) loaded(ctx context.Context) error {
	if err := makeIndexes(ctx, f.db, f.indexes); err != nil {
		return err
	}
	if _, err := f.db.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		return err
	}
	return f.checkpoint(ctx)
}

// checkpoint empties the log into the file.
func (f *file) checkpoint(ctx context.Context) error {
	_, err := f.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}

// logged keeps a reader open, so that the log grows and is not begun anew.
func (f *file) logged(ctx context.Context, run func() error) (int64, error) {
	if err := f.checkpoint(ctx); err != nil {
		return 0, err
	}
	reader, err := f.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer reader.Rollback()
	var n int64
	if err := reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM settings`).Scan(&n); err != nil {
		return 0, err
	}
	if err := run(); err != nil {
		return 0, err
	}
	log, err := os.Stat(f.path() + "-wal")
	if err != nil {
		return 0, err
	}
	return log.Size(), nil
}

func (f *file) number(ctx context.Context, query string) (n int64, err error) {
	err = f.db.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

func (f *file) remove() error { return errors.Join(f.db.Close(), os.RemoveAll(f.dir)) }

// schema is a schema of a PostgreSQL database.
type schema struct {
	server, name string
	db           *sql.DB
	indexes      []index // that are taken away
}

func newSchema(ctx context.Context, server string) (*schema, error) {
	s := &schema{server: server, name: "bench_" + strings.ToLower(rand.Text())}
	if err := s.onServer(ctx, `CREATE SCHEMA `+s.name); err != nil {
		return nil, err
	}
	db, err := sql.Open("pgx", s.url())
	s.db = db
	return s, err
}

func (s *schema) onServer(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func (s *schema) url() string { return s.with(url.Values{"search_path": {s.name}}) }

func (s *schema) unwaiting(ctx context.Context) (string, error) {
	standbys, err := s.number(ctx, `SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')`)
	if standbys == 0 {
		return "", err
	}
	return s.with(url.Values{"search_path": {s.name}, "synchronous_commit": {"local"}}), nil
}

// with is the server's URL with settings of its sessions.
func (s *schema) with(settings url.Values) string {
	u, err := url.Parse(s.server)
	if err != nil {
		return s.server // the driver says what is wrong with it
	}
	query := u.Query()
	maps.Copy(query, settings)
	u.RawQuery = query.Encode()
	return u.String()
}

// unload takes references and the other triggers away, too, where it may: the
// data is right as it is made, and is verified in the end.
func (s *schema) unload(ctx context.Context) (err error) {
	s.indexes, err = dropIndexes(ctx, s.db, `
		SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE c.relnamespace = $1::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)`, s.name)
	return err
}

func (s *schema) load(ctx context.Context, rows map[string][][]any) error {
	return s.native(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `SET session_replication_role = replica`); err == nil {
			defer conn.Exec(ctx, `RESET session_replication_role`)
		}
		for _, table := range tables {
			columns := strings.Split(table.columns, ", ")
			if _, err := conn.CopyFrom(ctx, pgx.Identifier{table.name}, columns, pgx.CopyFromRows(rows[table.name])); err != nil {
				return fmt.Errorf("%s: %w", table.name, err)
			}
		}
		return nil
	})
}

// native runs something on the driver's own connection.
func (s *schema) native(ctx context.Context, do func(*pgx.Conn) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error { return do(driver.(*stdlib.Conn).Conn()) })
}

// loaded moves the sequences past what was loaded, too.
func (s *schema) loaded(ctx context.Context) error {
	if err := makeIndexes(ctx, s.db, s.indexes); err != nil {
		return err
	}
	for _, table := range []string{"accounts", "hypervisors", "instances", "segments", "transactions"} {
		_, err := s.db.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), GREATEST((SELECT MAX(id) FROM `+table+`), 1))`, table)
		if err != nil {
			return err
		}
	}
	_, err := s.db.ExecContext(ctx, `VACUUM ANALYZE`)
	return err
}

// logged counts the pages that are written whole after a checkpoint, because
// between two settlements there is always one.
func (s *schema) logged(ctx context.Context, run func() error) (bytes int64, err error) {
	if _, err := s.db.ExecContext(ctx, `CHECKPOINT`); err != nil {
		return 0, err
	}
	var before string
	if err := s.db.QueryRowContext(ctx, `SELECT pg_current_wal_insert_lsn()::text`).Scan(&before); err != nil {
		return 0, err
	}
	if err := run(); err != nil {
		return 0, err
	}
	err = s.db.QueryRowContext(ctx, `SELECT (pg_current_wal_insert_lsn() - CAST($1 AS pg_lsn))::bigint`, before).Scan(&bytes)
	return bytes, err
}

func (s *schema) number(ctx context.Context, query string) (n int64, err error) {
	err = s.db.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

func (s *schema) remove() error {
	return errors.Join(s.db.Close(), s.onServer(context.Background(), `DROP SCHEMA `+s.name+` CASCADE`))
}

// transact runs something in a transaction.
func transact(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// index is one that can be taken away and made again.
type index struct{ name, definition string }

func dropIndexes(ctx context.Context, db *sql.DB, query string, args ...any) (indexes []index, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i index
		if err := rows.Scan(&i.name, &i.definition); err != nil {
			return nil, err
		}
		indexes = append(indexes, i)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, i := range indexes {
		if _, err := db.ExecContext(ctx, `DROP INDEX `+i.name); err != nil {
			return nil, fmt.Errorf("index %s: %w", i.name, err)
		}
	}
	return indexes, nil
}

func makeIndexes(ctx context.Context, db *sql.DB, indexes []index) error {
	for _, i := range indexes {
		if _, err := db.ExecContext(ctx, i.definition); err != nil {
			return fmt.Errorf("index %s: %w", i.name, err)
		}
	}
	return nil
}
