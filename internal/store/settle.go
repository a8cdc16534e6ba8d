package store

import (
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// AccountsToSettle leaves out accounts that are settled at the instant already,
// so that what was interrupted is not done again.
//
// The locks come first, and the segments after them with a statement of their
// own: only then are they what the locked accounts have, and not what they had.
func (t *tx) AccountsToSettle(at billing.Instant, after int64, limit int) ([]panel.Unsettled, error) {
	var accounts []panel.Unsettled
	err := t.packed(6, func(row []int64) {
		accounts = append(accounts, panel.Unsettled{
			AccountID: row[0], Posted: billing.Credits(row[1]), Charged: billing.Credits(row[2]),
			Since: billing.Instant(row[3]), NextEventAt: billing.Instant(row[4]), SeenAt: billing.Instant(row[5]),
		})
	}, `
		SELECT `+t.store.engine.packed(`id, posted, charged, since, next_event_at, seen_at`)+` FROM (
			SELECT id, posted, charged, since, next_event_at, seen_at FROM accounts
			WHERE id > $1 AND settled_at < $2
				AND (charged <> posted OR EXISTS (SELECT 1 FROM segments s WHERE s.account_id = accounts.id AND s.`+open+`))
			ORDER BY id LIMIT $3 /*pg: FOR NO KEY UPDATE */) AS unsettled`, after, at, limit)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	slices.SortFunc(accounts, func(a, b panel.Unsettled) int { return int(a.AccountID - b.AccountID) })
	return accounts, t.addSegments(accounts)
}

// addSegments gives accounts, which are ordered by ID, their open segments.
func (t *tx) addSegments(accounts []panel.Unsettled) error {
	at := 0 // segments mostly come account by account
	return t.packed(9, func(row []int64) {
		if accounts[at].AccountID != row[0] {
			found, ok := slices.BinarySearchFunc(accounts, row[0], func(a panel.Unsettled, id int64) int { return int(a.AccountID - id) })
			if !ok {
				return
			}
			at = found
		}
		accounts[at].Open = append(accounts[at].Open, billing.Segment{
			Price:   billing.Price{Mode: billing.Mode(row[1]), Hourly: billing.Credits(row[2]), Monthly: billing.Credits(row[3])},
			Percent: row[4], From: billing.Instant(row[5]), To: billing.Never,
			Carry: billing.Carry{Seconds: row[6], Capped: billing.Credits(row[7]), Cap: billing.Credits(row[8])},
		})
	}, `
		SELECT `+t.store.engine.packed(`account_id, mode, hourly, monthly, percent, starts_at, carry_seconds, carry_capped, carry_cap`)+`
		FROM segments WHERE account_id BETWEEN $1 AND $2 AND `+open,
		accounts[0].AccountID, accounts[len(accounts)-1].AccountID)
}

// PostUsage writes postings and figures from one text, with a statement each.
func (t *tx) PostUsage(usage panel.Transaction) error {
	if err := balanced(usage.Postings); err != nil {
		return t.fail(fmt.Errorf("transaction %s: %w", usage.Key, err))
	}
	id, err := t.insertTransaction(usage)
	if err != nil {
		return err
	}
	postings := pairs(usage.Postings)
	if err := t.insertPostings(id, postings); err != nil {
		return err
	}
	settled, err := t.exec(`
		UPDATE accounts SET posted = posted - CAST(e.value AS BIGINT), settled_at = $2
		FROM /*pairs*/ AS e WHERE accounts.id = CAST(e.key AS BIGINT)`, postings, usage.At)
	if err == nil && settled != int64(len(usage.Postings)-1) {
		err = t.fail(fmt.Errorf("transaction %s: %d of %d accounts settled: %w", usage.Key, settled, len(usage.Postings)-1, panel.ErrNotFound))
	}
	return err
}
