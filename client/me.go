package client

import "time"

// Me is who a token acts for.
type Me struct {
	ID      int64    `json:"id"`
	Email   string   `json:"email"`
	Name    string   `json:"name"`
	Role    string   `json:"role" enum:"customer,administrator"`
	Token   MyToken  `json:"token"`
	Account *Account `json:"account,omitempty" doc:"Absent for administrators."`
}

// MyToken is what the token that a request came with may do.
type MyToken struct {
	ID    int64  `json:"id"`
	Scope string `json:"scope" enum:"read,write,billing"`
}

// Account is a customer: who owns instances, and whose credit pays for them.
type Account struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Currency  string    `json:"currency" doc:"The code of the currency in which amounts are shown."`
	Suspended bool      `json:"suspended" doc:"Whether anything forbids its instances to run."`
	Holds     []string  `json:"holds" nullable:"false" doc:"What does: billing, admin, abuse, maintenance."`
	CreatedAt time.Time `json:"created_at"`
}

// MeChange is what can be changed about oneself. What is absent stays as it is.
type MeChange struct {
	Name     *string `json:"name,omitempty" doc:"The name of the account."`
	Currency *string `json:"currency,omitempty" example:"EUR" doc:"The code of the currency in which amounts are shown."`
}
