package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// The floor is the least that a settlement can be on an engine: one transaction
// reads every open segment and every account's figures, rates them in a plain
// loop, and writes one entry and one balance for each account. It takes no
// chunks, no locks and no notice of anything that could have changed, and
// nobody else can write until it ends.

// charged is an account as the floor reads it.
type charged struct {
	id             int64
	posted, amount billing.Credits
	since          billing.Instant
}

// tally adds what segments have cost to their accounts.
type tally struct {
	at       billing.Instant
	accounts []charged // by id, from 1 on without gaps
}

func (t *tally) account(row []int64) {
	t.accounts = append(t.accounts, charged{row[0], billing.Credits(row[1]), billing.Credits(row[2]), billing.Instant(row[3])})
}

func (t *tally) segment(row []int64) {
	a := &t.accounts[row[0]-1]
	s := billing.Segment{
		Price:   billing.Price{Mode: billing.Mode(row[1]), Hourly: billing.Credits(row[2]), Monthly: billing.Credits(row[3])},
		Percent: row[4], From: billing.Instant(row[5]), To: billing.Never,
		Carry: billing.Carry{Seconds: row[6], Capped: billing.Credits(row[7]), Cap: billing.Credits(row[8])},
	}
	a.amount += s.Charge(a.since, t.at)
}

const (
	floorAccounts = `id, posted, charged, since`
	floorSegments = `account_id, mode, hourly, monthly, percent, starts_at, carry_seconds, carry_capped, carry_cap`
	floorOpen     = ` FROM segments WHERE ends_at = 9223372036854775807`
)

// floor of SQLite reads through the aggregate that the store has taught it, so
// that no row passes the driver on its own, and writes from JSON.
func (f *file) floor(ctx context.Context, usage panel.Transaction) error {
	return transact(ctx, f.db, func(tx *sql.Tx) error {
		t := tally{at: usage.At}
		if err := unpack(ctx, tx, 4, t.account, `SELECT accrue_pack(`+floorAccounts+`) FROM accounts`); err != nil {
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
		var id int64
		err := tx.QueryRowContext(ctx, `INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
			VALUES (?, ?, ?, ?, '', '', '') RETURNING id`, usage.Key, string(usage.Kind), int64(usage.At), int64(usage.Month)).Scan(&id)
		if err != nil {
			return err
		}
		amounts := t.json()
		_, err = tx.ExecContext(ctx, `INSERT INTO postings (account_id, transaction_id, amount)
			SELECT CAST(key AS INTEGER), ?, value FROM json_each(?)`, id, amounts)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE accounts SET posted = posted - e.value, settled_at = ?
			FROM json_each(?) AS e WHERE accounts.id = CAST(e.key AS INTEGER)`, int64(usage.At), amounts)
		return err
	})
}

// json writes the postings as an object of amounts by account.
func (t *tally) json() string {
	text := []byte{'{'}
	var revenue billing.Credits
	for _, a := range t.accounts {
		if a.amount == a.posted {
			continue
		}
		text = append(strconv.AppendInt(append(text, '"'), a.id, 10), '"', ':')
		text = append(strconv.AppendInt(text, int64(a.posted-a.amount), 10), ',')
		revenue += a.amount - a.posted
	}
	return string(fmt.Appendf(text, `"%d":%d}`, panel.BookRevenue, revenue))
}

// unpack gives each row of a packed text.
func unpack(ctx context.Context, tx *sql.Tx, width int, each func([]int64), query string, args ...any) error {
	var text string
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&text); err != nil {
		return err
	}
	row := make([]int64, 0, width)
	for field := range strings.FieldsSeq(text) {
		number, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return err
		}
		if row = append(row, number); len(row) == width {
			each(row)
			row = row[:0]
		}
	}
	return nil
}

// floor of PostgreSQL speaks the driver's own binary protocol: rows are read
// without database/sql, entries are copied in, balances come from arrays.
func (s *schema) floor(ctx context.Context, usage panel.Transaction) error {
	return s.native(ctx, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			t := tally{at: usage.At}
			if err := scan(ctx, tx, 4, t.account, `SELECT `+floorAccounts+` FROM accounts ORDER BY id`); err != nil {
				return err
			}
			if err := scan(ctx, tx, 9, t.segment, `SELECT `+floorSegments+floorOpen); err != nil {
				return err
			}
			var id int64
			err := tx.QueryRow(ctx, `INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
				VALUES ($1, $2, $3, $4, '', '', '') RETURNING id`, usage.Key, string(usage.Kind), int64(usage.At), int64(usage.Month)).Scan(&id)
			if err != nil {
				return err
			}
			return t.write(ctx, tx, id)
		})
	})
}

func (t *tally) write(ctx context.Context, tx pgx.Tx, transaction int64) error {
	var ids, posted []int64
	var postings [][]any
	var revenue billing.Credits
	for _, a := range t.accounts {
		if a.amount == a.posted {
			continue
		}
		ids, posted = append(ids, a.id), append(posted, int64(a.amount))
		postings = append(postings, []any{a.id, transaction, int64(a.posted - a.amount)})
		revenue += a.amount - a.posted
	}
	postings = append(postings, []any{panel.BookRevenue, transaction, int64(revenue)})
	_, err := tx.Exec(ctx, `UPDATE accounts SET posted = s.posted, settled_at = $3
		FROM unnest($1::bigint[], $2::bigint[]) AS s (id, posted) WHERE accounts.id = s.id`, ids, posted, int64(t.at))
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"postings"}, []string{"account_id", "transaction_id", "amount"}, pgx.CopyFromRows(postings))
	return err
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
