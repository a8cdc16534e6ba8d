package panel

import "accrue/internal/billing"

// TransactionKind says why money moved.
type TransactionKind string

// The kinds of section 5.
const (
	TopUp      TransactionKind = "top-up"
	Adjustment TransactionKind = "adjustment"
	Voucher    TransactionKind = "voucher"
	Usage      TransactionKind = "usage"
	Refund     TransactionKind = "refund"
	Reversal   TransactionKind = "reversal"
)

// The provider's own books, the other side of every entry. Customers' accounts
// have positive numbers, books negative ones.
const (
	BookRevenue     int64 = -1
	BookPayments    int64 = -2
	BookAdjustments int64 = -3
	BookVouchers    int64 = -4
)

// Transaction is one entry of the double-entry ledger. It is never changed; a
// correction is another transaction that names it.
type Transaction struct {
	ID       int64
	Key      string // can exist once
	Kind     TransactionKind
	At       billing.Instant
	Month    billing.Month // of usage: the month it was used in; otherwise the month of At
	Actor    string        // who moved it
	Reason   string        // in words, for people
	Corrects int64         // the transaction that this one corrects; 0 if none
	Paid     string        // what was paid in money, such as "10.00 EUR"; empty if nothing was
	Postings []Posting     // sum to zero
}

// Posting is one side of a transaction: what an account or a book gained.
type Posting struct {
	AccountID int64
	Amount    billing.Credits
}

// Entry is a transaction as one account sees it.
type Entry struct {
	Transaction
	AccountID int64
	Amount    billing.Credits // what the account gained; negative when it paid
	Balance   billing.Credits // the account's posted balance after it
}

// LedgerFilter selects entries, newest first.
type LedgerFilter struct {
	AccountID int64           // 0: every account
	Kind      TransactionKind // empty: every kind
	Before    int64           // only transactions with a lower ID; 0: from the newest
	Limit     int
}
