package web

import (
	"net/http"

	"accrue/internal/export"
	"accrue/internal/panel"
)

func (s *server) adminUsageCSV(w http.ResponseWriter, v *visit) error {
	r, c, err := s.revenue(v)
	if err != nil {
		return err
	}
	units, _ := c.Apportion(amountsOf(r))
	rows := [][]string{{"month", "account_id", "account", "email", "instances", "hours", "credits", "amount", "currency"}}
	for n, a := range r.Accounts {
		rows = append(rows, []string{
			r.Month.String(), text(a.Account.ID), a.Account.Name, a.Email, text(a.Instances), hours(a.Seconds),
			a.Total.String(), c.AmountUnits(units[n]), c.Code,
		})
	}
	return writeCSV(w, export.Table{Name: "usage-" + r.Month.String(), Rows: rows})
}

// mostEntries bounds what one file holds.
const mostEntries = 100_000

func (s *server) adminLedgerCSV(w http.ResponseWriter, v *visit) error {
	entries, _, err := s.findEntries(v, 0, mostEntries)
	if err != nil {
		return err
	}
	var ids []int64
	for _, e := range entries {
		ids = append(ids, e.AccountID)
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, ids...)
	if err != nil {
		return err
	}
	rows := [][]string{{"transaction", "at", "kind", "month", "account_id", "account", "credits", "balance", "reason", "paid", "actor", "corrects"}}
	for _, e := range entries {
		rows = append(rows, entryCells(e, names))
	}
	return writeCSV(w, export.Table{Name: "ledger", Rows: rows})
}

func entryCells(e panel.Entry, names map[int64]string) []string {
	corrects := ""
	if e.Corrects != 0 {
		corrects = text(e.Corrects)
	}
	return []string{
		text(e.ID), e.At.String(), string(e.Kind), e.Month.String(), text(e.AccountID), names[e.AccountID],
		e.Amount.String(), e.Balance.String(), e.Reason, e.Paid, e.Actor, corrects,
	}
}
