package store

import (
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

func (postgresEngine) columns(t *tx, table string) ([]column, error) {
	return many(t, func(r row) (c column, err error) {
		err = r.Scan(&c.name, &c.boolean, &c.counted)
		return c, err
	}, `
		SELECT attname, atttypid = 'bool'::regtype, attidentity <> '' FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`, table)
}

func (postgresEngine) last(t *tx, table string) (int64, error) {
	sequence, err := one(t, func(r row) (name string, err error) { return name, r.Scan(&name) },
		`SELECT COALESCE(pg_get_serial_sequence($1, 'id'), '')`, table)
	if err != nil || sequence == "" {
		return 0, err
	}
	return one(t, scanInt, `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM `+sequence)
}

// continueAfter is undone with the transaction, which setval is not.
func (postgresEngine) continueAfter(t *tx, table string, last int64) error {
	_, err := t.exec(`ALTER TABLE ` + table + ` ALTER COLUMN id RESTART WITH ` + strconv.FormatInt(last+1, 10))
	return err
}

// fill writes a table by COPY.
func (postgresEngine) fill(s *side, table string, columns []column, rows *rowStream) error {
	return s.conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(s.ctx, pgx.Identifier{table}, names(columns), declared{rows, columns})
		return err
	})
}

// declared is rows whose booleans are booleans.
type declared struct {
	*rowStream
	columns []column
}

func (d declared) Values() ([]any, error) {
	values, err := d.rowStream.Values()
	if err != nil {
		return nil, err
	}
	for i, c := range d.columns {
		if c.boolean {
			values[i] = values[i] == int64(1)
		}
	}
	return values, nil
}

// receive leaves the guards as they are: a table arrives as one statement, which
// they see whole. What was filled is new to the planner of queries, so it is told.
func (postgresEngine) receive(t *tx) (done func() error, err error) {
	return func() error {
		for _, table := range tables {
			if _, err := t.exec(`ANALYZE ` + table); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
