package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// postgresEngine is a database that any number of processes share.
type postgresEngine struct{ config *pgx.ConnConfig }

// postgresConnections bounds the connections of one process.
const postgresConnections = 24

// longestDial is after how long a server that does not answer is not there.
const longestDial = 2 * time.Second

func newPostgres(url string) (engine, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "accrue"
	}
	config.ConnectTimeout = min(config.ConnectTimeout, longestDial)
	return postgresEngine{config}, nil
}

func (postgresEngine) name() string { return "postgres" }

func (e postgresEngine) open() (write, read *sql.DB, err error) {
	db := stdlib.OpenDB(*e.config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, db, nil
}

var postgresText = strings.NewReplacer(
	"/*pg:", "",
	"*/", "",
)

func (postgresEngine) expand(query string) string {
	if !strings.Contains(query, "/*") {
		return query
	}
	return postgresText.Replace(query)
}

func (postgresEngine) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, maxTransaction)
}

// begin lets what writes read what is committed at each statement. Whatever must
// not change in between is locked, so no transaction fails only because others
// ran.
func (postgresEngine) begin(ctx context.Context, conn *sql.Conn, write bool) (transaction, error) {
	options := sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if !write {
		options = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return conn.BeginTx(ctx, &options)
}

func (postgresEngine) clock(ctx context.Context, conn *sql.Conn) (time.Time, error) {
	var seconds int64
	err := conn.QueryRowContext(ctx, `SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT)`).Scan(&seconds)
	return time.Unix(seconds, 0), err
}

func (postgresEngine) takeTurns(t *tx, subject string) error {
	_, err := t.exec(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))`, subject)
	return err
}

// A batch is locked by its name alone. Row locks would write every account, and
// its page to the log.
const batchLock = `hashtextextended(current_schema() || '/batch/' || CAST($1 AS BIGINT), 0)`

func (postgresEngine) shareBatch(t *tx, batch int64) error {
	_, err := t.exec(`SELECT pg_advisory_xact_lock_shared(`+batchLock+`)`, batch)
	return err
}

func (postgresEngine) takeBatch(t *tx, batch int64) error {
	_, err := t.exec(`SELECT pg_advisory_xact_lock(`+batchLock+`)`, batch)
	return err
}

func (postgresEngine) lockTable(t *tx, table string) error {
	_, err := t.exec(`LOCK TABLE ` + table + ` IN EXCLUSIVE MODE`)
	return err
}

// The SQLSTATE codes that are told apart; PostgreSQL's manual, appendix A.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	foreignKeyViolation  = "23503"
	readOnlyTransaction  = "25006" // the server follows another one now
	tooManyConnections   = "53300"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
	connectionException  = "08" // and whatever follows
)

func (postgresEngine) fault(err error) fault {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return faultOfConnection(err)
	}
	switch failure.Code {
	case readOnlyTransaction, tooManyConnections, adminShutdown, crashShutdown, cannotConnectNow:
		return faultLost
	case serializationFailure, deadlockDetected:
		return faultRace
	case uniqueViolation:
		return faultUnique
	case foreignKeyViolation:
		return faultReference
	}
	if strings.HasPrefix(failure.Code, connectionException) {
		return faultLost
	}
	return faultOther
}

// faultOfConnection judges an error that no server has sent. A statement that
// took too long is not a loss: it would take too long again.
func faultOfConnection(err error) fault {
	var dial *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.As(err, &dial):
		return faultLost
	case pgconn.Timeout(err), errors.Is(err, context.Canceled):
		return faultOther
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, pgconn.ErrConnClosed), pgconn.SafeToRetry(err):
		return faultLost
	}
	return faultOther
}

func (postgresEngine) dialect() goose.Dialect { return goose.DialectPostgres }

func (postgresEngine) lock() []goose.ProviderOption {
	return []goose.ProviderOption{goose.WithSessionLocker(schemaLock{})}
}

// schemaLock lets one process at a time migrate a schema. The others wait for it
// without asking again and again.
type schemaLock struct{}

const schemaLockKey = `hashtextextended(current_schema() || '/migrate', 0)`

func (schemaLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(`+schemaLockKey+`)`)
	return err
}

func (schemaLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(`+schemaLockKey+`)`)
	return err
}
