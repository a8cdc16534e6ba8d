package export

import (
	"context"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// MostEntries bounds what one file of everyone's ledger holds.
const MostEntries = 100_000

// Revenue is what everyone used in a month, a row for each account.
func Revenue(r panel.Revenue, c billing.Currency) Table {
	t := Table{Name: "usage-" + r.Month.String(), Rows: [][]string{{
		"month", "account_id", "account", "email", "instances", "hours", "credits", "amount", "currency",
	}}}
	units, _ := c.Apportion(r.Totals())
	for n, a := range r.Accounts {
		t.Rows = append(t.Rows, []string{
			r.Month.String(), text(a.Account.ID), a.Account.Name, a.Email, text(a.Instances), Hours(a.Seconds),
			a.Total.String(), c.AmountUnits(units[n]), c.Code,
		})
	}
	return t
}

// Hours are seconds in hours, to two places.
func Hours(seconds int64) string {
	hundredths := (seconds*100 + 1800) / 3600
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

// EveryLedger is the ledger of several accounts, a row for each of its entries.
func EveryLedger(ctx context.Context, p *panel.Panel, who identity.Who, entries []panel.Entry) (Table, error) {
	var ids []int64
	for _, e := range entries {
		ids = append(ids, e.AccountID)
	}
	names, err := p.AccountNames(ctx, who, ids...)
	t := Table{Name: "ledger", Rows: [][]string{{
		"transaction", "at", "kind", "month", "account_id", "account", "credits", "balance", "reason", "paid", "actor", "corrects",
	}}}
	for _, e := range entries {
		corrects := ""
		if e.Corrects != 0 {
			corrects = text(e.Corrects)
		}
		t.Rows = append(t.Rows, []string{
			text(e.ID), e.At.String(), string(e.Kind), e.Month.String(), text(e.AccountID), names[e.AccountID],
			e.Amount.String(), e.Balance.String(), e.Reason, e.Paid, e.Actor, corrects,
		})
	}
	return t, err
}
