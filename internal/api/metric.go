package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

func (s *server) metricOperations() {
	const text = "Minutes are known for a day, ten minutes for a week, hours for 30 days. Without an end it goes to now, without a beginning it is the day before the end."
	get(s, operation{
		id: "get-instance-metrics", tag: "Instances", path: "/v1/instances/{id}/metrics", need: identity.ReadInstances,
		summary: "What an instance did over time: CPU, memory, disk, network", text: text,
	}, func(ctx context.Context, who identity.Who, in *metricQuery) (client.Metrics, error) {
		return s.metrics(ctx, who, in, s.Panel.Metrics)
	})
	get(s, operation{
		id: "get-hypervisor-metrics", tag: "Admin: hypervisors", path: adminHypervisors + "/{id}/metrics", need: identity.ReadFleet,
		summary: "What the instances on a hypervisor did together", text: "CPU is the share of the hypervisor's threads. " + text,
	}, func(ctx context.Context, who identity.Who, in *metricQuery) (client.Metrics, error) {
		return s.metrics(ctx, who, in, s.Panel.HypervisorMetrics)
	})
}

// metricQuery says whose metrics, and which.
type metricQuery struct {
	ByID
	From   time.Time `query:"from" doc:"The beginning."`
	To     time.Time `query:"to" doc:"The end."`
	Step   int64     `query:"step" minimum:"0" maximum:"2678400" doc:"Seconds between two points, a number of whole minutes; as it suits the length if it is absent."`
	Series []string  `query:"series" maxItems:"20" example:"cpu,net_out_bytes" doc:"Only these, with commas between them."`
}

// unitOf is what the figures of a series count.
func unitOf(s metric.Series) string {
	switch name := s.String(); {
	case s == metric.CPU:
		return "percent"
	case s == metric.Memory:
		return "mebibytes"
	case strings.HasSuffix(name, "_bytes"):
		return "bytes_per_second"
	}
	return "per_second"
}

// earliest is before anything was measured.
const earliest = 0

// stretch is what a query asks for.
func (q *metricQuery) stretch(now billing.Instant) (panel.MetricsRange, error) {
	r := panel.MetricsRange{To: now, Step: q.Step}
	if !q.To.IsZero() {
		r.To = billing.At(q.To)
	}
	r.From = r.To - billing.Day
	if !q.From.IsZero() {
		r.From = billing.At(q.From)
	}
	if r.From < earliest || r.To > now+billing.Day {
		return r, &panel.Invalid{Field: "from", Message: "and to must be times that have been"}
	}
	return r, nil
}

func (s *server) metrics(ctx context.Context, who identity.Who, in *metricQuery, read func(context.Context, identity.Who, int64, panel.MetricsRange) ([]metric.Point, panel.MetricsRange, error)) (out client.Metrics, err error) {
	now, err := s.Panel.Now(ctx)
	if err != nil {
		return out, err
	}
	r, err := in.stretch(now)
	if err != nil {
		return out, err
	}
	for _, name := range in.Series {
		if !slices.ContainsFunc(metric.All(), func(x metric.Series) bool { return x.String() == name }) {
			return out, &panel.Invalid{Field: "series", Message: fmt.Sprintf("there is no series %q", name)}
		}
	}
	points, drawn, err := read(ctx, who, in.ID, r)
	if err != nil {
		return out, err
	}
	out = client.Metrics{From: drawn.From.Time(), To: drawn.To.Time(), Step: drawn.Step, Series: []client.MetricSeries{}}
	for _, x := range metric.All() {
		if len(in.Series) > 0 && !slices.Contains(in.Series, x.String()) {
			continue
		}
		out.Series = append(out.Series, client.MetricSeries{Name: x.String(), Unit: unitOf(x), Points: each(points, func(p metric.Point) client.MetricPoint {
			return client.MetricPoint{At: billing.Instant(p.At).Time(), Value: p.Of(x)}
		})})
	}
	return out, nil
}
