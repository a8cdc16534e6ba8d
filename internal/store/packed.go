package store

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"sync"

	"modernc.org/sqlite"
)

// A row costs a driver more than everything that is done with it here. What is
// read by the million therefore travels packed: an aggregate of the engine makes
// one text of all rows, whose numbers are all that matters of it.

// packed runs a query whose only column is what the engine packs, and gives each
// of its rows, in no order, as width numbers that are valid until the next.
func (t *tx) packed(width int, each func(row []int64), query string, args ...any) error {
	text, err := one(t, func(r row) (text []byte, err error) {
		err = r.Scan(&text) // NULL where there are no rows
		return text, err
	}, query, args...)
	if err != nil {
		return err
	}
	row := make([]int64, 0, width)
	for number := range numbers(text) {
		if row = append(row, number); len(row) == width {
			each(row)
			row = row[:0]
		}
	}
	if len(row) > 0 {
		return t.fail(fmt.Errorf("packed rows of %d numbers leave %d", width, len(row)))
	}
	return nil
}

// numbers yields the integers of a text. What stands between them does not
// matter, and they fit.
func numbers(text []byte) func(yield func(int64) bool) {
	return func(yield func(int64) bool) {
		for i := 0; i < len(text); i++ {
			negative := text[i] == '-'
			if negative {
				i++
			}
			var number int64
			begin := i
			for ; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
				number = number*10 + int64(text[i]-'0')
			}
			if negative {
				number = -number
			}
			if i > begin && !yield(number) {
				return
			}
		}
	}
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

type packing struct{ text []byte }

func (p *packing) Step(_ *sqlite.FunctionContext, row []driver.Value) error {
	for _, value := range row {
		number, ok := value.(int64)
		if !ok {
			return fmt.Errorf("%T cannot be packed", value)
		}
		p.text = append(strconv.AppendInt(p.text, number, 10), ' ')
	}
	return nil
}

func (p *packing) WindowValue(*sqlite.FunctionContext) (driver.Value, error) { return p.text, nil }

func (p *packing) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return fmt.Errorf("%s is no window function", packFunction)
}

func (p *packing) Final(*sqlite.FunctionContext) {}
