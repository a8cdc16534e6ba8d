package api

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"accrue/client"
	"accrue/internal/billing"
)

// A settlement is one transaction of many accounts, so a page can end within one.
func TestPagesOfTheLedgerLoseNothingOfASettlement(t *testing.T) {
	s := newSite(t, "")
	root := s.administrator()
	var want []int64
	for n := range 5 {
		c := s.customer(fmt.Sprint("customer-", n), 100*billing.Credit)
		c.create("web")
		want = append(want, c.who.AccountID)
	}
	s.now += billing.Hour
	_, err := s.OrderSettlement(t.Context(), s.now.Floor(billing.Hour))
	s.must(err)
	var got []int64
	for cursor := ""; ; {
		page := get200[client.Page[client.Entry]](root, "/v1/admin/ledger?kind=usage&limit=2&cursor="+cursor)
		for _, e := range page.Items {
			got = append(got, e.AccountID)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got entries of the accounts %v, want %v", got, want)
	}
	for _, cursor := range []string{"0", "x", "7-", "7-x", "7--1"} {
		root.problem(root.send(http.MethodGet, "/v1/admin/ledger?cursor="+cursor, nil), "invalid")
	}
}

func TestAMonthsRevenueHasTheValueOfItsCurrencyThen(t *testing.T) {
	s := newSite(t, "")
	root, carol := s.administrator(), s.customer("carol", 2000*billing.Credit)
	carol.create("web")
	s.now = billing.At(time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC))
	s.must(s.CatchUp(t.Context(), carol.who.AccountID))
	november := func() string {
		return get200[client.Revenue](root, "/v1/admin/usage?month=2026-11").Total.Display
	}
	want := november()
	s.must(s.ChangeCurrency(t.Context(), s.root, billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 20_000_000_000}))
	if got := november(); got != want || got == "$0.00" {
		t.Errorf("got %s for November after the dollar was worth half as much, want %s", got, want)
	}
}
