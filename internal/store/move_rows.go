package store

import (
	"database/sql"
	"fmt"
	"hash/maphash"
)

// rowStream is the rows of a table, one at a time, as both engines understand
// them: int64, string, []byte and nil. Whoever has read them to the end knows
// their tally.
type rowStream struct {
	tally
	rows   *sql.Rows
	values []any
	into   []any // pointers to values
}

func newRowStream(rows *sql.Rows, columns int) *rowStream {
	r := &rowStream{rows: rows, values: make([]any, columns), into: make([]any, columns)}
	for i := range r.values {
		r.into[i] = &r.values[i]
	}
	return r
}

// Next goes to the next row, if there is one.
func (r *rowStream) Next() bool { return r.rows.Next() }

// Err is why there is no next row, or nil at the end of the table.
func (r *rowStream) Err() error { return r.rows.Err() }

// Values returns the row. It is good until the next one is asked for.
func (r *rowStream) Values() ([]any, error) {
	if err := r.rows.Scan(r.into...); err != nil {
		return nil, err
	}
	for i, value := range r.values {
		switch value := value.(type) {
		case nil, int64, string, []byte:
		case bool:
			if r.values[i] = int64(0); value {
				r.values[i] = int64(1)
			}
		default:
			return nil, fmt.Errorf("column %d is a %T", i+1, value)
		}
	}
	r.add(r.values)
	return r.values, nil
}

// drain reads what is left, for its tally.
func (r *rowStream) drain() error {
	for r.Next() {
		if _, err := r.Values(); err != nil {
			return err
		}
	}
	return r.Err()
}

// tally tells tables apart that differ in any row, in whatever order they are:
// how many rows there are, and the sum of their hashes.
type tally struct {
	rows int64
	sum  uint64
}

var tallySeed = maphash.MakeSeed()

func (t *tally) add(values []any) {
	var hash maphash.Hash
	hash.SetSeed(tallySeed)
	for _, value := range values {
		if bytes, ok := value.([]byte); ok {
			value = blob(bytes)
		}
		maphash.WriteComparable(&hash, value)
	}
	t.rows++
	t.sum += hash.Sum64()
}

// blob is bytes that differ from the text of the same bytes.
type blob string
