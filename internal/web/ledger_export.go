package web

import (
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// allEntries are the entries of the visitor's account, the newest first.
func (s *server) allEntries(v *visit) ([]panel.Entry, error) {
	return export.Entries(v.Context(), s.Panel, v.who, panel.LedgerFilter{AccountID: v.who.AccountID})
}

func (s *server) ledgerCSV(w http.ResponseWriter, v *visit) error {
	entries, err := s.allEntries(v)
	if err != nil {
		return err
	}
	return writeCSV(w, export.Ledger(entries))
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
			ID: e.ID, At: e.At.String(), Kind: e.Kind, Description: export.Description(e, entries[n+1:]), Paid: e.Paid,
			Credits: e.Amount, Balance: e.Balance, Corrects: e.Corrects,
		})
	}
	return writeJSON(w, "ledger", file)
}
