package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// usageHeads are the columns of a usage report as a file.
var usageHeads = []string{
	"month", "instance_id", "instance", "plan", "location", "kind", "percent",
	"hourly_credits", "monthly_credits", "seconds", "bytes", "capped", "credits", "amount", "currency",
}

func (s *server) usageCSV(w http.ResponseWriter, v *visit) error {
	r, err := s.usageReport(v)
	if err != nil {
		return err
	}
	rows := [][]string{usageHeads}
	for _, line := range r.Lines {
		rows = append(rows, []string{
			r.Month.String(), text(line.Instance.ID), line.Instance.Name, line.Plan, line.Location, string(line.Kind), text(line.Percent),
			line.Price.Hourly.String(), line.Price.Monthly.String(), text(line.Seconds), text(line.Bytes), fmt.Sprint(line.Capped),
			line.Amount.String(), r.Currency.AmountUnits(line.Units), r.Currency.Code,
		})
	}
	return s.writeCSV(w, usageFile(r), rows)
}

// writeCSV sends a table as a file to be kept.
func (s *server) writeCSV(w http.ResponseWriter, name string, rows [][]string) error {
	attach(w, "text/csv; charset=utf-8", name+".csv")
	out := csv.NewWriter(w)
	for n, row := range rows {
		if n > 0 {
			for i := range row {
				row[i] = harmless(row[i])
			}
		}
		if err := out.Write(row); err != nil {
			return nil // the visitor has gone
		}
	}
	out.Flush()
	return nil
}

// harmless keeps a spreadsheet from taking a text for a formula. Numbers, which
// may begin with a sign, are left as they are.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsAny(cell[:1], "=+-@\t\r") || isNumber(cell) {
		return cell
	}
	return "'" + cell
}

// isNumber says whether a cell is a plain decimal number.
func isNumber(cell string) bool {
	digits := strings.TrimPrefix(cell, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") <= 1
}

// attach makes an answer a file.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
}

func usageFile(r panel.UsageReport) string {
	return fmt.Sprintf("usage-%s-%s", r.Month, strings.ToLower(r.Currency.Code))
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
		})
	}
	return writeJSON(w, usageFile(r), file)
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
