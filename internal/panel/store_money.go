package panel

import "accrue/internal/billing"

// Meters are the segments and what derives from them. Segments are append-only:
// only an open one can be closed, and only once.
type Meters interface {
	InsertSegment(account int64, s billing.Segment) (id int64, err error)
	CloseSegment(id int64, to billing.Instant) error
	// OpenSegments returns an account's open segments, by instance and snapshot.
	OpenSegments(account int64) ([]billing.Segment, error)
	// ListSegments returns segments that touch [from, to), by instance, snapshot and
	// From. An account of 0 stands for every one, an instance of 0 for every one and
	// every snapshot.
	ListSegments(account, instance int64, from, to billing.Instant) ([]billing.Segment, error)
	// SnapshotSegments returns those of one snapshot that touch [from, to), by From.
	SnapshotSegments(snapshot int64, from, to billing.Instant) ([]billing.Segment, error)
	// InsertOneOff writes a charge that is made at once. An instance has one
	// minimum charge at most.
	InsertOneOff(account int64, c billing.OneOff) error
	// ListOneOffs returns those of [from, to), by instance, kind and instant. An
	// account of 0 stands for every one.
	ListOneOffs(account int64, from, to billing.Instant) ([]billing.OneOff, error)
	// ChargedTraffic is how many bytes of traffic an instance was charged for on a
	// price in [from, to).
	ChargedTraffic(instance int64, price billing.PriceID, from, to billing.Instant) (bytes int64, err error)
	// InsertStatement freezes the lines of an account's month.
	InsertStatement(account int64, month billing.Month, at billing.Instant, lines []billing.Line) error
	// Statement returns the frozen lines, or ErrNotFound while the month is open.
	Statement(account int64, month billing.Month) ([]billing.Line, error)
	// StatementTotal is the sum of the frozen lines, or ErrNotFound.
	StatementTotal(account int64, month billing.Month) (billing.Credits, error)
	// UsedMonths returns the months in which an account has segments or was
	// charged at once, newest first.
	UsedMonths(account int64, until billing.Instant) ([]billing.Month, error)
}

// Ledger is the append-only record of money.
type Ledger interface {
	// InsertTransaction writes a transaction whose postings sum to zero.
	InsertTransaction(Transaction) (id int64, err error)
	Transaction(id int64) (Transaction, error)
	TransactionByKey(key string) (Transaction, error)
	ListEntries(LedgerFilter) ([]Entry, error)
	// UsagePosted is what the ledger has as an account's usage of a month, as a
	// positive amount.
	UsagePosted(account int64, month billing.Month) (billing.Credits, error)
	// LedgerTotals counts the transactions and sums all postings, which is zero.
	LedgerTotals() (transactions int64, sum billing.Credits, err error)
	// SumEntries goes through all entries of a batch's accounts, by their numbers,
	// and through what its settlements gave to BookRevenue, if there are any.
	SumEntries(batch int64) (map[int64]LedgerSums, error)
	// NextBatch is the first batch from a given one on that has accounts, or
	// ErrNotFound.
	NextBatch(from int64) (batch int64, err error)
	// Batches are the first and the last batch that have accounts, or ErrNotFound.
	Batches() (first, last int64, err error)
	// AccountsToSettle keeps everybody else from locking an account of a batch and
	// returns, by ID, the accounts that are not settled at an instant and have open
	// segments, which have been counted in, or charges not posted yet. Done says that
	// the batch was settled at the instant or later.
	AccountsToSettle(at billing.Instant, batch int64) (accounts []Unsettled, done bool, err error)
	// PostUsage writes a settlement. It writes no account: those that were settled
	// have its instant as their BatchedAt from then on. Its accounts are locked.
	PostUsage(Settlement) error
}

// Unsettled is what settling an account in bulk depends on. Its open segments are
// counted in one after another, so that nobody has to keep them.
type Unsettled struct {
	AccountID       int64
	Posted, Charged billing.Credits
	Since           billing.Instant
	NextEventAt     billing.Instant
	SeenAt          billing.Instant
	BatchedAt       billing.Instant // as an account's
	Open            int64           // segments counted in
	Accrued         billing.Credits // by them, until the instant of the settlement
	Batched         billing.Credits // by them, until BatchedAt
}

// Count counts in an open segment, for a settlement at an instant.
func (u *Unsettled) Count(s billing.Segment, at billing.Instant) (err error) {
	u.Open++
	if u.BatchedAt != 0 {
		if u.Batched, err = u.Batched.Add(s.Charge(u.Since, u.BatchedAt)); err != nil {
			return err
		}
	}
	u.Accrued, err = u.Accrued.Add(s.Charge(u.Since, at))
	return err
}

// usage is what has accrued and is not posted yet.
func (u *Unsettled) usage() (BatchUsage, error) {
	used, err := u.Charged.Add(u.Accrued)
	if err != nil {
		return BatchUsage{}, err
	}
	posted := u.Posted
	if u.BatchedAt != 0 {
		posted, err = u.Charged.Add(u.Batched)
	}
	return BatchUsage{AccountID: u.AccountID, Amount: used - posted, Used: used}, err
}

// Currencies are how people see credits; settings are how the provider wants it.
type Currencies interface {
	InsertCurrency(c DatedCurrency, actor string) error
	// UpdateCurrency changes everything but the code; a changed value is dated.
	UpdateCurrency(c DatedCurrency, at billing.Instant, actor string) error
	// ListCurrencies returns the currencies with the values in force at an instant.
	ListCurrencies(at billing.Instant) ([]DatedCurrency, error)
	ListCurrencyValues(code string) ([]CurrencyValue, error) // newest first
	DeleteCurrency(code string) error                        // ErrInUse when an account or order has it
	Settings() (Settings, error)
	SaveSettings(Settings) error
}

// Orders are announced payments.
type Orders interface {
	InsertOrder(Order) (id int64, err error)
	Order(id int64) (Order, error)
	LockOrder(id int64) (Order, error)
	UpdateOrder(Order) error
	ListOrders(account int64, state OrderState, before int64, limit int) ([]Order, error) // newest first
}
