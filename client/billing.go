package client

import "time"

// Balance is how an account's credit stands at a second.
type Balance struct {
	At         time.Time  `json:"at" doc:"The second that all of this is true at."`
	Balance    Money      `json:"balance"`
	PerHour    Money      `json:"per_hour" doc:"What everything costs over the next hour."`
	MonthUsed  Money      `json:"month_used" doc:"What has been used since the month began."`
	LastUsed   Money      `json:"last_month_used" doc:"What had been used at the same day and second of the month before."`
	ZeroAt     *time.Time `json:"zero_at,omitempty" doc:"When the balance reaches zero, if nothing but time passes. Absent if that is not in sight."`
	SuspendAt  *time.Time `json:"suspend_at,omitempty" doc:"When instances are suspended, likewise."`
	ToLift     *Money     `json:"to_lift,omitempty" doc:"The least top-up that lifts the suspension, rounded up. Absent unless suspended."`
	Thresholds Thresholds `json:"thresholds"`
}

// Thresholds are balances at which something happens.
type Thresholds struct {
	Low        Money `json:"low" doc:"Below it, people get a mail."`
	Negative   Money `json:"negative" doc:"Below it, they get another."`
	Suspension Money `json:"suspension" doc:"Below it, instances are suspended."`
	Resume     Money `json:"resume" doc:"From it on, they run again."`
}

// Entry is a posting of the ledger.
type Entry struct {
	ID          int64     `json:"id" doc:"Of the transaction."`
	AccountID   int64     `json:"account_id"`
	At          time.Time `json:"at"`
	Kind        string    `json:"kind" enum:"top-up,adjustment,voucher,usage,refund,reversal"`
	Month       string    `json:"month" example:"2026-11" doc:"The month that usage was used in; otherwise the month it was posted in."`
	Description string    `json:"description,omitempty"`
	Paid        string    `json:"paid,omitempty" example:"10.00 EUR" doc:"What was paid in money."`
	Amount      Money     `json:"amount" doc:"What the account gained; negative when it paid."`
	Balance     Money     `json:"balance" doc:"Its posted balance afterwards."`
	Corrects    int64     `json:"corrects,omitempty" doc:"The transaction that this one takes back."`
	Actor       string    `json:"actor,omitempty" doc:"Who posted it. For administrators."`
}

// Usage is what an account used in a month.
type Usage struct {
	AccountID int64       `json:"account_id"`
	Month     string      `json:"month" example:"2026-11"`
	Until     time.Time   `json:"until" doc:"The month's end, or now while it runs."`
	Closed    bool        `json:"closed" doc:"The month is over and its lines are frozen."`
	Currency  string      `json:"currency"`
	Total     Money       `json:"total" doc:"The sum of the lines, to the last digit."`
	Posted    Money       `json:"posted" doc:"What the ledger has of it."`
	Expected  Money       `json:"expected" doc:"What the month comes to if nothing but time passes."`
	Lines     []UsageLine `json:"lines" nullable:"false"`
	Months    []string    `json:"months" nullable:"false" doc:"Months with usage, the newest first."`
}

// UsageLine is what one instance cost in a month on one price at one percent.
type UsageLine struct {
	Instance Ref    `json:"instance" doc:"Of a snapshot: whose disk it is of."`
	Snapshot *Ref   `json:"snapshot" doc:"Null where it is about an instance."`
	Plan     string `json:"plan" doc:"Empty for snapshots."`
	Location string `json:"location"`
	Kind     string `json:"kind" enum:"usage,traffic,minimum,snapshot" doc:"traffic: what was sent beyond the plan's allowance. minimum: what a deleted instance lacked to its minimum charge."`
	Price    Price  `json:"price"`
	Percent  int64  `json:"percent"`
	Seconds  int64  `json:"seconds"`
	Bytes    int64  `json:"bytes" doc:"Of traffic."`
	Capped   bool   `json:"capped" doc:"The cap made some of the seconds free."`
	Amount   Money  `json:"amount"`
}

// UsageDays is what each day of a month cost.
type UsageDays struct {
	AccountID int64      `json:"account_id"`
	Month     string     `json:"month"`
	Total     Money      `json:"total"`
	Days      []UsageDay `json:"days" nullable:"false"`
}

// UsageDay is what a day cost.
type UsageDay struct {
	Day    string `json:"day" example:"2026-11-05"`
	Amount Money  `json:"amount"`
}

// Payment is a top-up: an announced bank transfer, and what has become of it.
type Payment struct {
	ID        int64      `json:"id"`
	AccountID int64      `json:"account_id"`
	State     string     `json:"state" enum:"pending,confirmed,rejected,canceled"`
	Reference string     `json:"reference" doc:"What to write on the transfer."`
	Currency  string     `json:"currency"`
	Amount    string     `json:"amount" example:"10.00" doc:"What to pay."`
	Credits   string     `json:"credits" doc:"The credit that it becomes, at the value of the day it was ordered."`
	Note      string     `json:"note,omitempty"`
	HowToPay  string     `json:"how_to_pay,omitempty" doc:"In the provider's words, while it is pending."`
	BankTo    string     `json:"bank_details,omitempty" doc:"Where the transfer goes, while it is pending."`
	CreatedAt time.Time  `json:"created_at"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
}

// NewPayment announces a bank transfer.
type NewPayment struct {
	Amount string `json:"amount" minLength:"1" maxLength:"32" example:"25.00" doc:"In the account's currency."`
}
