package client

import "time"

// Token is an API token of the caller's. Its text is shown once, when it is made.
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

// NewToken is a token to be made. Nothing in it is wider than it says: what may be
// left out is then as it is with the token that the request is sent with.
type NewToken struct {
	Password string `json:"password" maxLength:"1024" doc:"Yours, with which you sign in to the console. No token can make another by itself."`
	Name     string `json:"name" example:"backup" doc:"By which you will know it."`
	Scope    string `json:"scope" enum:"read,write,billing"`
	Days     int64  `json:"days" minimum:"0" maximum:"3650" doc:"How long it is good for; 0: for ever."`

	From         []string `json:"from,omitempty" nullable:"false" maxItems:"50" doc:"The addresses it may be used from, such as 203.0.113.7 or 10.0.0.0/8; 0.0.0.0/0 and ::/0 for anywhere. If absent or empty: those of this request's token."`
	DailyCredits *string  `json:"daily_credits,omitempty" doc:"What its orders of a day may cost a day; 0: no limit. If absent: the limit of this request's token."`
}

// MadeToken is a token that was made just now, with its text.
type MadeToken struct {
	Token Token  `json:"token"`
	Text  string `json:"text" doc:"What programs send. It is shown this once: only its hash is kept."`
}

// TokenRevocation is what revoking a token needs.
type TokenRevocation struct {
	Password string `json:"password,omitempty" maxLength:"1024" doc:"Yours. A token can revoke itself without it."`
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
