package client

import "time"

// Quote is what an instance would cost and do to the account, worked out by the
// rules that will bill it.
type Quote struct {
	At            time.Time `json:"at" doc:"The second that all of this is true at."`
	Plan          Ref       `json:"plan"`
	Price         Price     `json:"price" doc:"Order with the ID of this version, and the order is refused if the price has changed by then."`
	PerMonth      Money     `json:"per_month" doc:"The cap or the monthly price; about a month, 730 hours, where there is neither."`
	MonthEstimate Money     `json:"month_estimate" doc:"What it costs in this month if it is kept to its end."`
	Minimum       Money     `json:"minimum" doc:"What it costs even if it is deleted at once."`
	Balance       Money     `json:"balance"`
	Needed        Money     `json:"needed" doc:"The least balance with which the order is accepted, rounded up."`
	Before        Outlook   `json:"before" doc:"Without the order."`
	After         Outlook   `json:"after" doc:"With it."`
	Acceptable    bool      `json:"acceptable" doc:"Whether the order would be accepted now."`
	Reasons       []Problem `json:"reasons" nullable:"false" doc:"Why it would not."`
}

// Outlook is how long a balance lasts.
type Outlook struct {
	PerHour   Money      `json:"per_hour"`
	ZeroAt    *time.Time `json:"zero_at,omitempty" doc:"When the balance reaches zero. Absent if that is not in sight."`
	SuspendAt *time.Time `json:"suspend_at,omitempty" doc:"When instances are suspended, likewise."`
}

// NewQuote is what to quote. Without a name, the name is not looked at.
type NewQuote struct {
	Name       string `json:"name,omitempty" maxLength:"63"`
	PlanID     int64  `json:"plan_id" minimum:"1"`
	LocationID int64  `json:"location_id" minimum:"1"`
	ImageID    int64  `json:"image_id,omitempty" minimum:"0"`
}

// ResizeOption is a plan that an instance could move to.
type ResizeOption struct {
	Plan      Ref       `json:"plan"`
	Resources Resources `json:"resources"`
	Price     Price     `json:"price"`
	Available bool      `json:"available"`
	Reason    string    `json:"reason,omitempty" doc:"Why it cannot, in words."`
}
