package store

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

// Through database/sql a row costs more than everything that is done with it
// here. What is read by the million therefore takes the engine's own way.

// width is how many columns there are.
func width(columns string) int { return strings.Count(columns, ",") + 1 }

// bulk of PostgreSQL takes rows as the server sends them in binary, one by one
// while it still looks for others.
func (postgresEngine) bulk(t *tx, columns, from string, args []any, each func(row []int64)) error {
	row := make([]int64, width(columns))
	return t.fail(t.conn.Raw(func(connected any) error {
		rows, err := connected.(*stdlib.Conn).Conn().Query(t.ctx, `SELECT `+columns+from, plain(args)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := decode(rows, row); err != nil {
				return err
			}
			each(row)
		}
		return rows.Err()
	}))
}

func decode(rows pgx.Rows, row []int64) error {
	for i, value := range rows.RawValues() {
		if len(value) != 8 {
			return fmt.Errorf("column %d has %d bytes and is no number", i+1, len(value))
		}
		row[i] = int64(binary.BigEndian.Uint64(value))
	}
	return nil
}

// bulk of SQLite takes one value, into which an aggregate has packed all rows.
func (e sqliteEngine) bulk(t *tx, columns, from string, args []any, each func(row []int64)) error {
	packed, err := one(t, func(r row) (packed []byte, err error) {
		err = r.Scan(&packed) // NULL where there are no rows
		return packed, err
	}, `SELECT `+packFunction+`(`+columns+`)`+from, args...)
	if err != nil {
		return err
	}
	row := make([]int64, width(columns))
	for len(packed) > 0 {
		for i := range row {
			row[i], packed = int64(binary.BigEndian.Uint64(packed)), packed[8:]
		}
		each(row)
	}
	return nil
}

// packFunction is the aggregate that packs integers for SQLite.
const packFunction = "accrue_pack"

// teachSQLite makes connections that are opened from now on know packFunction.
var teachSQLite = sync.OnceValue(func() error {
	return sqlite.RegisterFunction(packFunction, &sqlite.FunctionImpl{
		NArgs:         -1,
		Deterministic: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return new(packing), nil },
	})
})

type packing struct{ numbers []byte }

func (p *packing) Step(_ *sqlite.FunctionContext, row []driver.Value) error {
	for _, value := range row {
		number, ok := value.(int64)
		if !ok {
			return fmt.Errorf("%T cannot be packed", value)
		}
		p.numbers = binary.BigEndian.AppendUint64(p.numbers, uint64(number))
	}
	return nil
}

func (p *packing) WindowValue(*sqlite.FunctionContext) (driver.Value, error) { return p.numbers, nil }

func (p *packing) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return fmt.Errorf("%s is no window function", packFunction)
}

func (p *packing) Final(*sqlite.FunctionContext) {}
