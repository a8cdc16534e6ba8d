package store

import (
	"errors"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// Entries of an account are in two places: its own postings, and its parts of
// settlements, which are a row for a whole batch of accounts. Both carry running
// totals, so that reading some of them needs no others.

func scanEntry(r row) (e panel.Entry, err error) {
	err = r.Scan(append(transactionFields(&e.Transaction), &e.AccountID, &e.Amount, &e.Balance)...)
	return e, err
}

// ListEntries merges the newest of both places. Entries come without the postings
// of other accounts.
func (t *tx) ListEntries(l panel.LedgerFilter) ([]panel.Entry, error) {
	entries, err := t.ownEntries(l)
	if err != nil {
		return nil, err
	}
	if l.Kind == "" || l.Kind == panel.Usage {
		batched := t.batchEntriesOfAll
		if l.AccountID != 0 {
			batched = t.batchEntries
		}
		oldest := int64(0) // of those that can still be on the page
		if l.Limit > 0 && len(entries) == l.Limit {
			oldest = entries[len(entries)-1].ID
		}
		more, err := batched(l, oldest)
		if err != nil {
			return nil, err
		}
		entries = append(entries, more...)
	}
	slices.SortFunc(entries, func(a, b panel.Entry) int {
		if a.ID != b.ID {
			return int(b.ID - a.ID)
		}
		return int(a.AccountID - b.AccountID)
	})
	if l.Limit > 0 && len(entries) > l.Limit {
		entries = entries[:l.Limit]
	}
	return entries, nil
}

// ownEntries are entries of transactions that were an account's own.
func (t *tx) ownEntries(l panel.LedgerFilter) ([]panel.Entry, error) {
	var f filter
	if l.AccountID != 0 {
		f.and(`p.account_id = $`, l.AccountID)
	} else {
		f.is(`p.account_id > 0`)
	}
	switch {
	case l.Before != 0 && l.After != 0:
		f.is(`(p.transaction_id < ` + f.arg(l.Before) + ` OR p.transaction_id = ` + f.arg(l.Before) + ` AND p.account_id > ` + f.arg(l.After) + `)`)
	case l.Before != 0:
		f.and(`p.transaction_id < $`, l.Before)
	}
	when(&f, `t.kind = $`, l.Kind)
	return many(t, scanEntry, `
		SELECT `+transactionColumns+`, p.account_id, p.amount, p.credited - p.used
		FROM postings p JOIN transactions t ON t.id = p.transaction_id`+f.where()+`
		ORDER BY p.transaction_id DESC, p.account_id`+f.limit(l.Limit), f.args...)
}

// batchEntries are an account's parts of settlements newer than a transaction.
func (t *tx) batchEntries(l panel.LedgerFilter, oldest int64) (entries []panel.Entry, err error) {
	latest, err := t.latestUse(l.AccountID, billing.Never)
	if err != nil {
		return nil, err
	}
	rows := settlementsOf{account: l.AccountID, until: latest, before: l.Before, after: oldest}
	for rows.next(t, max(l.Limit, 2)) {
		for _, row := range rows.page {
			u, found := usageOf(l.AccountID, row.usage)
			if !found || u.Amount == 0 {
				continue
			}
			entries = append(entries, panel.Entry{
				Transaction: row.Transaction, AccountID: l.AccountID, Amount: -u.Amount, Balance: row.credited - u.Used,
			})
			if len(entries) == l.Limit {
				return entries, nil
			}
		}
	}
	return entries, rows.err
}

// settlement is a settlement's row.
type settlement struct {
	panel.Transaction
	usage    string
	total    billing.Credits
	credited billing.Credits // what the account had been credited until then
}

// settlementsOf reads, page by page and the newest first, the settlements that
// an account can be part of.
type settlementsOf struct {
	account       int64
	until         billing.Instant
	before, after int64 // transactions; before may be 0, for no bound

	page []settlement
	err  error
}

// next reads the next page, and says whether there is one.
func (s *settlementsOf) next(t *tx, rows int) bool {
	var f filter
	account := f.arg(s.account)
	f.and(`s.batch = $`, panel.BatchOf(s.account))
	f.and(`s.settled_at <= $`, s.until)
	f.and(`s.transaction_id > $`, s.after)
	if s.before != 0 {
		f.and(`s.transaction_id < $ AND s.settled_at <= (SELECT at FROM transactions WHERE id = $)`, s.before)
	}
	f.is(`s.late NOT LIKE '%,' || CAST(` + account + ` AS BIGINT) || ',%'`)
	s.page, s.err = many(t, func(r row) (s settlement, err error) {
		err = r.Scan(append(transactionFields(&s.Transaction), &s.usage, &s.credited)...)
		return s, err
	}, `
		SELECT `+transactionColumns+`, s.usage, COALESCE((
			SELECT p.credited FROM postings p WHERE p.account_id = `+account+` AND p.transaction_id < s.transaction_id
			ORDER BY p.transaction_id DESC LIMIT 1), 0)
		FROM settlements s JOIN transactions t ON t.id = s.transaction_id`+f.where()+`
		ORDER BY s.settled_at DESC`+f.limit(rows), f.args...)
	if s.err != nil || len(s.page) == 0 {
		return false
	}
	s.until = s.page[len(s.page)-1].At - 1
	return true
}

// latestUse is the last instant until another at which an account can have been
// settled with its batch: where nothing of it was open any more, the settlement
// that posted what was left.
func (t *tx) latestUse(account int64, until billing.Instant) (billing.Instant, error) {
	ended, err := one(t, scanInt, `
		SELECT COALESCE(MAX(ended), 0) FROM (
			SELECT MAX(ends_at) AS ended FROM segments WHERE account_id = $1 AND starts_at < $2
			UNION ALL SELECT MAX(charged_at) FROM minimums WHERE account_id = $1 AND charged_at < $2
			UNION ALL SELECT MAX(charged_at) FROM traffic_charges WHERE account_id = $1 AND charged_at < $2) AS uses`, account, until)
	if err != nil || ended == 0 || billing.Instant(ended) >= until {
		return min(billing.Instant(ended), until), err
	}
	settled, err := one(t, scanInt, `
		SELECT COALESCE(MIN(settled_at), $2) FROM settlements WHERE batch = $1 AND settled_at >= $2`, panel.BatchOf(account), ended)
	return min(billing.Instant(settled), until), err
}

// batchEntriesOfAll are everybody's parts of settlements newer than a
// transaction. One settlement can fill many pages.
func (t *tx) batchEntriesOfAll(l panel.LedgerFilter, oldest int64) (entries []panel.Entry, err error) {
	below := l.Before
	if l.After != 0 {
		below++
	}
	for l.Limit <= 0 || len(entries) < l.Limit {
		s, err := t.settlementBelow(below)
		if errors.Is(err, panel.ErrNotFound) || s.ID <= oldest {
			break
		}
		if err != nil {
			return nil, err
		}
		below = s.ID
		for u := range unpackUsage(s.usage) {
			if u.Amount == 0 || (s.ID == l.Before && u.AccountID <= l.After) {
				continue
			}
			credited, err := t.creditedBefore(u.AccountID, s.ID)
			if err != nil {
				return nil, err
			}
			entries = append(entries, panel.Entry{
				Transaction: s.Transaction, AccountID: u.AccountID, Amount: -u.Amount, Balance: credited - u.Used,
			})
			if len(entries) == l.Limit {
				break
			}
		}
	}
	return entries, nil
}

// settlementBelow is the newest settlement with a lower transaction; 0 is the
// newest of all.
func (t *tx) settlementBelow(transaction int64) (settlement, error) {
	var f filter
	when(&f, `s.transaction_id < $`, transaction)
	return one(t, func(r row) (s settlement, err error) {
		err = r.Scan(append(transactionFields(&s.Transaction), &s.usage)...)
		return s, err
	}, `
		SELECT `+transactionColumns+`, s.usage FROM settlements s JOIN transactions t ON t.id = s.transaction_id`+f.where()+`
		ORDER BY s.transaction_id DESC LIMIT 1`, f.args...)
}

func (t *tx) creditedBefore(account, transaction int64) (billing.Credits, error) {
	credited, err := one(t, scanInt, `
		SELECT COALESCE((
			SELECT credited FROM postings WHERE account_id = $1 AND transaction_id < $2
			ORDER BY transaction_id DESC LIMIT 1), 0)`, account, transaction)
	return billing.Credits(credited), err
}
