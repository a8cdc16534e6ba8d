package client

import "time"

// Token is an API token of the caller's. Its text is shown once, in the console
// or by the operator's command; no token can make or revoke one.
type Token struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint" doc:"Its last characters."`
	Scope     string     `json:"scope" enum:"read,write,billing"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"`

	From         []string `json:"from" doc:"The ranges of addresses it may be used from; empty: anywhere."`
	DailyCredits string   `json:"daily_credits" doc:"What its orders of a day may cost a day; 0: no limit."`
}

// Session is a place where the caller is signed in to the console.
type Session struct {
	ID        int64     `json:"id"`
	UserID    int64     `json:"user_id"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent" doc:"The browser, as it calls itself."`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
}
