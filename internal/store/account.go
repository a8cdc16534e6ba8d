package store

import (
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

const accountColumns = `id, name, currency, created_at, holds, credited, posted, charged, since, used_at,
	settled_at, taken_low, taken_negative, taken_suspended, judged, next_event_at, seen_at,
	COALESCE((
		SELECT s.settled_at FROM settlements s
		WHERE s.batch = (accounts.id - 1) / 1000 AND s.settled_at > accounts.settled_at AND s.settled_at >= accounts.seen_at
			AND s.late NOT LIKE '%,' || accounts.id || ',%'
		ORDER BY s.settled_at DESC LIMIT 1), 0)`

func scanAccount(r row) (a panel.Account, err error) {
	err = r.Scan(&a.ID, &a.Name, &a.Currency, &a.CreatedAt, &a.Holds, &a.Credited, &a.Posted, &a.Charged, &a.Since, &a.UsedAt,
		&a.SettledAt, &a.Taken.Low, &a.Taken.Negative, &a.Taken.Suspended, &a.Judged, &a.NextEventAt, &a.SeenAt, &a.BatchedAt)
	return a, err
}

func (t *tx) InsertAccount(a panel.Account) (int64, error) {
	return t.insert(`
		INSERT INTO accounts (name, currency, created_at, holds, credited, posted, charged, since, used_at,
			settled_at, taken_low, taken_negative, taken_suspended, judged, next_event_at, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT DO NOTHING RETURNING id`,
		a.Name, a.Currency, a.CreatedAt, a.Holds, a.Credited, a.Posted, a.Charged, a.Since, a.UsedAt,
		a.SettledAt, a.Taken.Low, a.Taken.Negative, a.Taken.Suspended, a.Judged, a.NextEventAt, a.SeenAt)
}

func (t *tx) Account(id int64) (panel.Account, error) {
	return one(t, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, id)
}

// LockAccount locks less than FOR UPDATE would: rows that only refer to the
// account can still be written by others. Its batch comes first, with a statement
// of its own: only then does the account come with every settlement there is.
func (t *tx) LockAccount(id int64) (panel.Account, error) {
	if err := t.store.engine.shareBatch(t, panel.BatchOf(id)); err != nil {
		return panel.Account{}, err
	}
	return one(t, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = $1 /*pg: FOR NO KEY UPDATE */`, id)
}

func (t *tx) UpdateAccount(a panel.Account) error {
	return t.must(`
		UPDATE accounts SET name = $2, currency = $3, holds = $4, credited = $5, posted = $6, charged = $7, since = $8,
			used_at = $9, settled_at = $10, taken_low = $11, taken_negative = $12, taken_suspended = $13, judged = $14,
			next_event_at = $15, seen_at = $16
		WHERE id = $1`,
		a.ID, a.Name, a.Currency, a.Holds, a.Credited, a.Posted, a.Charged, a.Since,
		a.UsedAt, a.SettledAt, a.Taken.Low, a.Taken.Negative, a.Taken.Suspended, a.Judged,
		a.NextEventAt, a.SeenAt)
}

func (t *tx) ListAccounts(query string, after int64, limit int) ([]panel.Account, error) {
	var f filter
	f.and(`id > $`, after)
	if query != "" {
		f.and(`(lower(name) LIKE $ ESCAPE '\' OR EXISTS (
			SELECT 1 FROM users u WHERE u.account_id = accounts.id AND lower(u.email) LIKE $ ESCAPE '\'))`, contains(query))
	}
	return many(t, scanAccount, `SELECT `+accountColumns+` FROM accounts`+f.where()+` ORDER BY id`+f.limit(limit), f.args...)
}

// contains returns the pattern of texts with query in them, in lower case as far
// as both engines know it.
func contains(query string) string {
	lower := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, query)
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(lower) + "%"
}

func (t *tx) DueAccounts(until billing.Instant, limit int) ([]int64, error) {
	var f filter
	f.and(`next_event_at <= $`, until)
	return many(t, scanInt, `SELECT id FROM accounts`+f.where()+` ORDER BY next_event_at, id`+f.limit(limit), f.args...)
}

// WakeAccounts locks the table where rows could be locked by others: what they
// are about to write must not be overlooked.
func (t *tx) WakeAccounts(at billing.Instant) error {
	if err := t.store.engine.lockTable(t, "accounts"); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE accounts SET next_event_at = $1 WHERE next_event_at > $1`, at)
	return err
}

func (t *tx) CountAccounts() (panel.AccountCounts, error) {
	return one(t, func(r row) (n panel.AccountCounts, err error) {
		err = r.Scan(&n.All, &n.Low, &n.Negative, &n.Suspended)
		return n, err
	}, `
		SELECT COUNT(*), COUNT(CASE WHEN taken_low THEN 1 END), COUNT(CASE WHEN taken_negative THEN 1 END),
			COUNT(CASE WHEN taken_suspended THEN 1 END)
		FROM accounts`)
}

func (t *tx) InsertHold(h panel.Hold) (int64, error) {
	return t.insert(`
		INSERT INTO holds (account_id, instance_id, kind, reason, placed_by, placed_at, lifted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING id`,
		h.AccountID, ref(h.Instance), h.Kind, h.Reason, h.PlacedBy, h.PlacedAt, h.LiftedAt)
}

func (t *tx) LiftHold(account, instance int64, kind fleet.HoldKind, at billing.Instant) error {
	_, err := t.exec(`
		UPDATE holds SET lifted_at = $4
		WHERE account_id = $1 AND COALESCE(instance_id, 0) = $2 AND kind = $3 AND lifted_at = 0`,
		account, instance, kind, at)
	return err
}

func (t *tx) ListHolds(account int64) ([]panel.Hold, error) {
	return many(t, func(r row) (h panel.Hold, err error) {
		err = r.Scan(&h.ID, &h.AccountID, (*ref)(&h.Instance), &h.Kind, &h.Reason, &h.PlacedBy, &h.PlacedAt, &h.LiftedAt)
		return h, err
	}, `
		SELECT id, account_id, instance_id, kind, reason, placed_by, placed_at, lifted_at
		FROM holds WHERE account_id = $1 ORDER BY id DESC`, account)
}
