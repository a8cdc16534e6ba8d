package client

import "time"

// Snapshot is the disk of an instance as it was at an instant. It is an image: new
// instances can be ordered with its ID in the location where it is.
type Snapshot struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	State     string    `json:"state" enum:"creating,ready,failed,deleting"`
	Instance  Ref       `json:"instance" doc:"Whose disk it is of; that may be gone."`
	Location  Ref       `json:"location" doc:"Where it is."`
	Bytes     int64     `json:"bytes" doc:"What it takes; 0 until it has been taken."`
	GiB       int64     `json:"gib" doc:"What it is charged for: each GiB that it has begun."`
	DiskGiB   int64     `json:"disk_gib" doc:"The size of the disk: the least that a plan must have for it."`
	Price     Price     `json:"price" doc:"Of all of it. Its ID is 0 if it costs nothing."`
	PerMonth  Money     `json:"per_month" doc:"The cap or the monthly price; about a month, 730 hours, where there is neither."`
	MonthUsed Money     `json:"month_used" doc:"What it has cost since the month began."`
	Protected bool      `json:"protected" doc:"From being deleted by mistake."`
	Labels    Labels    `json:"labels"`
	Failure   string    `json:"failure,omitempty" doc:"Why it could not be taken."`
	CreatedAt time.Time `json:"created_at"`
}

// NewSnapshot is a snapshot to be taken.
type NewSnapshot struct {
	Name    string `json:"name" minLength:"1" maxLength:"100" example:"before the update"`
	PriceID int64  `json:"price_id,omitempty" minimum:"0" doc:"The version of the price that was quoted. If there is another one by now, the order is refused. Absent: whatever is in force."`
	Labels  Labels `json:"labels,omitempty"`
}

// SnapshotChange is what can be changed about a snapshot. What is absent stays as it
// is.
type SnapshotChange struct {
	Name      *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Protected *bool   `json:"protected,omitempty"`
	Labels    *Labels `json:"labels,omitempty" doc:"All labels; those that are left out are taken away."`
}

// TakenSnapshot is a snapshot that was ordered, and the action that takes it.
type TakenSnapshot struct {
	Snapshot Snapshot `json:"snapshot"`
	Action   *Action  `json:"action,omitempty"`
}

// Restore names the snapshot that an instance's disk is made from.
type Restore struct {
	SnapshotID int64 `json:"snapshot_id" minimum:"1"`
}

// SnapshotQuote is what a snapshot of an instance would cost at most: if it took as
// much as the disk has.
type SnapshotQuote struct {
	PerGiB     Price     `json:"per_gib" doc:"Order with the ID of this version, and the order is refused if the price has changed by then. Its ID is 0 while snapshots cost nothing."`
	GiB        int64     `json:"gib" doc:"At most."`
	PerMonth   Money     `json:"per_month" doc:"At most."`
	Balance    Money     `json:"balance"`
	Needed     Money     `json:"needed" doc:"The least balance with which the order is accepted, rounded up."`
	Before     Outlook   `json:"before" doc:"Without the snapshot."`
	After      Outlook   `json:"after" doc:"With it."`
	Acceptable bool      `json:"acceptable" doc:"Whether the order would be accepted now."`
	Reasons    []Problem `json:"reasons" nullable:"false" doc:"Why it would not."`
}
