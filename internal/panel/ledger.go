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

	// Of an account, not of a book: what had been credited to it and what it had
	// used in all, after this posting.
	Credited, Used billing.Credits
}

// Settlement is usage that was posted for a batch of accounts at one instant, as
// one transaction with the revenue.
type Settlement struct {
	Batch int64
	Key   string // of the transaction
	At    billing.Instant
	Month billing.Month // in which it was used
	Total billing.Credits
	Usage []BatchUsage // of the accounts that were settled, by AccountID
	Late  []int64      // those that were not, because they have to live through something first
}

// BatchUsage is an account's part of a settlement.
type BatchUsage struct {
	AccountID int64
	Amount    billing.Credits // what it was charged; 0 where everything was free
	Used      billing.Credits // what it had been charged in all, after it
}

// batchSize is how many accounts are settled in one transaction: large enough
// to be fast, small enough that nobody waits for it.
const batchSize = 1000

// BatchOf is the batch with which an account is settled.
func BatchOf(account int64) int64 { return (account - 1) / batchSize }

// BatchAccounts are the numbers of the first and the last account that a batch
// can have.
func BatchAccounts(batch int64) (first, last int64) {
	return batch*batchSize + 1, (batch + 1) * batchSize
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
	After     int64           // and of transaction Before itself the accounts with a higher ID, unless 0
	Limit     int
}

// LedgerSums are what the ledger has for one account, entry by entry.
type LedgerSums struct {
	Other, Used billing.Credits // the sums of what is not usage, and of usage as a positive amount
	Broken      int64           // the first transaction whose running totals are not those sums; 0 if none
}
