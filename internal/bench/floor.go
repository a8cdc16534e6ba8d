package bench

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// The floor is the least that a settlement can be on an engine: one transaction
// reads every open segment and every account's figures, rates them in a plain
// loop, and writes the same rows with the same entries as the panel does. It
// takes no locks and no notice of anything that could have changed, and nobody
// else can write until it ends.

// charged is an account as the floor reads it.
type charged struct {
	id, batch       int64
	posted, charged billing.Credits // posted counts only if it is not settled with its batch
	since           billing.Instant
	batched         bool
	before, now     billing.Credits // charges until the last settlement and until this one
}

// tally adds what segments have cost to their accounts.
type tally struct {
	at, last billing.Instant
	accounts []charged // by id, from 1 on without gaps
}

func (t *tally) account(row []int64) {
	t.accounts = append(t.accounts, charged{
		id: row[0], batch: panel.BatchOf(row[0]), posted: billing.Credits(row[1]), charged: billing.Credits(row[2]),
		since: billing.Instant(row[3]), batched: billing.Instant(row[4]) < t.last,
		before: billing.Credits(row[2]), now: billing.Credits(row[2]),
	})
}

func (t *tally) segment(row []int64) {
	a := &t.accounts[row[0]-1]
	s := billing.Segment{
		Price:   billing.Price{Mode: billing.Mode(row[1]), Hourly: billing.Credits(row[2]), Monthly: billing.Credits(row[3])},
		Percent: row[4], From: billing.Instant(row[5]), To: billing.Never,
		Carry: billing.Carry{Seconds: row[6], Capped: billing.Credits(row[7]), Cap: billing.Credits(row[8])},
	}
	a.now += s.Charge(a.since, t.at)
	if a.batched {
		a.before += s.Charge(a.since, t.last)
	}
}

const (
	floorLast     = `SELECT COALESCE(MAX(settled_at), 0) FROM settlements`
	floorAccounts = `id, posted, charged, since, settled_at`
	floorSegments = `account_id, mode, hourly, monthly, percent, starts_at, carry_seconds, carry_capped, carry_cap`
	floorOpen     = ` FROM segments WHERE ends_at = 9223372036854775807`
)

// written is what the floor writes: a row of each for a batch of accounts.
type written struct {
	keys           []string
	batches, total []int64
	usage          []string
}

// write makes the rows.
func (t *tally) write(key string) (w written) {
	var text []byte
	var total billing.Credits
	for i, a := range t.accounts {
		if !a.batched {
			a.before = a.posted
		}
		text = append(strconv.AppendInt(append(text, '"'), a.id, 10), `":[`...)
		text = append(strconv.AppendInt(text, int64(a.now-a.before), 10), ',')
		text = append(strconv.AppendInt(text, int64(a.now), 10), `],`...)
		total += a.now - a.before
		if i+1 < len(t.accounts) && t.accounts[i+1].batch == a.batch {
			continue
		}
		w.keys = append(w.keys, fmt.Sprintf("%s/%d", key, a.batch))
		w.batches, w.total = append(w.batches, a.batch), append(w.total, int64(total))
		w.usage = append(w.usage, "{"+string(text[:len(text)-1])+"}")
		text, total = text[:0], 0
	}
	return w
}

// floor of SQLite reads through the aggregate that the store has taught it, so
// that no row passes the driver on its own.
func (f *file) floor(ctx context.Context, usage panel.Transaction) error {
	return transact(ctx, f.db, func(tx *sql.Tx) error {
		t := tally{at: usage.At}
		if err := tx.QueryRowContext(ctx, floorLast).Scan(&t.last); err != nil {
			return err
		}
		if err := unpack(ctx, tx, 5, t.account, `SELECT accrue_pack(`+floorAccounts+`) FROM accounts`); err != nil {
			return err
		}
		const stretch = 10_000 // accounts
		for first := 1; first <= len(t.accounts); first += stretch {
			err := unpack(ctx, tx, 9, t.segment,
				`SELECT accrue_pack(`+floorSegments+`)`+floorOpen+` AND account_id BETWEEN ? AND ?`, first, first+stretch-1)
			if err != nil {
				return err
			}
		}
		return t.write(usage.Key).insert(ctx, tx, usage)
	})
}

// insert writes the rows one by one, which is what SQLite does fastest.
func (w written) insert(ctx context.Context, tx *sql.Tx, usage panel.Transaction) error {
	for i, key := range w.keys {
		var id int64
		err := tx.QueryRowContext(ctx, `INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
			VALUES (?, ?, ?, ?, '', '', '') RETURNING id`, key, string(usage.Kind), int64(usage.At), int64(usage.Month)).Scan(&id)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO settlements (transaction_id, batch, settled_at, total, late, usage)
			VALUES (?, ?, ?, ?, '', ?)`, id, w.batches[i], int64(usage.At), w.total[i], w.usage[i])
		if err != nil {
			return err
		}
	}
	return nil
}

// unpack gives each row of a packed value.
func unpack(ctx context.Context, tx *sql.Tx, width int, each func([]int64), query string, args ...any) error {
	var packed []byte
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&packed); err != nil {
		return err
	}
	row := make([]int64, width)
	for len(packed) > 0 {
		for i := range row {
			row[i], packed = int64(binary.BigEndian.Uint64(packed)), packed[8:]
		}
		each(row)
	}
	return nil
}

// floor of PostgreSQL speaks the driver's own binary protocol: rows are read
// without database/sql, and those of one table are written by one statement.
func (s *schema) floor(ctx context.Context, usage panel.Transaction) error {
	return s.native(ctx, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			t := tally{at: usage.At}
			if err := tx.QueryRow(ctx, floorLast).Scan(&t.last); err != nil {
				return err
			}
			if err := scan(ctx, tx, 5, t.account, `SELECT `+floorAccounts+` FROM accounts ORDER BY id`); err != nil {
				return err
			}
			if err := scan(ctx, tx, 9, t.segment, `SELECT `+floorSegments+floorOpen); err != nil {
				return err
			}
			w := t.write(usage.Key)
			_, err := tx.Exec(ctx, `
				WITH rows AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS r (key, batch, total, usage)
				), made AS (
					INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
					SELECT key, $5, $6, $7, '', '', '' FROM rows RETURNING id, key
				), settled AS (
					INSERT INTO settlements (transaction_id, batch, settled_at, total, late, usage)
					SELECT id, batch, $6, total, '', usage FROM rows JOIN made USING (key) RETURNING transaction_id, total
				)
				SELECT COUNT(*) FROM settled`,
				w.keys, w.batches, w.total, w.usage, string(usage.Kind), int64(usage.At), int64(usage.Month))
			if err != nil {
				return err
			}
			return err
		})
	})
}

// scan gives each row of a query, all of whose columns are numbers of 64 bits.
func scan(ctx context.Context, tx pgx.Tx, width int, each func([]int64), query string) error {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	row := make([]int64, width)
	for rows.Next() {
		for i, value := range rows.RawValues() {
			row[i] = 0
			for _, b := range value {
				row[i] = row[i]<<8 | int64(b)
			}
		}
		each(row)
	}
	return rows.Err()
}
