package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// Panel answers the use cases. It keeps no state of its own: any number of
// panels, in any number of processes, may work on one store.
type Panel struct {
	store   Store
	drivers Drivers
	mailer  Mailer
	hasher  *identity.Hasher

	files     ImageFiles // nil where no files of images are kept
	downloads Downloads  // nil where nothing is fetched

	written chan struct{}
}

// New returns a panel on a store and the outside world.
func New(store Store, drivers Drivers, mailer Mailer, hasher *identity.Hasher) *Panel {
	return &Panel{
		store:   store,
		drivers: drivers,
		mailer:  mailer,
		hasher:  hasher,
		written: make(chan struct{}, 1),
	}
}

// Written is signaled after this panel has committed something that may have to
// be acted upon, so that a worker in the same process need not poll for it.
func (p *Panel) Written() <-chan struct{} { return p.written }

// Now is the current second by the clock that counts for money.
func (p *Panel) Now(ctx context.Context) (now billing.Instant, err error) {
	err = p.view(ctx, func(tx Tx) error {
		now = tx.Now()
		return nil
	})
	return now, err
}

// view reads a consistent state.
func (p *Panel) view(ctx context.Context, read func(Tx) error) error {
	if tx, ok := transactionOf(ctx); ok {
		return read(tx)
	}
	return p.store.View(ctx, read)
}

// update writes in one transaction and then lets the worker know.
func (p *Panel) update(ctx context.Context, write func(Tx) error) error {
	if tx, ok := transactionOf(ctx); ok {
		return write(tx)
	}
	if err := p.store.Update(ctx, write); err != nil {
		return err
	}
	select {
	case p.written <- struct{}{}:
	default:
	}
	return nil
}

// onAccount does one thing to one account: it locks the account, lives through
// what has come due, does the thing, and writes the account down.
func (p *Panel) onAccount(ctx context.Context, account int64, do func(*book) error) error {
	return p.update(ctx, func(tx Tx) error {
		b, err := openBook(tx, account)
		if err != nil {
			return err
		}
		if err := do(b); err != nil {
			return err
		}
		return b.close()
	})
}

// change does, in one transaction, what only a caller with a permission may do.
// Changes of what the provider has chosen are made one after the other, so that
// none undoes another that it has not seen.
func (p *Panel) change(ctx context.Context, who identity.Who, need identity.Permission, do func(Tx) error) error {
	if !who.May(need) {
		return ErrForbidden
	}
	return p.update(ctx, func(tx Tx) error {
		switch need {
		case identity.WriteSettings, identity.WriteCatalog, identity.WriteFleet:
			if err := tx.TakeTurn(string(need)); err != nil {
				return err
			}
		}
		return do(tx)
	})
}

// look reads what only a caller with a permission may see.
func (p *Panel) look(ctx context.Context, who identity.Who, need identity.Permission, read func(Tx) error) error {
	if !who.May(need) {
		return ErrForbidden
	}
	return p.view(ctx, read)
}

// audit records what an administrator did.
func audit(tx Tx, who identity.Who, action, subject, detail string) error {
	return tx.InsertAudit(AuditEntry{Actor: who.Actor(), Action: action, Subject: subject, Detail: detail, At: tx.Now()})
}
