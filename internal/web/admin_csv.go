package web

import (
	"encoding/csv"
	"net/http"
	"strings"

	"accrue/internal/panel"
)

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

// startCSV begins a file of rows that the browser saves.
func startCSV(w http.ResponseWriter, name string, head ...string) *csv.Writer {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	rows := csv.NewWriter(w)
	_ = rows.Write(head) // an error is kept until Flush, and the reader is gone then
	return rows
}

func (s *server) adminUsageCSV(w http.ResponseWriter, v *visit) error {
	r, c, err := s.revenue(v)
	if err != nil {
		return err
	}
	units, _ := c.Apportion(amountsOf(r))
	rows := startCSV(w, "usage-"+r.Month.String()+".csv", "month", "account_id", "account", "email", "instances", "hours", "credits", "amount", "currency")
	for n, a := range r.Accounts {
		_ = rows.Write([]string{
			r.Month.String(), text(a.Account.ID), plainCell(a.Account.Name), plainCell(a.Email), text(a.Instances), hours(a.Seconds),
			a.Total.String(), c.AmountUnits(units[n]), c.Code,
		})
	}
	rows.Flush()
	return rows.Error()
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
	rows := startCSV(w, "ledger.csv", "transaction", "at", "kind", "month", "account_id", "account", "credits", "balance", "reason", "paid", "actor", "corrects")
	for _, e := range entries {
		_ = rows.Write(entryCells(e, names))
	}
	rows.Flush()
	return rows.Error()
}

func entryCells(e panel.Entry, names map[int64]string) []string {
	corrects := ""
	if e.Corrects != 0 {
		corrects = text(e.Corrects)
	}
	return []string{
		text(e.ID), e.At.String(), string(e.Kind), e.Month.String(), text(e.AccountID), plainCell(names[e.AccountID]),
		e.Amount.String(), e.Balance.String(), plainCell(e.Reason), plainCell(e.Paid), plainCell(e.Actor), corrects,
	}
}
