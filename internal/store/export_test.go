package store

import (
	"context"
	"database/sql"
	"errors"
)

// Queries returns the text of each query that the connections of a SQLite store
// have prepared so far.
func (s *Store) Queries(ctx context.Context) (queries []string, err error) {
	for _, pool := range []*sql.DB{s.write, s.read} {
		var held []*sql.Conn // so that each is asked once
		for range pool.Stats().OpenConnections {
			conn, failed := pool.Conn(ctx)
			if failed != nil {
				return nil, errors.Join(err, failed)
			}
			held = append(held, conn)
			err = errors.Join(err, conn.Raw(func(c any) error {
				for query := range c.(*preparingConn).idle {
					queries = append(queries, query)
				}
				return nil
			}))
		}
		for _, conn := range held {
			err = errors.Join(err, conn.Close())
		}
	}
	return queries, err
}
