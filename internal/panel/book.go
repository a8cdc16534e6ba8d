package panel

import (
	"errors"
	"fmt"

	"accrue/internal/billing"
)

// book is one account under lock in a transaction: its figures, its open
// segments, and the instant at which it is being written. Everything that
// touches an account's money or instances goes through one.
type book struct {
	tx       Tx
	now      billing.Instant
	account  Account
	settings Settings
	open     []billing.Segment // by instance; kept as segments open and close
}

// maxTurns bounds what an account can live through in one go: hundreds of years.
const maxTurns = 10_000

// openBook locks an account and lives through everything that has come due for
// it, each at its own second, however late the program is. Whatever happens
// next happens to an account that is up to date.
func openBook(tx Tx, account int64) (*book, error) {
	locked, err := tx.LockAccount(account)
	if err != nil {
		return nil, fmt.Errorf("account %d: %w", account, err)
	}
	open, err := tx.OpenSegments(account)
	if err != nil {
		return nil, fmt.Errorf("segments of account %d: %w", account, err)
	}
	settings, err := tx.Settings()
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if locked, err = locked.Settled(open); err != nil {
		return nil, err
	}
	b := &book{tx: tx, account: locked, settings: settings, open: open}
	return b, b.catchUp(max(tx.Now(), locked.SeenAt, locked.SettledAt))
}

// catchUp turns to each instant that has come due until the target, and leaves
// the book there.
func (b *book) catchUp(target billing.Instant) error {
	for range maxTurns {
		if b.account.NextEventAt > target {
			b.now = target
			return nil
		}
		b.now = max(b.account.NextEventAt, b.account.SeenAt, b.account.SettledAt)
		b.account.SeenAt = b.now
		if err := b.turn(); err != nil {
			return err
		}
	}
	return fmt.Errorf("account %d does not reach %s", b.account.ID, target)
}

// turn does what an instant that has come due asks for: months that have ended
// are frozen, and the balance is compared with the thresholds.
func (b *book) turn() error {
	if err := b.freeze(); err != nil {
		return err
	}
	return b.judge()
}

// close writes the account down, with the first second at which it must be
// looked at again.
func (b *book) close() error {
	b.account.SeenAt = b.now
	b.account.NextEventAt = b.nextEvent()
	if err := b.tx.UpdateAccount(b.account); err != nil {
		return fmt.Errorf("account %d: %w", b.account.ID, err)
	}
	return nil
}

// nextEvent is the first second at which the account crosses a threshold or
// ends a month, or Never when nothing of it accrues.
func (b *book) nextEvent() billing.Instant {
	if !b.busy() {
		return billing.Never
	}
	end := b.account.Since.Month().End()
	return min(end, b.settings.NextCrossing(b.account.Taken, b.position(), b.now, end))
}

// busy says whether the month that is not frozen has anything to freeze.
func (b *book) busy() bool {
	return len(b.open) > 0 || b.account.UsedAt >= b.account.Since
}

func (b *book) position() billing.Position { return b.account.Position(b.open) }

func (b *book) balance() (billing.Credits, error) {
	balance, err := b.position().Balance(b.now)
	if err != nil {
		return 0, fmt.Errorf("balance of account %d: %w", b.account.ID, err)
	}
	return balance, nil
}

// post is the one function through which money moves. It settles the account,
// writes the entry under its key, compares the balance with the thresholds and
// records what follows, all in the book's transaction. A key that exists
// already moves nothing: the transaction of that time is returned, with
// ErrExists.
func (b *book) post(t Transaction, from int64, amount billing.Credits) (Transaction, error) {
	known, err := b.tx.TransactionByKey(t.Key)
	if err == nil {
		return known, ErrExists
	}
	if !errors.Is(err, ErrNotFound) {
		return Transaction{}, fmt.Errorf("transaction %s: %w", t.Key, err)
	}
	if err := b.settle(); err != nil {
		return Transaction{}, err
	}
	credited, err := b.account.Credited.Add(amount)
	if err != nil {
		return Transaction{}, invalid("amount", "is more than an account can hold")
	}
	b.account.Credited = credited
	if t, err = b.write(t, from, amount); err != nil {
		return Transaction{}, err
	}
	if err := b.event(Event{Kind: EventCreditAdded, Detail: amount.String(), Actor: t.Actor}); err != nil {
		return Transaction{}, err
	}
	return t, b.judge()
}

// settle posts what has accrued until now and is not posted yet. Doing it
// twice, late, or never between two others gives the same totals.
func (b *book) settle() error {
	charges, err := b.position().Charges(b.now)
	if err != nil {
		return fmt.Errorf("charges of account %d: %w", b.account.ID, err)
	}
	usage := charges - b.account.Posted
	if usage == 0 {
		b.account.SettledAt = b.now
		return nil
	}
	key := fmt.Sprintf("usage/%d/%d", b.account.ID, b.now)
	if b.account.SettledAt == b.now {
		key += "/" + charges.String() // a minimum charge in the very second of a settlement
	}
	b.account.Posted, b.account.SettledAt = charges, b.now
	_, err = b.write(Transaction{Key: key, Kind: Usage}, BookRevenue, -usage)
	return err
}

// write inserts a transaction between a book of the provider and the account,
// whose figures have it already. Only post and settle call it.
func (b *book) write(t Transaction, from int64, amount billing.Credits) (Transaction, error) {
	t.At, t.Month = b.now, b.now.Month()
	if t.Kind == Usage {
		t.Month = b.account.Since.Month()
	}
	t.Postings = []Posting{
		{AccountID: b.account.ID, Amount: amount, Credited: b.account.Credited, Used: b.account.Posted},
		{AccountID: from, Amount: -amount},
	}
	id, err := b.tx.InsertTransaction(t)
	if err != nil {
		return Transaction{}, fmt.Errorf("transaction %s: %w", t.Key, err)
	}
	t.ID = id
	return t, nil
}

// event adds a line to the account's feed.
func (b *book) event(e Event) error {
	e.AccountID, e.At = b.account.ID, b.now
	if err := b.tx.InsertEvent(e); err != nil {
		return fmt.Errorf("event %s: %w", e.Kind, err)
	}
	return nil
}
