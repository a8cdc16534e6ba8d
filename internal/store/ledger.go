package store

import (
	"fmt"
	"slices"
	"strings"

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
	return id, t.insertPostings(id, tr.Postings)
}

func (t *tx) insertTransaction(tr panel.Transaction) (int64, error) {
	return t.insert(`
		INSERT INTO transactions (key, kind, at, month, actor, reason, corrects, paid)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING RETURNING id`,
		tr.Key, tr.Kind, tr.At, tr.Month, tr.Actor, tr.Reason, ref(tr.Corrects), tr.Paid)
}

func (t *tx) insertPostings(transaction int64, postings []panel.Posting) error {
	var f filter
	rows := make([]string, len(postings))
	of := f.arg(transaction)
	for i, p := range postings {
		rows[i] = "(" + strings.Join([]string{f.arg(p.AccountID), of, f.arg(p.Amount), f.arg(p.Credited), f.arg(p.Used)}, ", ") + ")"
	}
	_, err := t.exec(`INSERT INTO postings (account_id, transaction_id, amount, credited, used) VALUES `+strings.Join(rows, ", "), f.args...)
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

// withPostings adds the postings, those of accounts first. Those of a settlement
// are in its one row.
func (t *tx) withPostings(tr panel.Transaction, err error) (panel.Transaction, error) {
	if err != nil {
		return tr, err
	}
	var usage string
	var total billing.Credits
	_, err = many(t, func(r row) (none struct{}, err error) { return none, r.Scan(&usage, &total) },
		`SELECT usage, total FROM settlements WHERE transaction_id = $1`, tr.ID)
	if err != nil {
		return tr, err
	}
	if usage != "" {
		tr.Postings = settlementPostings(usage, total)
		return tr, nil
	}
	tr.Postings, err = many(t, func(r row) (p panel.Posting, err error) {
		err = r.Scan(&p.AccountID, &p.Amount, &p.Credited, &p.Used)
		return p, err
	}, `SELECT account_id, amount, credited, used FROM postings WHERE transaction_id = $1 ORDER BY account_id DESC`, tr.ID)
	return tr, err
}

// settlementPostings are a settlement's, which add up by themselves.
func settlementPostings(usage string, total billing.Credits) (postings []panel.Posting) {
	for u := range unpackUsage(usage) {
		if u.Amount != 0 {
			postings = append(postings, panel.Posting{AccountID: u.AccountID, Amount: -u.Amount, Used: u.Used})
		}
	}
	slices.Reverse(postings)
	return append(postings, panel.Posting{AccountID: panel.BookRevenue, Amount: total})
}

// UsagePosted is the difference of two running totals: none of the month's
// entries has to be added up.
func (t *tx) UsagePosted(account int64, month billing.Month) (billing.Credits, error) {
	after, err := t.usedUntil(account, month)
	if err != nil {
		return 0, err
	}
	before, err := t.usedUntil(account, month-1)
	return after - before, err
}

// usedUntil is what an account had used in all when a month's last entry was
// posted. The newest entry until then says so: a posting of the account's own, or
// its part of a settlement.
func (t *tx) usedUntil(account int64, month billing.Month) (billing.Credits, error) {
	var own struct {
		transaction int64
		used        billing.Credits
	}
	_, err := many(t, func(r row) (none struct{}, err error) { return none, r.Scan(&own.transaction, &own.used) }, `
		SELECT p.transaction_id, p.used FROM postings p JOIN transactions t ON t.id = p.transaction_id
		WHERE p.account_id = $1 AND t.month <= $2 ORDER BY p.transaction_id DESC LIMIT 1`, account, month)
	if err != nil {
		return 0, err
	}
	latest, err := t.latestUse(account, month.End())
	if err != nil {
		return 0, err
	}
	rows := settlementsOf{account: account, until: latest, after: own.transaction}
	for rows.next(t, 2) {
		for _, row := range rows.page {
			if u, found := usageOf(account, row.usage); found {
				return u.Used, nil
			}
		}
	}
	return own.used, rows.err
}

func (t *tx) LedgerTotals() (transactions int64, sum billing.Credits, err error) {
	if transactions, err = one(t, scanInt, `SELECT COUNT(*) FROM transactions`); err != nil {
		return 0, 0, err
	}
	total, err := one(t, scanInt, `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM postings`)
	return transactions, billing.Credits(total), err
}
