package web

import (
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

// trafficOf says what an instance has sent this month, of what its plan includes,
// and what that will come to.
func trafficOf(i panel.InstanceView, now billing.Instant) Fact {
	month := now.Month()
	from := max(month.Start(), i.ActivatedAt)
	expected := metric.Expected(i.Traffic.Out, int64(from), int64(now), int64(month.End()))
	said := byteSize(i.Traffic.Out) + " sent"
	if included := i.Plan.Transfer(); included > 0 {
		said = byteSize(i.Traffic.Out) + " of " + byteSize(included)
	}
	if i.Live() && expected > i.Traffic.Out {
		said += ", about " + byteSize(expected) + " by the end of the month"
	}
	if i.Throttle > 0 {
		said += fmt.Sprintf(". Its port is limited to %d Mbit/s until then", i.Throttle)
	}
	return Fact{Label: "Traffic", Value: Amount{Text: said}}
}
