package client

import "time"

// Metrics are what an instance, or the instances on a hypervisor together, did
// over a stretch of time.
type Metrics struct {
	From   time.Time      `json:"from"`
	To     time.Time      `json:"to"`
	Step   int64          `json:"step" doc:"Seconds between two points."`
	Series []MetricSeries `json:"series" nullable:"false"`
}

// MetricSeries is one figure over time.
type MetricSeries struct {
	Name   string        `json:"name" example:"cpu"`
	Unit   string        `json:"unit" example:"percent" doc:"percent, of all vCPUs together; mebibytes; bytes_per_second; per_second."`
	Points []MetricPoint `json:"points" nullable:"false" doc:"The oldest first. Where nothing is known, there is no point."`
}

// MetricPoint is the mean over the step that begins at an instant.
type MetricPoint struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}
