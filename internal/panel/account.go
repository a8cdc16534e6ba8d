package panel

import (
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Account is a customer: it owns instances, and credit pays for them.
//
// Its balance is never stored. It follows at every second from what was
// credited, what has been charged, and the segments that are open.
type Account struct {
	ID        int64
	Name      string
	Currency  string // the code of the currency its people see amounts in
	CreatedAt billing.Instant
	Holds     fleet.Holds // on everything it owns

	Credited billing.Credits // the sum of its ledger entries that are not usage
	Posted   billing.Credits // the sum of its usage entries, as a positive amount
	Charged  billing.Credits // charges of closed segments, one-offs, and of open segments before Since
	Since    billing.Instant // the first second that is not frozen in a statement: a month's start
	UsedAt   billing.Instant // when a segment last ended or a one-off was charged; 0 if never

	SettledAt   billing.Instant    // usage is posted until here
	BatchedAt   billing.Instant    // unless 0: it was settled with its batch then, since it was last written
	Taken       billing.Conditions // which thresholds it was beyond when last judged
	Judged      bool               // whether it was ever judged
	NextEventAt billing.Instant    // the first second at which it must be looked at again
	SeenAt      billing.Instant    // the last instant at which it changed; its time never runs back
}

// PostedBalance is the sum of the account's ledger entries: the balance at
// SettledAt, without what has accrued since.
func (a Account) PostedBalance() billing.Credits { return a.Credited - a.Posted }

// Settled takes down in Posted and SettledAt that the account was settled with
// its batch, given its open segments. A settlement of a batch writes no account:
// what it posted for one follows from the account.
func (a Account) Settled(open []billing.Segment) (Account, error) {
	if a.BatchedAt == 0 {
		return a, nil
	}
	charges, err := a.Position(open).Charges(a.BatchedAt)
	if err != nil {
		return a, fmt.Errorf("charges of account %d until %s: %w", a.ID, a.BatchedAt, err)
	}
	a.Posted, a.SettledAt, a.BatchedAt = charges, a.BatchedAt, 0
	return a, nil
}

// Position returns what the account's balance depends on, given its open
// segments.
func (a Account) Position(open []billing.Segment) billing.Position {
	return billing.Position{Credited: a.Credited, Charged: a.Charged, Since: a.Since, Open: open}
}

// Hold forbids an account's instances, or one of them, to run. It stays in the
// history when it is lifted.
type Hold struct {
	ID        int64
	AccountID int64
	Instance  int64 // 0: everything of the account
	Kind      fleet.HoldKind
	Reason    string
	PlacedBy  string
	PlacedAt  billing.Instant
	LiftedAt  billing.Instant // 0 while it stands
}
