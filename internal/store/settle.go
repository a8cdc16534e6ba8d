package store

import (
	"cmp"
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (t *tx) NextBatch(from int64) (int64, error) {
	first, _ := panel.BatchAccounts(from)
	account, err := one(t, scanInt, `SELECT id FROM accounts WHERE id >= $1 ORDER BY id LIMIT 1`, first)
	return panel.BatchOf(account), err
}

func (t *tx) Batches() (first, last int64, err error) {
	ends, err := one(t, func(r row) (ends [2]int64, err error) {
		err = r.Scan(&ends[0], &ends[1])
		return ends, err
	}, `SELECT a.id, (SELECT MAX(id) FROM accounts) FROM accounts a ORDER BY a.id LIMIT 1`)
	return panel.BatchOf(ends[0]), panel.BatchOf(ends[1]), err
}

// AccountsToSettle reads with a statement of its own after each lock: only then
// is what it reads what the locked accounts have, and not what they had.
func (t *tx) AccountsToSettle(at billing.Instant, batch int64) (accounts []panel.Unsettled, done bool, err error) {
	if err := t.store.engine.takeBatch(t, batch); err != nil {
		return nil, false, err
	}
	newest, err := t.newestSettlement(batch)
	if err != nil {
		return nil, false, err
	}
	first, last := panel.BatchAccounts(batch)
	err = t.store.engine.bulk(t, `id, posted, charged, since, next_event_at, seen_at, settled_at`, `
		FROM accounts WHERE id BETWEEN $1 AND $2 AND settled_at < $3`, []any{first, last, at}, func(row []int64) {
		u := panel.Unsettled{
			AccountID: row[0], Posted: billing.Credits(row[1]), Charged: billing.Credits(row[2]),
			Since: billing.Instant(row[3]), NextEventAt: billing.Instant(row[4]), SeenAt: billing.Instant(row[5]),
		}
		if settled := billing.Instant(row[6]); newest.at > settled && newest.at >= u.SeenAt {
			u.BatchedAt = newest.at
		}
		accounts = append(accounts, u)
	})
	if err != nil || len(accounts) == 0 {
		return nil, false, err
	}
	slices.SortFunc(accounts, func(a, b panel.Unsettled) int { return int(a.AccountID - b.AccountID) })
	if err := t.correctLate(accounts, newest); err != nil {
		return nil, false, err
	}
	if err := t.countSegments(accounts, at); err != nil {
		return nil, false, err
	}
	done = newest.at >= at
	return slices.DeleteFunc(accounts, func(u panel.Unsettled) bool {
		return (u.Open == 0 && u.Charged == u.Posted) || u.BatchedAt >= at
	}), done, nil
}

// newest is the last settlement of a batch, and whom it left out.
type newest struct {
	at   billing.Instant
	late string
}

// newestSettlement returns the zero value while a batch was never settled.
func (t *tx) newestSettlement(batch int64) (n newest, err error) {
	found, err := many(t, func(r row) (n newest, err error) {
		err = r.Scan(&n.at, &n.late)
		return n, err
	}, `SELECT settled_at, late FROM settlements WHERE batch = $1 ORDER BY settled_at DESC LIMIT 1`, batch)
	for _, n = range found {
	}
	return n, err
}

// correctLate looks up when those were settled that the newest settlement left
// out and that were not written since.
func (t *tx) correctLate(accounts []panel.Unsettled, newest newest) error {
	for id := range numbers(newest.late) {
		i, found := slices.BinarySearchFunc(accounts, id, func(u panel.Unsettled, id int64) int { return int(u.AccountID - id) })
		if !found {
			continue
		}
		a, err := t.Account(id)
		if err != nil {
			return err
		}
		accounts[i].BatchedAt = a.BatchedAt
	}
	return nil
}

// countSegments counts the open segments of accounts, which are ordered by ID, in
// as they are read. Those of one account mostly come together.
func (t *tx) countSegments(accounts []panel.Unsettled, settled billing.Instant) error {
	const columns = `account_id, mode, hourly, monthly, percent, starts_at, carry_seconds, carry_capped, carry_cap`
	between := []any{accounts[0].AccountID, accounts[len(accounts)-1].AccountID}
	at := 0 // the account that the last row is of
	var failed error
	err := t.store.engine.bulk(t, columns, ` FROM segments WHERE account_id BETWEEN $1 AND $2 AND `+open, between, func(row []int64) {
		if accounts[at].AccountID != row[0] {
			found, ok := slices.BinarySearchFunc(accounts, row[0], func(a panel.Unsettled, id int64) int { return int(a.AccountID - id) })
			if !ok {
				return
			}
			at = found
		}
		err := accounts[at].Count(billing.Segment{
			Price:   billing.Price{Mode: billing.Mode(row[1]), Hourly: billing.Credits(row[2]), Monthly: billing.Credits(row[3])},
			Percent: row[4], From: billing.Instant(row[5]), To: billing.Never,
			Carry: billing.Carry{Seconds: row[6], Capped: billing.Credits(row[7]), Cap: billing.Credits(row[8])},
		}, settled)
		if err != nil {
			failed = fmt.Errorf("account %d: %w", row[0], err)
		}
	})
	return cmp.Or(err, t.fail(failed))
}

// PostUsage writes two rows, however many accounts there are. The settlement's
// total is the revenue, too.
func (t *tx) PostUsage(s panel.Settlement) error {
	id, err := t.insertTransaction(panel.Transaction{Key: s.Key, Kind: panel.Usage, At: s.At, Month: s.Month})
	if err != nil {
		return err
	}
	text, total, err := packUsage(s.Usage)
	if err == nil && total != s.Total {
		err = fmt.Errorf("usage sums to %s, not to %s", total, s.Total)
	}
	if err != nil {
		return t.fail(fmt.Errorf("transaction %s: %w", s.Key, err))
	}
	_, err = t.exec(`
		INSERT INTO settlements (transaction_id, batch, settled_at, total, late, usage) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, s.Batch, s.At, s.Total, packLate(s.Late), text)
	return err
}
