package client

import "time"

// NewCredit is a change of an account's balance by an administrator.
type NewCredit struct {
	AccountID int64  `json:"account_id" minimum:"1"`
	Credits   string `json:"credits" minLength:"1" maxLength:"32" example:"100.00" doc:"How many credits to add; negative takes them away."`
	Reason    string `json:"reason" minLength:"1" maxLength:"500" doc:"The customer reads it in the ledger."`
	Kind      string `json:"kind,omitempty" enum:"adjustment,top-up,voucher,refund" default:"adjustment"`
	Paid      string `json:"paid,omitempty" maxLength:"40" example:"10.00 EUR" doc:"What was paid in money, if anything was."`
}

// NewReversal takes a transaction back.
type NewReversal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"The customer reads it in the ledger."`
}

// Transaction is a transaction of the ledger with all its postings, which sum to
// zero.
type Transaction struct {
	ID       int64     `json:"id"`
	Kind     string    `json:"kind" enum:"top-up,adjustment,voucher,usage,refund,reversal"`
	At       time.Time `json:"at"`
	Month    string    `json:"month" example:"2026-11"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason,omitempty"`
	Paid     string    `json:"paid,omitempty"`
	Corrects int64     `json:"corrects,omitempty" doc:"The transaction that this one takes back."`
	Postings []Posting `json:"postings" nullable:"false"`
}

// Posting is what an account gained by a transaction. The provider's own books
// have negative numbers.
type Posting struct {
	AccountID int64 `json:"account_id"`
	Amount    Money `json:"amount"`
}
