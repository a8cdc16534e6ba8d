package store

import "strings"

func (sqliteEngine) columns(t *tx, table string) ([]column, error) {
	return many(t, func(r row) (c column, err error) {
		err = r.Scan(&c.name, &c.counted)
		return c, err
	}, `SELECT name, name = 'id' AND pk = 1 FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid`, table)
}

// last is known of tables with AUTOINCREMENT, which are those that lose rows.
func (sqliteEngine) last(t *tx, table string) (int64, error) {
	return one(t, scanInt, `SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = $1`, table)
}

func (sqliteEngine) continueAfter(t *tx, table string, last int64) error {
	if _, err := t.exec(`DELETE FROM sqlite_sequence WHERE name = $1`, table); err != nil {
		return err
	}
	_, err := t.exec(`
		INSERT INTO sqlite_sequence (name, seq)
		SELECT name, $2 FROM sqlite_schema WHERE type = 'table' AND name = $1 AND sql LIKE '%AUTOINCREMENT%'`, table, last)
	return err
}

// fill writes row by row: within one transaction that is what SQLite does
// fastest.
func (sqliteEngine) fill(s *side, table string, columns []column, rows *rowStream) error {
	var places filter
	numbers := make([]string, len(columns))
	for i := range columns {
		numbers[i] = places.arg(nil)
	}
	insert, err := s.conn.PrepareContext(s.ctx, `INSERT INTO `+table+
		` (`+strings.Join(names(columns), ", ")+`) VALUES (`+strings.Join(numbers, ", ")+`)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(s.ctx, values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// receive sets aside the guards that judge a row by those before it, and puts
// them back.
func (sqliteEngine) receive(t *tx) (done func() error, err error) {
	type guard struct{ name, text string }
	guards, err := many(t, func(r row) (g guard, err error) {
		err = r.Scan(&g.name, &g.text)
		return g, err
	}, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '% BEFORE INSERT ON %'`)
	if err != nil {
		return nil, err
	}
	for _, g := range guards {
		if _, err := t.exec(`DROP TRIGGER ` + g.name); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, g := range guards {
			if _, err := t.exec(g.text); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
