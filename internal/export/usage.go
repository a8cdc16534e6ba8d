package export

import (
	"fmt"
	"strings"

	"accrue/internal/panel"
)

// UsageName is what a usage report is called as a file.
func UsageName(r panel.UsageReport) string {
	return fmt.Sprintf("usage-%s-%s", r.Month, strings.ToLower(r.Currency.Code))
}

// Usage is a usage report, a row for each line.
func Usage(r panel.UsageReport) Table {
	t := Table{Name: UsageName(r), Rows: [][]string{{
		"month", "instance_id", "instance", "plan", "location", "kind", "percent",
		"hourly_credits", "monthly_credits", "seconds", "bytes", "capped", "credits", "amount", "currency",
		"snapshot_id", "snapshot",
	}}}
	for _, line := range r.Lines {
		snapshot := ""
		if line.Snapshot.ID != 0 {
			snapshot = text(line.Snapshot.ID)
		}
		t.Rows = append(t.Rows, []string{
			r.Month.String(), text(line.Instance.ID), line.Instance.Name, line.Plan, line.Location, string(line.Kind), text(line.Percent),
			line.Price.Hourly.String(), line.Price.Monthly.String(), text(line.Seconds), text(line.Bytes), fmt.Sprint(line.Capped),
			line.Amount.String(), r.Currency.AmountUnits(line.Units), r.Currency.Code,
			snapshot, line.Snapshot.Name(),
		})
	}
	return t
}
