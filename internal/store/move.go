package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"accrue/internal/panel"
)

// Move copies a whole database into an empty one, of the same kind or of the
// other. It happens in one transaction of the target, during which nobody writes
// to either database: either all of it is there afterwards, or nothing.
type Move struct {
	// From and To are URLs as in Options. The source is only read, and must have
	// the schema of this program. The target is brought up to date, and must be
	// empty.
	From, To string
	// Source and Target look at the databases: at the source before anything is
	// copied, at the target when everything is, and before it is committed. An
	// error of theirs ends the move. Both may be nil.
	Source, Target func(context.Context, panel.Store) error
	// Moved, unless nil, is told of each table that was copied and read back.
	Moved func(table string, rows int64)
}

// tables are all tables, each after those that it refers to.
var tables = []string{
	"settings", "currencies", "currency_values",
	"accounts", "users", "sessions", "tokens",
	"locations", "hypervisors", "plan_groups", "plans", "plan_locations", "prices", "images", "image_replicas",
	"address_pools", "pool_locations", "pool_hypervisors",
	"instances", "allocations", "holds", "readings", "metric_blocks", "addresses", "tenures", "findings", "sightings", "seeds", "ssh_keys",
	"snapshots", "segments", "minimums", "traffic", "traffic_due", "traffic_charges", "throttles", "statements", "statement_lines",
	"transactions", "settlements", "postings", "orders",
	"requests", "console_tickets", "mails", "tasks", "events", "audit", "beats",
}

// mover is what an engine knows about whole tables.
type mover interface {
	// columns lists what can be written of a table; what is derived is left out.
	columns(t *tx, table string) ([]column, error)
	// last is the highest number that a table has given to a row so far, or 0.
	// Rows that are gone count: their numbers are not given out again.
	last(t *tx, table string) (int64, error)
	// continueAfter lets a table give out higher numbers than one only.
	continueAfter(t *tx, table string, last int64) error
	// fill writes all rows of a table.
	fill(s *side, table string, columns []column, rows *rowStream) error
	// receive lets tables be filled in any order until done is called.
	receive(t *tx) (done func() error, err error)
}

// column is a column of a table.
type column struct {
	name    string
	boolean bool // to be written as one
	counted bool // numbers rows by itself
}

// Run moves everything. An error says that nothing was moved, unless it is about
// the last step, the commit.
func (m Move) Run(ctx context.Context) (err error) {
	if m.From == m.To {
		return errors.New("source and target are the same database")
	}
	source, err := openAsItIs(ctx, m.From)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := Open(ctx, Options{URL: m.To})
	if err != nil {
		return fmt.Errorf("target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	to, err := target.alone(ctx)
	if err != nil {
		return fmt.Errorf("target: %w", err)
	}
	defer to.release()
	if err := to.wantEmpty(); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	from, err := source.alone(ctx)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	defer from.release()
	if err := sameSchema(from, to); err != nil {
		return err
	}
	if err := m.copy(from, to); err != nil {
		return err
	}
	if err := to.Commit(); err != nil {
		return fmt.Errorf("commit: %w", target.wrap(err))
	}
	return nil
}

// copy copies every table, checks that it reads back the same, and lets the
// callbacks look.
func (m Move) copy(from, to *side) error {
	if err := from.show(m.Source); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	done, err := to.store.engine.receive(to.tx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		rows, err := copyTable(from, to, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		if m.Moved != nil {
			m.Moved(table, rows)
		}
	}
	if err := done(); err != nil {
		return err
	}
	if err := to.show(m.Target); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	return nil
}

// copyTable copies a table and returns how many rows it has.
func copyTable(from, to *side, table string) (int64, error) {
	engine := to.store.engine
	columns, err := engine.columns(to.tx, table)
	if err != nil {
		return 0, err
	}
	var sent tally
	err = from.each(table, columns, func(rows *rowStream) error {
		defer func() { sent = rows.tally }()
		return engine.fill(to, table, columns, rows)
	})
	if err != nil {
		return 0, err
	}
	var arrived tally
	err = to.each(table, columns, func(rows *rowStream) error {
		defer func() { arrived = rows.tally }()
		return rows.drain()
	})
	if err != nil {
		return 0, err
	}
	if arrived != sent {
		return 0, fmt.Errorf("%d rows were sent, and reading them back gives %d that differ", sent.rows, arrived.rows)
	}
	if !slices.ContainsFunc(columns, func(c column) bool { return c.counted }) {
		return sent.rows, nil
	}
	last, err := from.store.engine.last(from.tx, table)
	if err != nil {
		return 0, err
	}
	highest, err := one(to.tx, scanInt, `SELECT COALESCE(MAX(id), 0) FROM `+table)
	if err != nil {
		return 0, err
	}
	return sent.rows, engine.continueAfter(to.tx, table, max(last, highest))
}

// side is one of the two databases of a move: a transaction that may take as
// long as it takes.
type side struct{ *tx }

// alone begins a transaction that keeps everybody else from writing.
func (s *Store) alone(ctx context.Context) (*side, error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	begun, err := s.engine.begin(ctx, conn, true)
	if err != nil {
		return nil, errors.Join(s.wrap(err), conn.Close())
	}
	bounded, cancel := context.WithTimeout(ctx, maxTransaction) // longer than anybody else may hold a table
	defer cancel()
	d := &side{&tx{store: s, conn: conn, transaction: begun, ctx: bounded}}
	for _, table := range tables {
		if err := s.engine.lockTable(d.tx, table); err != nil {
			d.release()
			return nil, fmt.Errorf("lock table %s: %w", table, err)
		}
	}
	d.ctx = ctx
	return d, nil
}

// release ends the transaction. Nothing is kept that was not committed.
func (d *side) release() {
	_ = d.Rollback()   // after a commit it has nothing to do
	_ = d.conn.Close() // gives it back
}

// wantEmpty returns an error that says what is there.
func (d *side) wantEmpty() error {
	var found []string
	for _, table := range tables {
		rows, err := one(d.tx, scanInt, `SELECT COUNT(*) FROM `+table)
		if err != nil {
			return err
		}
		if rows > 0 {
			found = append(found, fmt.Sprintf("%s (%d)", table, rows))
		}
	}
	if len(found) > 0 {
		return fmt.Errorf("it is not empty; there are rows in %s", strings.Join(found, ", "))
	}
	return nil
}

// each reads a table in the order of its key, or of its first columns: what is
// written in the order of an index is written fastest.
func (d *side) each(table string, columns []column, do func(*rowStream) error) error {
	query := `SELECT ` + strings.Join(names(columns), ", ") + ` FROM ` + table + ` ORDER BY 1, 2`
	rows, err := d.conn.QueryContext(d.ctx, query)
	if err != nil {
		return d.fail(err)
	}
	defer rows.Close()
	if err := do(newRowStream(rows, len(columns))); err != nil {
		return d.fail(err)
	}
	return d.fail(rows.Err())
}

// show lets somebody look at what the transaction sees.
func (d *side) show(look func(context.Context, panel.Store) error) error {
	if look == nil {
		return nil
	}
	return look(d.ctx, within{d.tx})
}

// within is a transaction to be looked at as if it were a database.
type within struct{ *tx }

func (w within) View(_ context.Context, read func(panel.Tx) error) error {
	if err := read(w.tx); err != nil {
		return err
	}
	return w.failed
}

func (w within) Update(context.Context, func(panel.Tx) error) error {
	return errors.New("what is being moved is only looked at")
}

func names(columns []column) (all []string) {
	for _, c := range columns {
		all = append(all, c.name)
	}
	return all
}

// openAsItIs connects to a database that is there, without bringing its schema
// up to date.
func openAsItIs(ctx context.Context, url string) (*Store, error) {
	e, err := newEngine(url)
	if err != nil {
		return nil, err
	}
	if file, ok := e.(sqliteEngine); ok && file.path != inMemory {
		if _, err := os.Stat(file.path); err != nil {
			return nil, err // SQLite would make a file
		}
	}
	write, read, err := e.open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", e.name(), err)
	}
	s := &Store{engine: e, write: write, read: read}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", e.name(), err), s.Close())
	}
	return s, nil
}

// sameSchema returns an error unless the source's schema is the target's, which
// is this program's.
func sameSchema(from, to *side) error {
	const version = `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`
	want, err := one(to.tx, scanInt, version)
	if err != nil {
		return fmt.Errorf("target: read the schema's version: %w", err)
	}
	got, err := one(from.tx, scanInt, version)
	if err != nil {
		return fmt.Errorf("source: read the schema's version: %w", err)
	}
	if got != want {
		return fmt.Errorf("source: its schema has version %d and this program's %d; bring it up to date with accrue migrate first", got, want)
	}
	return nil
}
