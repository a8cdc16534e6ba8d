package sim

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"accrue/internal/panel"
)

// file is a shelf in an SQLite file: what is done is still done after the
// process was killed. It takes no contexts, because a hypervisor does not stop
// half-way when whoever asked has gone.
type file struct {
	db *sql.DB
}

//go:embed schema.sql
var schema string

func openFile(path string) (*file, error) {
	query := url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)"},
		"_txlock": {"immediate"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(context.Background(), schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &file{db}, nil
}

func (f *file) find(hypervisor int64, uid string) (Placed, error) {
	return findMachine(f.db, hypervisor, uid)
}

func (f *file) list(hypervisor int64) ([]Placed, error) {
	rows, err := f.db.QueryContext(context.Background(),
		`SELECT content FROM placed WHERE $1 IN (hypervisor, 0) ORDER BY hypervisor, uid`, hypervisor)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Placed
	for rows.Next() {
		p, err := scanMachine(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

func (f *file) change(hypervisor int64, uid string, do func(*Placed) error) error {
	ctx := context.Background()
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	p, err := findMachine(tx, hypervisor, uid)
	if err != nil {
		return err
	}
	if err := do(&p); err != nil {
		return err
	}
	if p.exists() {
		p.Hypervisor, p.UID = hypervisor, uid
		err = keepMachine(ctx, tx, p)
	} else {
		_, err = tx.ExecContext(ctx, `DELETE FROM placed WHERE hypervisor = $1 AND uid = $2`, hypervisor, uid)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// keepMachine writes a machine down, unless it is written down as it is.
func keepMachine(ctx context.Context, tx *sql.Tx, p Placed) error {
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO placed (hypervisor, uid, content) VALUES ($1, $2, $3)
		ON CONFLICT (hypervisor, uid) DO UPDATE SET content = excluded.content WHERE content <> excluded.content`,
		p.Hypervisor, p.UID, string(content))
	return err
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findMachine(q querier, hypervisor int64, uid string) (Placed, error) {
	p, err := scanMachine(q.QueryRowContext(context.Background(),
		`SELECT content FROM placed WHERE hypervisor = $1 AND uid = $2`, hypervisor, uid))
	if errors.Is(err, sql.ErrNoRows) {
		return Placed{}, nil
	}
	return p, err
}

func scanMachine(row interface{ Scan(...any) error }) (p Placed, err error) {
	var content []byte
	if err := row.Scan(&content); err != nil {
		return p, err
	}
	return p, json.Unmarshal(content, &p)
}

func (f *file) host(hypervisor int64) (host, error) {
	return findHost(f.db, hypervisor)
}

func findHost(q querier, hypervisor int64) (h host, err error) {
	err = q.QueryRowContext(context.Background(), `SELECT uid, boots FROM host WHERE hypervisor = $1`, hypervisor).Scan(&h.UID, &h.Boots)
	if errors.Is(err, sql.ErrNoRows) {
		return host{}, nil
	}
	return h, err
}

func (f *file) changeHost(hypervisor int64, do func(*host)) error {
	ctx := context.Background()
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	h, err := findHost(tx, hypervisor)
	if err != nil {
		return err
	}
	do(&h)
	if _, err := tx.ExecContext(ctx, `INSERT INTO host (hypervisor, uid, boots) VALUES ($1, $2, $3)
		ON CONFLICT (hypervisor) DO UPDATE SET uid = excluded.uid, boots = excluded.boots`, hypervisor, h.UID, h.Boots); err != nil {
		return err
	}
	return tx.Commit()
}

func (f *file) faults(hypervisor int64) (map[panel.Fault]bool, error) {
	rows, err := f.db.QueryContext(context.Background(), `SELECT fault FROM fault WHERE hypervisor = $1`, hypervisor)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	on := map[panel.Fault]bool{}
	for rows.Next() {
		var fault panel.Fault
		if err := rows.Scan(&fault); err != nil {
			return nil, err
		}
		on[fault] = true
	}
	return on, rows.Err()
}

func (f *file) setFault(hypervisor int64, fault panel.Fault, on bool) error {
	query := `DELETE FROM fault WHERE hypervisor = $1 AND fault = $2`
	if on {
		query = `INSERT INTO fault (hypervisor, fault) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	}
	_, err := f.db.ExecContext(context.Background(), query, hypervisor, fault)
	return err
}

func (f *file) close() error { return f.db.Close() }
