package paneltest

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// move is a transaction between an account and a book.
func move(key string, kind panel.TransactionKind, account int64, amount billing.Credits) panel.Transaction {
	return panel.Transaction{
		Key: key, Kind: kind, At: noon, Month: noon.Month(),
		Postings: []panel.Posting{{AccountID: account, Amount: amount}, {AccountID: panel.BookPayments, Amount: -amount}},
	}
}

func transactionsExistOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	first := add(t, s, panel.Tx.InsertTransaction, move("first", panel.TopUp, w.account, 5))
	tr := whole(t, panel.Transaction{
		ID: 1, Key: "payment/1", Kind: panel.Adjustment, At: noon, Month: noon.Month(), Actor: "root", Reason: "by mistake",
		Corrects: first, Paid: "10.00 EUR",
		Postings: []panel.Posting{{AccountID: w.account, Amount: -5}, {AccountID: panel.BookAdjustments, Amount: 5}},
	})
	tr.ID = add(t, s, panel.Tx.InsertTransaction, tr)
	same(t, s, tr, func(tx panel.Tx) (panel.Transaction, error) { return tx.Transaction(tr.ID) })
	same(t, s, tr, func(tx panel.Tx) (panel.Transaction, error) { return tx.TransactionByKey(tr.Key) })
	absent(t, s, func(tx panel.Tx) (panel.Transaction, error) { return tx.Transaction(tr.ID + 99) })
	absent(t, s, func(tx panel.Tx) (panel.Transaction, error) { return tx.TransactionByKey("payment/2") })

	update(t, s, func(tx panel.Tx) error {
		if _, err := tx.InsertTransaction(tr); !is(err, panel.ErrExists) {
			t.Errorf("got error %v, want %v", err, panel.ErrExists)
		}
		_, err := tx.TransactionByKey(tr.Key) // the transaction goes on
		return err
	})
	same(t, s, 2, func(tx panel.Tx) (int64, error) {
		n, _, err := tx.LedgerTotals()
		return n, err
	})
}

func transactionsSumToZero(t *testing.T, s panel.Store) {
	w := build(t, s)
	for name, postings := range map[string][]panel.Posting{
		"one side":        {{AccountID: w.account, Amount: 5}},
		"unequal sides":   {{AccountID: w.account, Amount: 5}, {AccountID: panel.BookPayments, Amount: -4}},
		"an account of 0": {{AccountID: 0, Amount: 5}, {AccountID: panel.BookPayments, Amount: -5}},
		"an account twice": {
			{AccountID: w.account, Amount: 5}, {AccountID: w.account, Amount: 5}, {AccountID: panel.BookPayments, Amount: -10},
		},
		"a sum that wraps around": {
			{AccountID: w.account, Amount: billing.MaxCredits}, {AccountID: panel.BookPayments, Amount: billing.MaxCredits},
			{AccountID: panel.BookVouchers, Amount: 2},
		},
		"an account that is not there": {{AccountID: 1 << 40, Amount: 5}, {AccountID: panel.BookPayments, Amount: -5}},
	} {
		err := s.Update(t.Context(), func(tx panel.Tx) error {
			_, err := tx.InsertTransaction(panel.Transaction{Key: name, Kind: panel.TopUp, Postings: postings})
			return err
		})
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	same(t, s, 0, func(tx panel.Tx) (int64, error) {
		n, _, err := tx.LedgerTotals()
		return n, err
	})
}

func entriesCarryBalances(t *testing.T, s panel.Store) {
	w := build(t, s)
	other := w.addAccount(t, "other")
	topUp := add(t, s, panel.Tx.InsertTransaction, move("1", panel.TopUp, w.account, 100))
	elsewhere := add(t, s, panel.Tx.InsertTransaction, move("2", panel.TopUp, other, 1000))
	usage := add(t, s, panel.Tx.InsertTransaction, move("3", panel.Usage, w.account, -30))
	voucher := add(t, s, panel.Tx.InsertTransaction, move("4", panel.Voucher, w.account, 7))
	last := add(t, s, panel.Tx.InsertTransaction, move("5", panel.Usage, w.account, -80))

	type line struct {
		ID, Account     int64
		Amount, Balance billing.Credits
	}
	page := func(f panel.LedgerFilter, want ...line) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (lines []line, err error) {
			entries, err := tx.ListEntries(f)
			for _, e := range entries {
				lines = append(lines, line{e.ID, e.AccountID, e.Amount, e.Balance})
			}
			return lines, err
		})
	}
	page(panel.LedgerFilter{AccountID: w.account, Limit: 10},
		line{last, w.account, -80, -3}, line{voucher, w.account, 7, 77}, line{usage, w.account, -30, 70}, line{topUp, w.account, 100, 100})
	page(panel.LedgerFilter{AccountID: w.account, Limit: 2}, line{last, w.account, -80, -3}, line{voucher, w.account, 7, 77})
	page(panel.LedgerFilter{AccountID: w.account, Before: voucher, Limit: 2}, line{usage, w.account, -30, 70}, line{topUp, w.account, 100, 100})
	page(panel.LedgerFilter{AccountID: w.account, Kind: panel.Usage}, line{last, w.account, -80, -3}, line{usage, w.account, -30, 70})
	page(panel.LedgerFilter{Limit: 4, Before: last},
		line{voucher, w.account, 7, 77}, line{usage, w.account, -30, 70}, line{elsewhere, other, 1000, 1000}, line{topUp, w.account, 100, 100})
	page(panel.LedgerFilter{AccountID: panel.BookPayments, Limit: 1}, line{last, panel.BookPayments, 80, 80 - 7 + 30 - 1000 - 100})
	page(panel.LedgerFilter{AccountID: other, Before: elsewhere})
}

func postingsAddUp(t *testing.T, s panel.Store) {
	w := build(t, s)
	add(t, s, panel.Tx.InsertTransaction, move("1", panel.TopUp, w.account, 100))
	add(t, s, panel.Tx.InsertTransaction, move("2", panel.Usage, w.account, -30))
	next := move("3", panel.Usage, w.account, -5)
	next.Month++
	add(t, s, panel.Tx.InsertTransaction, next)
	add(t, s, panel.Tx.InsertTransaction, move("4", panel.Usage, w.account, -2)) // late, of the month before

	posted := func(month billing.Month, want billing.Credits) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(w.account, month) })
	}
	posted(noon.Month(), 32)
	posted(noon.Month()+1, 5)
	posted(noon.Month()+2, 0)
	type sums struct{ Other, Usage billing.Credits }
	sum := func(account int64, want sums) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (got sums, err error) {
			got.Other, got.Usage, err = tx.SumPostings(account)
			return got, err
		})
	}
	sum(w.account, sums{100, -37})
	sum(panel.BookPayments, sums{-100, 37})
	sum(panel.BookRevenue, sums{})
	same(t, s, [2]int64{4, 0}, func(tx panel.Tx) ([2]int64, error) {
		n, total, err := tx.LedgerTotals()
		return [2]int64{n, int64(total)}, err
	})
}
