package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"accrue/internal/panel"
)

// Options say which database, and by which clock.
type Options struct {
	// URL is "sqlite:///var/lib/accrue/accrue.db", "sqlite:accrue.db" in the
	// working directory, "sqlite::memory:", or what PostgreSQL takes,
	// "postgres://accrue@db/accrue".
	URL string
	// Now is the clock of Tx.Now. Without it the clock is this machine's for
	// SQLite, and the database's for PostgreSQL: where several machines share a
	// database, none is trusted with the time of money.
	Now func() time.Time
}

// Store is a panel.Store on a SQL database.
type Store struct {
	engine engine
	write  *sql.DB
	read   *sql.DB // the same as write where one pool does
	now    func() time.Time

	settings settingsDecoder
}

var _ panel.Store = (*Store)(nil)

// engine is what the two kinds of databases do not share.
type engine interface {
	name() string
	// open returns a pool for writing and one for reading.
	open() (write, read *sql.DB, err error)
	// expand turns the common text of a query into the engine's.
	expand(query string) string
	// bulk gives each row of SELECT columns from, in no order, as numbers that are
	// valid until the next. See bulk.go.
	bulk(t *tx, columns, from string, args []any, each func(row []int64)) error
	// bounded is the context of a transaction that may take maxTransaction, where
	// anything can keep one waiting.
	bounded(context.Context) (context.Context, context.CancelFunc)
	// begin begins a transaction on a connection. What is not to write sees one
	// state of the database.
	begin(ctx context.Context, conn *sql.Conn, write bool) (transaction, error)
	// fault says what kind of failure an error of the driver is.
	fault(error) fault
	// clock returns the time by the engine's own clock.
	clock(context.Context, *sql.Conn) (time.Time, error)
	// takeTurns lets one transaction at a time go on with a subject.
	takeTurns(t *tx, subject string) error
	// shareBatch keeps a batch of accounts from being settled. Whoever locks an
	// account of it does that first. takeBatch waits for all of those to end, and
	// keeps others from sharing it.
	shareBatch(t *tx, batch int64) error
	takeBatch(t *tx, batch int64) error
	// lockTable waits for whoever writes to a table or has rows of it locked, and
	// keeps others from it.
	lockTable(t *tx, table string) error
	migrator
	mover
}

// transaction is how one ends, which *sql.Tx can do. After it was committed there
// is nothing to roll back.
type transaction interface {
	Commit() error
	Rollback() error
}

// Open connects to a database and brings its schema up to date. Several
// processes may do so at once.
func Open(ctx context.Context, options Options) (*Store, error) {
	e, err := newEngine(options.URL)
	if err != nil {
		return nil, err
	}
	write, read, err := e.open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", e.name(), err)
	}
	s := &Store{engine: e, write: write, read: read, now: options.Now}
	if err := untilWon(ctx, func() error { return s.wrap(migrate(ctx, e, write)) }); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", e.name(), err), s.Close())
	}
	return s, nil
}

func newEngine(url string) (engine, error) {
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		return newSQLite(rest)
	case "postgres", "postgresql":
		return newPostgres(url)
	default:
		return nil, errors.New(`a database URL begins with "sqlite:" or "postgres:"`)
	}
}

// Close waits for transactions to end and closes the database.
func (s *Store) Close() error {
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Engine returns "sqlite" or "postgres".
func (s *Store) Engine() string { return s.engine.name() }

// Ping returns an error when the database does not answer.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Bounds of a transaction. What holds locks for longer than maxTransaction has
// lost its way.
const (
	maxTransaction = 30 * time.Second
	maxTries       = 12
)

// patience is for how long a database that was lost is waited for: longer than a
// planned change of its leader takes, and not so long that people wonder.
const patience = 3 * time.Second

// View reads a consistent state.
func (s *Store) View(ctx context.Context, read func(panel.Tx) error) error {
	return untilBack(ctx, func() error { return s.once(ctx, s.read, false, read) })
}

// Update reads and writes. Once it has begun, it ends by its own doing: the
// caller's going away does not interrupt it. When the database is lost while it
// commits, the error is panel.ErrUncertain.
func (s *Store) Update(ctx context.Context, write func(panel.Tx) error) error {
	return untilBack(ctx, func() error { return s.once(ctx, s.write, true, write) })
}

// untilBack is untilWon for something that is also tried again when the database
// was lost before anything can have come of it.
func untilBack(ctx context.Context, attempt func() error) error {
	for began := time.Now(); ; {
		err := untilWon(ctx, attempt)
		if !errors.Is(err, errLost) || time.Since(began) > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(100 * time.Millisecond)):
		}
	}
}

// untilWon tries something again when it has lost a race, a bounded number of
// times and after pauses at random, so that the same ones do not meet again.
func untilWon(ctx context.Context, attempt func() error) error {
	for tries := 1; ; tries++ {
		err := attempt()
		if !errors.Is(err, errRace) || tries == maxTries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Millisecond << min(tries, 8))):
		}
	}
}

// once runs a transaction. Only the wait for a connection ends with the caller's
// context: a driver that is interrupted in a statement throws its connection
// away, and many at once would leave none.
func (s *Store) once(ctx context.Context, db *sql.DB, write bool, fn func(panel.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", s.wrap(err))
	}
	defer func() { giveBack(conn, err) }()
	bounded, cancel := s.engine.bounded(context.WithoutCancel(ctx))
	defer cancel()
	begun, err := s.engine.begin(bounded, conn, write)
	if err != nil {
		return s.wrap(err)
	}
	defer func() { _ = begun.Rollback() }() // does nothing after a commit; runs also when fn panics
	t := &tx{store: s, conn: conn, transaction: begun, ctx: bounded}
	err = fn(t)
	switch {
	case errors.Is(t.failed, errRace), errors.Is(t.failed, errLost): // whatever fn made of it
		return t.failed
	case err != nil:
		return err
	case t.failed != nil:
		return t.failed
	case !write:
		return nil
	}
	return committed(bounded, s.wrap(begun.Commit()))
}

// committed is what a commit has come to. One that got no answer is neither done
// nor undone, and not for the store to try again.
func committed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLost), ctx.Err() != nil:
		return fmt.Errorf("%w: commit: %v", panel.ErrUncertain, err)
	default:
		return fmt.Errorf("commit: %w", err)
	}
}

// giveBack gives a connection back, unless the database was lost behind it: where
// it leads now, nobody should go.
func giveBack(conn *sql.Conn, err error) {
	if errors.Is(err, errLost) || errors.Is(err, panel.ErrUncertain) {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // which drops it
	}
	_ = conn.Close()
}
