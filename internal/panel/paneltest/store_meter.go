package paneltest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// segment of the world's instance, at its price.
func (w world) segment(from, to billing.Instant) billing.Segment {
	price := hourly
	price.ID = w.price
	return billing.Segment{Instance: w.instance, Price: price, Percent: 100, From: from, To: to}
}

func (w world) addSegment(t *testing.T, account int64, s billing.Segment) billing.Segment {
	t.Helper()
	s.ID = add(t, w.store, func(tx panel.Tx, s billing.Segment) (int64, error) { return tx.InsertSegment(account, s) }, s)
	return s
}

func (w world) open(account int64) func(panel.Tx) ([]billing.Segment, error) {
	return func(tx panel.Tx) ([]billing.Segment, error) { return tx.OpenSegments(account) }
}

func segmentsCloseOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	segment := whole(t, billing.Segment{
		ID: 1, Instance: w.instance, Snapshot: 9, Price: billing.Price{ID: w.price, Mode: billing.Capped, Hourly: 2, Monthly: 3}, Percent: 4,
		From: noon, To: billing.Never, Carry: billing.Carry{Seconds: 5, Capped: 6, Cap: 7},
	})
	segment.Snapshot = 0
	segment = w.addSegment(t, w.account, segment)
	same(t, s, []billing.Segment{segment}, w.open(w.account))
	same(t, s, nil, w.open(w.addAccount(t, "other")))

	segment.To = noon + 10
	closing := func(tx panel.Tx) error { return tx.CloseSegment(segment.ID, segment.To) }
	update(t, s, closing)
	fails(t, s, panel.ErrNotFound, closing)
	same(t, s, nil, w.open(w.account))
	same(t, s, []billing.Segment{segment}, func(tx panel.Tx) ([]billing.Segment, error) {
		return tx.ListSegments(w.account, w.instance, noon, billing.Never)
	})
	empty := w.addSegment(t, w.account, w.segment(noon+10, billing.Never))
	update(t, s, func(tx panel.Tx) error { return tx.CloseSegment(empty.ID, noon+10) })
}

func segmentsDoNotOverlap(t *testing.T, s panel.Store) {
	w := build(t, s)
	w.addSegment(t, w.account, w.segment(noon, noon+10))
	second := w.addSegment(t, w.account, w.segment(noon+10, billing.Never))
	for _, overlapping := range []billing.Segment{
		w.segment(noon+20, billing.Never), w.segment(noon+9, billing.Never), w.segment(noon-5, noon), w.segment(noon+10, noon+11),
	} {
		update(t, s, func(tx panel.Tx) error {
			if _, err := tx.InsertSegment(w.account, overlapping); !is(err, panel.ErrExists) {
				t.Errorf("[%s, %s): got error %v", overlapping.From, overlapping.To, err)
			}
			return nil // the transaction goes on
		})
	}
	same(t, s, []billing.Segment{second}, w.open(w.account))
}

func segmentsAreListed(t *testing.T, s panel.Store) {
	w := build(t, s)
	other, second := w.addAccount(t, "other"), w.addInstance(t, "web2")
	b := w.addSegment(t, w.account, w.segment(noon+10, noon+20))
	c := w.addSegment(t, w.account, w.segment(noon+20, billing.Never))
	d := w.segment(noon, noon+15)
	d.Instance = second
	d = w.addSegment(t, other, d)
	list := func(account, instance int64, from, to billing.Instant, want ...billing.Segment) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]billing.Segment, error) { return tx.ListSegments(account, instance, from, to) })
	}
	list(0, 0, 0, billing.Never, b, c, d)
	list(w.account, 0, noon, noon+10)
	list(w.account, 0, noon, noon+11, b)
	list(w.account, 0, noon+19, noon+20, b)
	list(w.account, 0, noon+20, noon+21, c)
	list(w.account, w.instance, noon+500, billing.Never, c)
	list(0, second, noon, noon+1, d)
	list(w.account, second, noon, noon+1)
}

func usedMonths(t *testing.T, s panel.Store) {
	w := build(t, s)
	jan := billing.NewMonth(2026, 1)
	w.addSegment(t, w.account, w.segment(jan.Start()+5, (jan+2).Start())) // January and February: the end does not count
	w.addSegment(t, w.account, w.segment((jan+4).Start(), (jan+4).Start()))
	w.addSegment(t, w.account, w.segment((jan+6).End()-1, billing.Never))
	for _, c := range []billing.OneOff{
		{Kind: billing.KindTraffic, At: (jan + 5).Start() + 7, Bytes: 1}, {Kind: billing.KindMinimum, At: (jan + 3).End() - 1, Amount: 1},
	} {
		c.Instance, c.Price = w.instance, w.price
		update(t, s, func(tx panel.Tx) error { return tx.InsertOneOff(w.account, c) })
	}
	months := func(until billing.Instant, want ...billing.Month) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]billing.Month, error) { return tx.UsedMonths(w.account, until) })
	}
	months(jan.Start())
	months(jan.Start()+10, jan)
	months((jan + 9).Start(), jan+8, jan+7, jan+6, jan+5, jan+4, jan+3, jan+1, jan)
	months((jan+9).Start()+1, jan+9, jan+8, jan+7, jan+6, jan+5, jan+4, jan+3, jan+1, jan)
}

func minimumsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	m := billing.OneOff{Instance: w.instance, Price: w.price, Kind: billing.KindMinimum, At: noon, Amount: 5}
	insert := func(tx panel.Tx) error { return tx.InsertOneOff(w.account, m) }
	update(t, s, insert)
	fails(t, s, panel.ErrExists, insert)
	list := func(account int64, from, to billing.Instant, want ...billing.OneOff) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]billing.OneOff, error) { return tx.ListOneOffs(account, from, to) })
	}
	list(w.account, noon, noon+1, m)
	list(0, 0, billing.Never, m)
	list(w.account, noon-1, noon)
	list(w.account, noon+1, billing.Never)
	list(w.account+99, 0, billing.Never)
}

func trafficChargesComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	first := whole(t, billing.OneOff{Instance: w.instance, Price: w.price, Kind: billing.KindTraffic, At: noon, Bytes: 6, Amount: 5})
	again, free := first, first
	again.Bytes, again.Amount = 4, 9 // in the same second
	free.At, free.Amount = noon+60, 0
	minimum := billing.OneOff{Instance: w.instance, Price: w.price, Kind: billing.KindMinimum, At: noon + 10, Amount: 1}
	for _, c := range []billing.OneOff{first, again, minimum, free} {
		update(t, s, func(tx panel.Tx) error { return tx.InsertOneOff(w.account, c) })
	}
	same(t, s, []billing.OneOff{minimum, first, again, free}, func(tx panel.Tx) ([]billing.OneOff, error) {
		return tx.ListOneOffs(w.account, noon, noon+61)
	})
	same(t, s, []billing.OneOff{first, again}, func(tx panel.Tx) ([]billing.OneOff, error) { return tx.ListOneOffs(0, 0, noon+10) })
	charged := func(price billing.PriceID, from, to billing.Instant, want int64) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (int64, error) { return tx.ChargedTraffic(w.instance, price, from, to) })
	}
	charged(w.price, noon, noon+60, 10)
	charged(w.price, noon, noon+61, 16)
	charged(w.price, noon+1, noon+61, 6)
	charged(w.price+1, noon, noon+61, 0)
}

func statementsAreFrozen(t *testing.T, s panel.Store) {
	w := build(t, s)
	month := noon.Month()
	lines := []billing.Line{
		whole(t, billing.Line{Instance: w.instance, Snapshot: 9, Month: month, Price: w.price, Percent: 50, Kind: billing.KindUsage, Seconds: 2, Bytes: 9, Amount: 3, Capped: true}),
		{Instance: w.instance, Month: month, Price: w.price, Kind: billing.KindTraffic, Bytes: 5},
		{Instance: w.instance, Month: month, Price: w.price, Kind: billing.KindMinimum, Amount: 4},
		{Snapshot: w.addSnapshot(t).ID, Month: month, Price: w.price, Percent: 100, Kind: billing.KindSnapshot, Seconds: 4, Amount: 5},
	}
	lines[0].Snapshot = 0
	read := func(month billing.Month) func(panel.Tx) ([]billing.Line, error) {
		return func(tx panel.Tx) ([]billing.Line, error) { return tx.Statement(w.account, month) }
	}
	absent(t, s, read(month))
	freeze := func(tx panel.Tx) error { return tx.InsertStatement(w.account, month, noon, lines) }
	update(t, s, freeze)
	same(t, s, lines, read(month))
	total := func(month billing.Month) func(panel.Tx) (billing.Credits, error) {
		return func(tx panel.Tx) (billing.Credits, error) { return tx.StatementTotal(w.account, month) }
	}
	same(t, s, 12, total(month))
	absent(t, s, total(month+1))
	fails(t, s, panel.ErrExists, freeze)
	update(t, s, func(tx panel.Tx) error { return tx.InsertStatement(w.account, month+1, noon, nil) })
	same(t, s, nil, read(month+1))
	absent(t, s, read(month+2))
}

// settleable makes accounts with one open segment each.
func (w world) settleable(t *testing.T, n int) (accounts []panel.Account, open []billing.Segment) {
	t.Helper()
	for i := range n {
		name := fmt.Sprint("vm", i)
		segment := w.segment(noon, billing.Never)
		segment.Instance = w.addInstance(t, name)
		a := panel.Account{ID: w.addAccount(t, name), Name: name, Currency: "EUR", NextEventAt: billing.Never}
		accounts, open = append(accounts, a), append(open, w.addSegment(t, a.ID, segment))
	}
	return accounts, open
}

func accountsToSettle(t *testing.T, s panel.Store) {
	w := build(t, s)
	accounts, open := w.settleable(t, 5)
	idle := accounts[4] // its segment is closed, and all is posted
	update(t, s, func(tx panel.Tx) error { return tx.CloseSegment(open[4].ID, noon) })
	charged := panel.Account{ID: w.addAccount(t, "charged"), Name: "charged", Currency: "EUR", Charged: 5, Posted: 2, NextEventAt: billing.Never}
	update(t, s, func(tx panel.Tx) error { return tx.UpdateAccount(charged) })
	accounts[3].SettledAt = noon + 9
	update(t, s, func(tx panel.Tx) error { return tx.UpdateAccount(accounts[3]) })

	// toSettle wants accounts, by their places, with what their segments come to.
	toSettle := func(at billing.Instant, done bool, batched map[int]billing.Instant, places ...int) {
		t.Helper()
		want := []panel.Unsettled{}
		for _, n := range places {
			u := unsettled(accounts[n])
			u.BatchedAt = batched[n]
			if accounts[n].ID != charged.ID {
				if err := u.Count(open[n], at); err != nil {
					t.Fatal(err)
				}
			}
			want = append(want, u)
		}
		update(t, s, func(tx panel.Tx) error {
			got, isDone, err := tx.AccountsToSettle(at, 0)
			if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" || isDone != done {
				t.Errorf("at %s: done %t, want %t; - got, + want:\n%s", at, isDone, done, diff)
			}
			return err
		})
	}
	accounts[4] = charged
	toSettle(noon+10, false, nil, 0, 1, 2, 3, 4)
	toSettle(noon+9, false, nil, 0, 1, 2, 4) // one is settled until then
	update(t, s, func(tx panel.Tx) error {
		return tx.PostUsage(panel.Settlement{
			Key: "usage/1", At: noon + 20, Total: 5, Late: []int64{accounts[1].ID, idle.ID},
			Usage: []panel.BatchUsage{{AccountID: accounts[0].ID, Amount: 5, Used: 5}, {AccountID: charged.ID, Used: 2}},
		})
	})
	toSettle(noon+20, true, nil, 1)
	at := noon + 20
	toSettle(noon+2*billing.Hour, false, map[int]billing.Instant{0: at, 2: at, 3: at, 4: at}, 0, 1, 2, 3, 4)
}

func batchesOfAccounts(t *testing.T, s panel.Store) {
	next := func(from int64) func(panel.Tx) (int64, error) {
		return func(tx panel.Tx) (int64, error) { return tx.NextBatch(from) }
	}
	absent(t, s, next(0))
	ends := func(tx panel.Tx) (ends [2]int64, err error) {
		ends[0], ends[1], err = tx.Batches()
		return ends, err
	}
	absent(t, s, ends)
	w := build(t, s)
	same(t, s, panel.BatchOf(w.account), next(0))
	same(t, s, [2]int64{panel.BatchOf(w.account), panel.BatchOf(w.account)}, ends)
	absent(t, s, next(panel.BatchOf(w.account)+1))
}

// unsettled is what settling an account depends on, without open segments.
func unsettled(a panel.Account) panel.Unsettled {
	return panel.Unsettled{AccountID: a.ID, Posted: a.Posted, Charged: a.Charged, Since: a.Since, NextEventAt: a.NextEventAt, SeenAt: a.SeenAt}
}

func usageIsPosted(t *testing.T, s panel.Store) {
	w := build(t, s)
	accounts, _ := w.settleable(t, 4)
	usage := panel.Settlement{Key: "usage/1", At: noon + 60, Month: noon.Month()}
	for i, a := range accounts[:3] {
		amount := billing.Credits(i) // the first one costs nothing
		usage.Usage = append(usage.Usage, panel.BatchUsage{AccountID: a.ID, Amount: amount, Used: amount})
		usage.Total += amount
		accounts[i].BatchedAt = noon + 60
	}
	usage.Late = []int64{accounts[3].ID}
	post := func(tx panel.Tx) error { return tx.PostUsage(usage) }
	update(t, s, post)
	for i, want := range accounts {
		same(t, s, want, func(tx panel.Tx) (panel.Account, error) { return tx.Account(want.ID) })
		same(t, s, billing.Credits(i%3), func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(want.ID, noon.Month()) })
		same(t, s, 0, func(tx panel.Tx) (billing.Credits, error) { return tx.UsagePosted(want.ID, noon.Month()-1) })
	}
	update(t, s, func(tx panel.Tx) error {
		got, err := tx.TransactionByKey(usage.Key)
		want := []panel.Posting{{AccountID: accounts[2].ID, Amount: -2, Used: 2}, {AccountID: accounts[1].ID, Amount: -1, Used: 1}, {AccountID: panel.BookRevenue, Amount: 3}}
		if diff := cmp.Diff(got.Postings, want); diff != "" {
			t.Errorf("- got, + want:\n%s", diff)
		}
		return err
	})
	fails(t, s, panel.ErrExists, post)
	usage.Key, usage.At, usage.Total = "usage/2", usage.At+60, 4
	if err := s.Update(t.Context(), post); err == nil {
		t.Error("usage that does not sum to its total was accepted")
	}
	absent(t, s, func(tx panel.Tx) (panel.Transaction, error) { return tx.TransactionByKey(usage.Key) })
}

// What is written after a settlement says itself until when it is settled.
func writtenAfterSettlement(t *testing.T, s panel.Store) {
	w := build(t, s)
	accounts, _ := w.settleable(t, 1)
	a := accounts[0]
	for i, at := range []billing.Instant{noon + 60, noon + 120} {
		update(t, s, func(tx panel.Tx) error {
			return tx.PostUsage(panel.Settlement{Key: at.String(), At: at, Month: noon.Month(), Total: 5, Usage: []panel.BatchUsage{{AccountID: a.ID, Amount: 5, Used: billing.Credits(5 * (i + 1))}}})
		})
		a.BatchedAt = at
		update(t, s, func(tx panel.Tx) error {
			locked, err := tx.LockAccount(a.ID)
			if locked != a {
				t.Errorf("got %+v, want %+v", locked, a)
			}
			return err
		})
	}
	for _, write := range []panel.Account{
		{SettledAt: noon + 60, SeenAt: noon + 121}, // it changed after the settlement
		{SettledAt: noon + 120, SeenAt: noon + 120},
	} {
		a.SettledAt, a.SeenAt, a.BatchedAt = write.SettledAt, write.SeenAt, 0
		update(t, s, func(tx panel.Tx) error { return tx.UpdateAccount(a) })
		same(t, s, a, func(tx panel.Tx) (panel.Account, error) { return tx.Account(a.ID) })
	}
}
