package client

import "time"

// Costs is what an instance cost in a month.
type Costs struct {
	InstanceID int64     `json:"instance_id"`
	Month      string    `json:"month" example:"2026-11"`
	Until      time.Time `json:"until"`
	Total      Money     `json:"total"`
	Segments   []Segment `json:"segments" nullable:"false" doc:"The month, stretch by stretch, oldest first."`
}

// Segment is a stretch of billable time at one price and percent. What segments
// cost adds up to the instance's usage, without its minimum charge.
type Segment struct {
	From    time.Time  `json:"from"`
	To      *time.Time `json:"to,omitempty" doc:"Absent while it runs."`
	Price   Price      `json:"price"`
	Percent int64      `json:"percent"`
	Seconds int64      `json:"seconds" doc:"In the month."`
	Amount  Money      `json:"amount" doc:"In the month."`
}

// Runway is how long a balance would last.
type Runway struct {
	Added  Money      `json:"added"`
	ZeroAt *time.Time `json:"zero_at,omitempty" doc:"Absent if that is not in sight."`
}
