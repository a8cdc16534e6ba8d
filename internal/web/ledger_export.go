package web

import (
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// allEntries are the entries of the visitor's account, the newest first.
func (s *server) allEntries(v *visit) (all []panel.Entry, err error) {
	const chunk = 500
	before := int64(0)
	for {
		entries, err := s.Panel.Ledger(v.Context(), v.who, panel.LedgerFilter{AccountID: v.who.AccountID, Before: before, Limit: chunk})
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
		if len(entries) < chunk {
			return all, nil
		}
		before = entries[len(entries)-1].ID
	}
}

func (s *server) ledgerCSV(w http.ResponseWriter, v *visit) error {
	entries, err := s.allEntries(v)
	if err != nil {
		return err
	}
	rows := [][]string{{"id", "at", "kind", "description", "paid", "credits", "balance_credits", "corrects"}}
	for n, e := range entries {
		rows = append(rows, []string{
			text(e.ID), e.At.String(), string(e.Kind), describe(e, entries[n+1:]), e.Paid, e.Amount.String(), e.Balance.String(), text(e.Corrects),
		})
	}
	return s.writeCSV(w, "ledger", rows)
}

// describe describes an entry in a file.
func describe(e panel.Entry, older []panel.Entry) string {
	if e.Kind == panel.Usage {
		return usageText(e, older)
	}
	return e.Reason
}

// entryJSON is an entry in a file. Amounts are strings.
type entryJSON struct {
	ID          int64                 `json:"id"`
	At          string                `json:"at"`
	Kind        panel.TransactionKind `json:"kind"`
	Description string                `json:"description"`
	Paid        string                `json:"paid,omitempty"`
	Credits     billing.Credits       `json:"credits"`
	Balance     billing.Credits       `json:"balance_credits"`
	Corrects    int64                 `json:"corrects,omitempty"`
}

func (s *server) ledgerJSON(w http.ResponseWriter, v *visit) error {
	entries, err := s.allEntries(v)
	if err != nil {
		return err
	}
	file := struct {
		Entries []entryJSON `json:"entries"`
	}{[]entryJSON{}}
	for n, e := range entries {
		file.Entries = append(file.Entries, entryJSON{
			ID: e.ID, At: e.At.String(), Kind: e.Kind, Description: describe(e, entries[n+1:]), Paid: e.Paid,
			Credits: e.Amount, Balance: e.Balance, Corrects: e.Corrects,
		})
	}
	return writeJSON(w, "ledger", file)
}
