package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine is a file with one writer at a time and any number of readers, or
// a database in memory with one connection for both.
type sqliteEngine struct{ path string }

const inMemory = ":memory:"

// newSQLite reads what follows "sqlite:" in a URL.
func newSQLite(rest string) (engine, error) {
	path := rest
	if strings.HasPrefix(rest, "//") {
		path = rest[len("//"):]
	}
	if path == "" {
		return nil, errors.New("a SQLite URL is sqlite::memory: or names a file, such as sqlite:///var/lib/accrue/accrue.db")
	}
	return sqliteEngine{path}, nil
}

func (sqliteEngine) name() string { return "sqlite" }

func (e sqliteEngine) open() (write, read *sql.DB, err error) {
	if e.path == inMemory {
		write, err = openPool("file::memory:?"+pragmas("immediate").Encode(), 1)
		return write, write, err
	}
	path, err := filepath.Abs(e.path)
	if err != nil {
		return nil, nil, err
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: pragmas("immediate").Encode()}
	if write, err = openPool(file.String(), 1); err != nil {
		return nil, nil, err
	}
	reading := pragmas("deferred")
	reading.Add("_pragma", "query_only(1)")
	file.RawQuery = reading.Encode()
	if read, err = openPool(file.String(), max(4, runtime.GOMAXPROCS(0))); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	return write, read, nil
}

// pragmas are the settings of every connection. FULL is what keeps the last
// commits when the power fails.
func pragmas(lock string) url.Values {
	return url.Values{
		"_txlock": {lock},
		"_pragma": {
			"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
			"foreign_keys(1)", "cache_size(-16384)", "temp_store(MEMORY)",
		},
	}
}

func openPool(dsn string, connections int) (*sql.DB, error) {
	if err := teachSQLite(); err != nil {
		return nil, err
	}
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(preparing{connector})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// expand has nothing to do: what is PostgreSQL's alone is in comments.
func (sqliteEngine) expand(query string) string { return query }

// bounded bounds nothing: what waits for the writer waits for a connection, which
// its caller bounds, and the driver starts a goroutine for each statement that
// could be interrupted.
func (sqliteEngine) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return ctx, func() {}
}

func (sqliteEngine) begin(ctx context.Context, conn *sql.Conn, write bool) (transaction, error) {
	begin := `BEGIN`
	if write {
		begin = `BEGIN IMMEDIATE`
	}
	_, err := conn.ExecContext(ctx, begin)
	return &sqliteTx{ctx: ctx, conn: conn}, err
}

// sqliteTx is a transaction without the goroutine that a sql.Tx has, to watch a
// context that is never cancelled.
type sqliteTx struct {
	ctx       context.Context
	conn      *sql.Conn
	committed bool
}

func (t *sqliteTx) Commit() error {
	_, err := t.conn.ExecContext(t.ctx, `COMMIT`)
	t.committed = err == nil
	return err
}

// Rollback gives up a connection that it fails on: nobody else may go on with
// what was begun there.
func (t *sqliteTx) Rollback() error {
	if t.committed {
		return nil
	}
	_, err := t.conn.ExecContext(t.ctx, `ROLLBACK`)
	if err != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
}

func (sqliteEngine) clock(context.Context, *sql.Conn) (time.Time, error) { return time.Now(), nil }

// There is one writer, so nobody has to wait for another.
func (sqliteEngine) takeTurns(*tx, string) error { return nil }
func (sqliteEngine) shareBatch(*tx, int64) error { return nil }
func (sqliteEngine) takeBatch(*tx, int64) error  { return nil }
func (sqliteEngine) lockTable(*tx, string) error { return nil }

func (sqliteEngine) dialect() goose.Dialect       { return goose.DialectSQLite3 }
func (sqliteEngine) lock() []goose.ProviderOption { return nil }

func (sqliteEngine) fault(err error) fault {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return faultOther
	}
	switch code := failure.Code(); {
	case code&0xff == sqlite3.SQLITE_BUSY, code&0xff == sqlite3.SQLITE_LOCKED:
		return faultRace
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return faultUnique
	case code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return faultReference
	}
	return faultOther
}

// preparing is a connector whose connections prepare each query once. Parsing
// one costs about as much as running it.
type preparing struct{ driver.Connector }

func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	connected, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparingConn{sqliteConn: connected.(sqliteConn), idle: make(map[string]sqliteStmt)}, nil
}

// sqliteConn and sqliteStmt are what the driver's connections and statements can
// do, and database/sql looks for.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparingConn is used by one goroutine at a time, like every driver.Conn.
type preparingConn struct {
	sqliteConn
	idle map[string]sqliteStmt // prepared and not in use, by their text
}

// ExecContext runs what has no arguments, such as a migration, as it is.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) > 0 {
		return nil, driver.ErrSkip // database/sql prepares it then
	}
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (c *preparingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if known, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return &preparedStmt{known, c, query}, nil
	}
	fresh, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &preparedStmt{fresh.(sqliteStmt), c, query}, nil
}

func (c *preparingConn) Close() error {
	var errs []error
	for _, stmt := range c.idle {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// preparedStmt goes back to its connection when it is closed.
type preparedStmt struct {
	sqliteStmt
	conn  *preparingConn
	query string
}

func (s *preparedStmt) Close() error {
	if _, ok := s.conn.idle[s.query]; ok {
		return s.sqliteStmt.Close()
	}
	s.conn.idle[s.query] = s.sqliteStmt
	return nil
}
