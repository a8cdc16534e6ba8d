package store

import (
	"accrue/internal/billing"
	"accrue/internal/panel"
)

// SumEntries adds up both kinds of entries in the order of their transactions,
// and compares every running total with the sum so far. Settlements are read one
// at a time: there may be years of them.
func (t *tx) SumEntries(batch int64) (map[int64]panel.LedgerSums, error) {
	first, last := panel.BatchAccounts(batch)
	own, err := many(t, scanPosted, `
		SELECT p.account_id, p.transaction_id, t.kind = 'usage', p.amount, p.credited, p.used
		FROM postings p JOIN transactions t ON t.id = p.transaction_id
		WHERE p.account_id BETWEEN $1 AND $2 ORDER BY p.transaction_id, p.account_id`, first, last)
	if err != nil {
		return nil, err
	}
	sums := ledgerSums{}
	ownUntil := func(transaction int64) {
		for len(own) > 0 && own[0].transaction < transaction {
			sums.addOwn(own[0])
			own = own[1:]
		}
	}
	for at := billing.Instant(0); ; {
		page, err := t.settlementsAfter(batch, at)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			ownUntil(s.ID)
			sums.addSettlement(s)
			at = s.At
		}
	}
	for _, p := range own {
		sums.addOwn(p)
	}
	return sums, nil
}

// settlementsAfter is a page of a batch's settlements, the oldest first.
func (t *tx) settlementsAfter(batch int64, at billing.Instant) ([]settlement, error) {
	const page = 100
	return many(t, func(r row) (s settlement, err error) {
		err = r.Scan(&s.ID, &s.At, &s.total, &s.usage)
		return s, err
	}, `
		SELECT transaction_id, settled_at, total, usage FROM settlements
		WHERE batch = $1 AND settled_at > $2 ORDER BY settled_at LIMIT $3`, batch, at, page)
}

// posted is a posting of an account's own.
type posted struct {
	account, transaction   int64
	usage                  bool
	amount, credited, used billing.Credits
}

func scanPosted(r row) (p posted, err error) {
	err = r.Scan(&p.account, &p.transaction, &p.usage, &p.amount, &p.credited, &p.used)
	return p, err
}

// ledgerSums are sums by account.
type ledgerSums map[int64]panel.LedgerSums

func (l ledgerSums) addOwn(p posted) {
	s := l[p.account]
	if p.usage {
		s.Used -= p.amount
	} else {
		s.Other += p.amount
	}
	l.keep(p.account, s, p.transaction, s.Other == p.credited && s.Used == p.used)
}

// addSettlement adds a settlement to its accounts and to the book of revenue.
func (l ledgerSums) addSettlement(settled settlement) {
	var total billing.Credits
	for u := range unpackUsage(settled.usage) {
		s := l[u.AccountID]
		s.Used += u.Amount
		l.keep(u.AccountID, s, settled.ID, s.Used == u.Used)
		total += u.Amount
	}
	revenue := l[panel.BookRevenue]
	revenue.Used += settled.total
	l.keep(panel.BookRevenue, revenue, settled.ID, total == settled.total)
}

func (l ledgerSums) keep(account int64, s panel.LedgerSums, transaction int64, right bool) {
	if !right && s.Broken == 0 {
		s.Broken = transaction
	}
	l[account] = s
}
