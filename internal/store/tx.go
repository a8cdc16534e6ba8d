package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// tx is one transaction. Its methods are in the files of their nouns.
//
// Statements go through its connection: through a sql.Tx, database/sql would
// start a goroutine for each, which costs more than a small statement itself.
type tx struct {
	store       *Store
	conn        *sql.Conn
	transaction                 // begun on conn
	ctx         context.Context // bounded, and not the caller's
	now         billing.Instant // 0 until it was asked for
	failed      error           // of the first statement that failed
}

var _ panel.Tx = (*tx)(nil)

// Now returns the clock's second when it is first asked for. Where the clock is
// the database's and does not answer, the transaction cannot be committed.
func (t *tx) Now() billing.Instant {
	if t.now != 0 {
		return t.now
	}
	var now time.Time
	if t.store.now != nil {
		now = t.store.now()
	} else {
		var err error
		if now, err = t.store.engine.clock(t.ctx, t.conn); err != nil {
			_ = t.fail(fmt.Errorf("ask the database for the time: %w", err))
		}
	}
	t.now = billing.At(now)
	return t.now
}

// fail gives an error the panel's meaning, and keeps the transaction from being
// committed.
func (t *tx) fail(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if ended := t.ctx.Err(); ended != nil && errors.Is(err, driver.ErrBadConn) {
		err = ended // database/sql has rolled back and dropped the connection
	}
	err = t.store.wrap(err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// exec runs a statement and returns how many rows it concerned.
func (t *tx) exec(query string, args ...any) (int64, error) {
	result, err := t.conn.ExecContext(t.ctx, t.store.engine.expand(query), plain(args)...)
	if err != nil {
		return 0, t.fail(err)
	}
	return result.RowsAffected()
}

// must runs a statement that concerns a row; without one it is ErrNotFound.
func (t *tx) must(query string, args ...any) error {
	rows, err := t.exec(query, args...)
	if err == nil && rows == 0 {
		return panel.ErrNotFound
	}
	return err
}

// insert runs an INSERT ... ON CONFLICT DO NOTHING RETURNING id. A row that was
// not inserted exists already, and the transaction may go on.
func (t *tx) insert(query string, args ...any) (id int64, err error) {
	id, err = one(t, scanInt, query, args...)
	if errors.Is(err, panel.ErrNotFound) {
		return 0, panel.ErrExists
	}
	return id, err
}

// one returns the row of a query that has one, or ErrNotFound.
func one[T any](t *tx, scan func(row) (T, error), query string, args ...any) (T, error) {
	value, err := scan(t.conn.QueryRowContext(t.ctx, t.store.engine.expand(query), plain(args)...))
	if errors.Is(err, sql.ErrNoRows) {
		return value, panel.ErrNotFound
	}
	return value, t.fail(err)
}

// many returns the rows of a query.
func many[T any](t *tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.conn.QueryContext(t.ctx, t.store.engine.expand(query), plain(args)...)
	if err != nil {
		return nil, t.fail(err)
	}
	defer func() { _ = rows.Close() }()
	var values []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, t.fail(err)
		}
		values = append(values, value)
	}
	return values, t.fail(rows.Err())
}
