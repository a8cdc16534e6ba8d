package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/export"
)

func (s *server) usageCSV(w http.ResponseWriter, v *visit) error {
	r, err := s.usageReport(v)
	if err != nil {
		return err
	}
	return writeCSV(w, export.Usage(r))
}

// writeCSV sends a table as a file to be kept.
func writeCSV(w http.ResponseWriter, t export.Table) error {
	attach(w, "text/csv; charset=utf-8", t.Name+".csv")
	_, _ = w.Write(t.CSV()) // the visitor may have gone
	return nil
}

// attach makes an answer a file.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
}

// usageFileJSON is a usage report as a file. Amounts are strings: no program
// must read money into a float by accident.
type usageFileJSON struct {
	Month        string          `json:"month"`
	Until        string          `json:"until"`
	Closed       bool            `json:"closed"`
	Currency     string          `json:"currency"`
	TotalCredits billing.Credits `json:"total_credits"`
	Total        string          `json:"total"`
	Posted       billing.Credits `json:"posted_credits"`
	Lines        []usageLineJSON `json:"lines"`
}

type usageLineJSON struct {
	InstanceID int64           `json:"instance_id"`
	Instance   string          `json:"instance"`
	Plan       string          `json:"plan"`
	Location   string          `json:"location"`
	Kind       billing.Kind    `json:"kind"`
	Percent    int64           `json:"percent"`
	Hourly     billing.Credits `json:"hourly_credits"`
	Monthly    billing.Credits `json:"monthly_credits"`
	Seconds    int64           `json:"seconds"`
	Bytes      int64           `json:"bytes"`
	Capped     bool            `json:"capped"`
	Credits    billing.Credits `json:"credits"`
	Amount     string          `json:"amount"`
	SnapshotID int64           `json:"snapshot_id,omitempty"`
	Snapshot   string          `json:"snapshot,omitempty"`
}

func (s *server) usageJSON(w http.ResponseWriter, v *visit) error {
	r, err := s.usageReport(v)
	if err != nil {
		return err
	}
	file := usageFileJSON{
		Month: r.Month.String(), Until: r.Until.String(), Closed: r.Closed, Currency: r.Currency.Code,
		TotalCredits: r.Total, Total: r.Currency.AmountUnits(r.Units), Posted: r.Posted, Lines: []usageLineJSON{},
	}
	for _, line := range r.Lines {
		file.Lines = append(file.Lines, usageLineJSON{
			InstanceID: line.Instance.ID, Instance: line.Instance.Name, Plan: line.Plan, Location: line.Location, Kind: line.Kind,
			Percent: line.Percent, Hourly: line.Price.Hourly, Monthly: line.Price.Monthly, Seconds: line.Seconds, Bytes: line.Bytes, Capped: line.Capped,
			Credits: line.Amount, Amount: r.Currency.AmountUnits(line.Units),
			SnapshotID: line.Snapshot.ID, Snapshot: line.Snapshot.Name(),
		})
	}
	return writeJSON(w, export.UsageName(r), file)
}

// writeJSON sends a value as a file to be kept.
func writeJSON(w http.ResponseWriter, name string, value any) error {
	written, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	attach(w, "application/json", name+".json")
	_, _ = w.Write(append(written, '\n')) // the visitor may have gone
	return nil
}
