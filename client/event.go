package client

import "time"

// Event is something that happened to an account or an instance.
type Event struct {
	ID         int64     `json:"id"`
	Kind       string    `json:"kind" example:"instance.created"`
	AccountID  int64     `json:"account_id,omitempty"`
	InstanceID int64     `json:"instance_id,omitempty"`
	Name       string    `json:"name,omitempty" doc:"Of the instance, or of what has changed."`
	Detail     string    `json:"detail,omitempty" doc:"What the kind says: a plan, an amount, a reason."`
	Actor      string    `json:"actor,omitempty" doc:"Who did it. For administrators."`
	At         time.Time `json:"at"`
}
