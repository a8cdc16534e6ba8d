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
		Postings: []panel.Posting{{AccountID: w.account, Amount: -5, Credited: 3, Used: 2}, {AccountID: panel.BookAdjustments, Amount: 5}},
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

// line is what a test looks at of an entry.
type line struct {
	ID, Account     int64
	Amount, Balance billing.Credits
}

// page wants a page of the ledger.
func page(t *testing.T, s panel.Store, f panel.LedgerFilter, want ...line) {
	t.Helper()
	if len(want) == 0 {
		want = nil
	}
	same(t, s, want, func(tx panel.Tx) (lines []line, err error) {
		entries, err := tx.ListEntries(f)
		for _, e := range entries {
			lines = append(lines, line{e.ID, e.AccountID, e.Amount, e.Balance})
		}
		return lines, err
	})
}

// totalled is a transaction whose account has running totals after it.
func totalled(tr panel.Transaction, credited, used billing.Credits) panel.Transaction {
	tr.Postings[0].Credited, tr.Postings[0].Used = credited, used
	return tr
}

func entriesCarryBalances(t *testing.T, s panel.Store) {
	w := build(t, s)
	other := w.addAccount(t, "other")
	enter := func(tr panel.Transaction, credited, used billing.Credits) int64 {
		return add(t, s, panel.Tx.InsertTransaction, totalled(tr, credited, used))
	}
	topUp := enter(move("1", panel.TopUp, w.account, 100), 100, 0)
	elsewhere := enter(move("2", panel.TopUp, other, 1000), 1000, 0)
	usage := enter(move("3", panel.Usage, w.account, -30), 100, 30)
	voucher := enter(move("4", panel.Voucher, w.account, 7), 107, 30)
	last := enter(move("5", panel.Usage, w.account, -80), 107, 110)

	page(t, s, panel.LedgerFilter{AccountID: w.account, Limit: 10},
		line{last, w.account, -80, -3}, line{voucher, w.account, 7, 77}, line{usage, w.account, -30, 70}, line{topUp, w.account, 100, 100})
	page(t, s, panel.LedgerFilter{AccountID: w.account, Limit: 2}, line{last, w.account, -80, -3}, line{voucher, w.account, 7, 77})
	page(t, s, panel.LedgerFilter{AccountID: w.account, Before: voucher, Limit: 2}, line{usage, w.account, -30, 70}, line{topUp, w.account, 100, 100})
	page(t, s, panel.LedgerFilter{AccountID: w.account, Kind: panel.Usage}, line{last, w.account, -80, -3}, line{usage, w.account, -30, 70})
	page(t, s, panel.LedgerFilter{Limit: 4, Before: last},
		line{voucher, w.account, 7, 77}, line{usage, w.account, -30, 70}, line{elsewhere, other, 1000, 1000}, line{topUp, w.account, 100, 100})
	page(t, s, panel.LedgerFilter{AccountID: other, Before: elsewhere})
}

// entriesOfSettlements has two accounts in a batch: a, which uses something all
// the time, and b, which stops in between.
func entriesOfSettlements(t *testing.T, s panel.Store) {
	w := build(t, s)
	accounts, open := w.settleable(t, 2)
	a, b := accounts[0].ID, accounts[1].ID
	settle := func(n int, usage ...panel.BatchUsage) (id int64) {
		t.Helper()
		at := noon + billing.Instant(n)*billing.Hour
		settlement := panel.Settlement{Key: at.String(), At: at, Month: noon.Month(), Usage: usage}
		for _, u := range usage {
			settlement.Total += u.Amount
		}
		update(t, s, func(tx panel.Tx) error { return tx.PostUsage(settlement) })
		update(t, s, func(tx panel.Tx) error {
			tr, err := tx.TransactionByKey(settlement.Key)
			id = tr.ID
			return err
		})
		return id
	}
	topUp := add(t, s, panel.Tx.InsertTransaction, totalled(move("1", panel.TopUp, a, 100), 100, 0))
	first := settle(1, panel.BatchUsage{AccountID: a, Amount: 3, Used: 3}, panel.BatchUsage{AccountID: b, Amount: 4, Used: 4})
	update(t, s, func(tx panel.Tx) error { return tx.CloseSegment(open[1].ID, noon+billing.Hour+9) })
	second := settle(2, panel.BatchUsage{AccountID: a, Amount: 5, Used: 8}, panel.BatchUsage{AccountID: b, Amount: 1, Used: 5})
	later := totalled(move("2", panel.Voucher, a, 10), 110, 8)
	later.At = noon + 2*billing.Hour
	voucher := add(t, s, panel.Tx.InsertTransaction, later)
	settle(3, panel.BatchUsage{AccountID: a, Used: 8}, panel.BatchUsage{AccountID: accounts[0].ID + 500, Amount: 9, Used: 9}) // a's was free
	last := settle(4, panel.BatchUsage{AccountID: a, Amount: 2, Used: 10})

	ofA := []line{{last, a, -2, 100}, {voucher, a, 10, 102}, {second, a, -5, 92}, {first, a, -3, 97}, {topUp, a, 100, 100}}
	page(t, s, panel.LedgerFilter{AccountID: a}, ofA...)
	for n := range ofA {
		page(t, s, panel.LedgerFilter{AccountID: a, Limit: n + 1}, ofA[:n+1]...)
		page(t, s, panel.LedgerFilter{AccountID: a, Limit: 2, Before: ofA[n].ID}, ofA[n+1:min(n+3, len(ofA))]...)
	}
	page(t, s, panel.LedgerFilter{AccountID: a, Kind: panel.Usage, Limit: 2}, ofA[0], ofA[2])
	page(t, s, panel.LedgerFilter{AccountID: a, Kind: panel.Voucher}, ofA[1])
	ofB := []line{{second, b, -1, -5}, {first, b, -4, -4}}
	page(t, s, panel.LedgerFilter{AccountID: b}, ofB...)
	page(t, s, panel.LedgerFilter{Before: voucher, Limit: 3}, ofA[2], ofB[0], ofA[3])
	page(t, s, panel.LedgerFilter{Before: second, After: a, Limit: 2}, ofB[0], ofA[3])
	page(t, s, panel.LedgerFilter{Before: first, After: b, Limit: 9}, ofA[4])

	posted := func(account int64, want billing.Credits) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(account, noon.Month()) })
		same(t, s, 0, func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(account, noon.Month()+1) })
	}
	posted(a, 10)
	posted(b, 5)
}

func postingsAddUp(t *testing.T, s panel.Store) {
	w := build(t, s)
	add(t, s, panel.Tx.InsertTransaction, totalled(move("1", panel.TopUp, w.account, 100), 100, 0))
	add(t, s, panel.Tx.InsertTransaction, totalled(move("2", panel.Usage, w.account, -30), 100, 30))
	add(t, s, panel.Tx.InsertTransaction, totalled(move("3", panel.Usage, w.account, -2), 100, 32))
	next := totalled(move("4", panel.Usage, w.account, -5), 100, 37)
	next.Month++
	add(t, s, panel.Tx.InsertTransaction, next)

	posted := func(month billing.Month, want billing.Credits) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(w.account, month) })
	}
	posted(noon.Month(), 32)
	posted(noon.Month()+1, 5)
	posted(noon.Month()+2, 0)
	update(t, s, func(tx panel.Tx) error {
		return tx.PostUsage(panel.Settlement{
			Key: "5", At: next.Month.Start() + 60, Month: next.Month, Total: 7, Usage: []panel.BatchUsage{{AccountID: w.account, Amount: 7, Used: 44}},
		})
	})
	want := map[int64]panel.LedgerSums{w.account: {Other: 100, Used: 44}, panel.BookRevenue: {Used: 7}}
	same(t, s, want, func(tx panel.Tx) (map[int64]panel.LedgerSums, error) { return tx.SumEntries(panel.BatchOf(w.account)) })
	same(t, s, [2]int64{5, 0}, func(tx panel.Tx) ([2]int64, error) {
		n, total, err := tx.LedgerTotals()
		return [2]int64{n, int64(total)}, err
	})
}

func totalsAreCompared(t *testing.T, s panel.Store) {
	w := build(t, s)
	other := w.addAccount(t, "other")
	add(t, s, panel.Tx.InsertTransaction, totalled(move("1", panel.TopUp, w.account, 100), 100, 0))
	wrong := add(t, s, panel.Tx.InsertTransaction, totalled(move("2", panel.TopUp, w.account, 100), 201, 0))
	add(t, s, panel.Tx.InsertTransaction, totalled(move("3", panel.TopUp, w.account, 1), 201, 0))
	usage := panel.Settlement{Key: "4", At: noon, Month: noon.Month(), Total: 7, Usage: []panel.BatchUsage{{AccountID: other, Amount: 7, Used: 8}}}
	update(t, s, func(tx panel.Tx) error { return tx.PostUsage(usage) })
	same(t, s, [3]int64{201, wrong, wrong + 2}, func(tx panel.Tx) ([3]int64, error) {
		sums, err := tx.SumEntries(panel.BatchOf(other))
		return [3]int64{int64(sums[w.account].Other), sums[w.account].Broken, sums[other].Broken}, err
	})
}
