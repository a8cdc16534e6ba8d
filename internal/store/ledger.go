package store

import (
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const transactionColumns = `t.id, t.key, t.kind, t.at, t.month, t.actor, t.reason, t.corrects, t.paid`

func scanTransaction(r row) (t panel.Transaction, err error) {
	err = r.Scan(transactionFields(&t)...)
	return t, err
}

func transactionFields(t *panel.Transaction) []any {
	return []any{&t.ID, &t.Key, &t.Kind, &t.At, &t.Month, &t.Actor, &t.Reason, (*ref)(&t.Corrects), &t.Paid}
}

// InsertTransaction writes all postings with one statement. That is what lets
// PostgreSQL see that they sum to zero.
func (t *tx) InsertTransaction(tr panel.Transaction) (int64, error) {
	if err := balanced(tr.Postings); err != nil {
		return 0, t.fail(fmt.Errorf("transaction %s: %w", tr.Key, err))
	}
	id, err := t.insertTransaction(tr)
	if err != nil {
		return 0, err
	}
	return id, t.insertPostings(id, pairs(tr.Postings))
}

func (t *tx) insertTransaction(tr panel.Transaction) (int64, error) {
	return t.insert(`
		INSERT INTO transactions (key, kind, at, month, actor, reason, corrects, paid)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING RETURNING id`,
		tr.Key, tr.Kind, tr.At, tr.Month, tr.Actor, tr.Reason, ref(tr.Corrects), tr.Paid)
}

func (t *tx) insertPostings(transaction int64, postings string) error {
	_, err := t.exec(`
		INSERT INTO postings (account_id, transaction_id, amount)
		SELECT CAST(e.key AS BIGINT), CAST($2 AS BIGINT), CAST(e.value AS BIGINT) FROM /*pairs*/ AS e`,
		postings, transaction)
	return err
}

// balanced refuses postings that do not sum to zero, or that name an account
// twice.
func balanced(postings []panel.Posting) error {
	var sum billing.Credits
	seen := make(map[int64]bool, len(postings))
	for _, p := range postings {
		if p.AccountID == 0 || seen[p.AccountID] {
			return fmt.Errorf("account %d is posted to more than once, or is none", p.AccountID)
		}
		seen[p.AccountID] = true
		var err error
		if sum, err = sum.Add(p.Amount); err != nil {
			return err
		}
	}
	if sum != 0 {
		return fmt.Errorf("postings sum to %s, not to zero", sum)
	}
	return nil
}

func (t *tx) Transaction(id int64) (panel.Transaction, error) {
	return t.withPostings(one(t, scanTransaction, `SELECT `+transactionColumns+` FROM transactions t WHERE t.id = $1`, id))
}

func (t *tx) TransactionByKey(key string) (panel.Transaction, error) {
	return t.withPostings(one(t, scanTransaction, `SELECT `+transactionColumns+` FROM transactions t WHERE t.key = $1`, key))
}

// withPostings adds the postings, those of accounts first.
func (t *tx) withPostings(tr panel.Transaction, err error) (panel.Transaction, error) {
	if err != nil {
		return tr, err
	}
	tr.Postings, err = many(t, func(r row) (p panel.Posting, err error) {
		err = r.Scan(&p.AccountID, &p.Amount)
		return p, err
	}, `SELECT account_id, amount FROM postings WHERE transaction_id = $1 ORDER BY account_id DESC`, tr.ID)
	return tr, err
}

// ListEntries computes the balance after each entry of the page from the account's
// postings, each of which it sums once: the entries of a page are steps, and a
// balance is the sum of the steps until there. Entries come without the postings
// of other accounts.
func (t *tx) ListEntries(l panel.LedgerFilter) ([]panel.Entry, error) {
	var f filter
	if l.AccountID != 0 {
		f.and(`p.account_id = $`, l.AccountID)
	} else {
		f.is(`p.account_id > 0`)
	}
	when(&f, `p.transaction_id < $`, l.Before)
	source := `postings p`
	if l.Kind != "" {
		source = `postings p JOIN transactions k ON k.id = p.transaction_id`
		f.and(`k.kind = $`, l.Kind)
	}
	return many(t, func(r row) (e panel.Entry, err error) {
		err = r.Scan(append(transactionFields(&e.Transaction), &e.AccountID, &e.Amount, &e.Balance)...)
		return e, err
	}, `
		WITH page AS (
			SELECT p.account_id, p.transaction_id, p.amount FROM `+source+f.where()+`
			ORDER BY p.transaction_id DESC, p.account_id`+f.limit(l.Limit)+`
		), paced AS (
			SELECT account_id, transaction_id, amount,
				COALESCE(LAG(transaction_id) OVER (PARTITION BY account_id ORDER BY transaction_id), 0) AS older
			FROM page
		), steps AS (
			SELECT account_id, transaction_id, amount, (
				SELECT SUM(o.amount) FROM postings o
				WHERE o.account_id = paced.account_id AND o.transaction_id > older AND o.transaction_id <= paced.transaction_id
			) AS step
			FROM paced
		)
		SELECT `+transactionColumns+`, s.account_id, s.amount,
			CAST(SUM(s.step) OVER (PARTITION BY s.account_id ORDER BY s.transaction_id) AS BIGINT)
		FROM steps s JOIN transactions t ON t.id = s.transaction_id
		ORDER BY t.id DESC, s.account_id`, f.args...)
}

// UsagePosted looks only at the stretch of the account's postings in which usage
// of the month was posted.
func (t *tx) UsagePosted(account int64, month billing.Month) (billing.Credits, error) {
	sum, err := one(t, scanInt, `
		SELECT CAST(COALESCE(-SUM(p.amount), 0) AS BIGINT)
		FROM postings p JOIN transactions t ON t.id = p.transaction_id
		WHERE p.account_id = $1 AND t.kind = 'usage' AND t.month = $2
			AND p.transaction_id >= (SELECT MIN(id) FROM transactions WHERE kind = 'usage' AND month = $2)
			AND p.transaction_id <= (SELECT MAX(id) FROM transactions WHERE kind = 'usage' AND month = $2)`,
		account, month)
	return billing.Credits(sum), err
}

func (t *tx) LedgerTotals() (transactions int64, sum billing.Credits, err error) {
	if transactions, err = one(t, scanInt, `SELECT COUNT(*) FROM transactions`); err != nil {
		return 0, 0, err
	}
	total, err := one(t, scanInt, `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM postings`)
	return transactions, billing.Credits(total), err
}

func (t *tx) SumPostings(account int64) (other, usage billing.Credits, err error) {
	sums, err := one(t, func(r row) (s [2]billing.Credits, err error) {
		err = r.Scan(&s[0], &s[1])
		return s, err
	}, `
		SELECT CAST(COALESCE(SUM(CASE WHEN t.kind <> 'usage' THEN p.amount END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN t.kind = 'usage' THEN p.amount END), 0) AS BIGINT)
		FROM postings p JOIN transactions t ON t.id = p.transaction_id
		WHERE p.account_id = $1`, account)
	return sums[0], sums[1], err
}
