package web

import (
	"net/http"

	"accrue/internal/export"
)

func (s *server) adminUsageCSV(w http.ResponseWriter, v *visit) error {
	r, c, err := s.revenue(v)
	if err != nil {
		return err
	}
	return writeCSV(w, export.Revenue(r, c))
}

func (s *server) adminLedgerCSV(w http.ResponseWriter, v *visit) error {
	entries, _, err := s.findEntries(v, 0, export.MostEntries)
	if err != nil {
		return err
	}
	table, err := export.EveryLedger(v.Context(), s.Panel, v.who, entries)
	if err != nil {
		return err
	}
	return writeCSV(w, table)
}
