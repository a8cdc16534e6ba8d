package panel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// ConsoleKind is what a console shows.
type ConsoleKind string

// The kinds of consoles.
const (
	ConsoleScreen ConsoleKind = "screen" // speaks RFB 3.8 as a server without a password
	ConsoleSerial ConsoleKind = "serial" // the bytes of the serial port
)

// ConsoleTicket lets its holder into one console, once, while it lasts. Only the
// hash of its secret is kept.
type ConsoleTicket struct {
	Hash       []byte
	Holder     string
	InstanceID int64
	Kind       ConsoleKind
	ExpiresAt  billing.Instant
}

// TicketLife is how long a console's ticket lasts.
const TicketLife billing.Instant = 30

// openingBound is how long a hypervisor may take to open a console.
const openingBound = 10 * time.Second

// OpenConsole gives the caller a ticket to an instance's console. The holder
// names what the caller is known by, such as "session:12": whoever redeems the
// ticket must be known by the same.
func (p *Panel) OpenConsole(ctx context.Context, who identity.Who, holder string, instance int64, kind ConsoleKind) (identity.SessionSecret, error) {
	if kind != ConsoleScreen && kind != ConsoleSerial {
		return "", invalid("kind", "must be screen or serial")
	}
	secret, err := identity.NewSessionSecret()
	if err != nil {
		return "", err
	}
	i, err := p.onInstance(ctx, who, instance, fleet.CommandConsole, func(b *book, i *Instance) error {
		if err := b.tx.DeleteConsoleTickets(b.tx.Now()); err != nil {
			return err
		}
		return b.tx.InsertConsoleTicket(ConsoleTicket{
			Hash: secret.Hash(), Holder: holder, InstanceID: i.ID, Kind: kind, ExpiresAt: b.tx.Now() + TicketLife,
		})
	})
	if err != nil {
		return "", err
	}
	_, err = p.screener(ctx, i)
	return secret, err
}

// RedeemConsole opens the console that a ticket is for. A ticket is gone once it
// was shown, whoever did; one that is not the holder's, not this instance's, or
// too old, is not found. The stream ends when the machine is off; whoever keeps
// it open asks ConsoleStays now and then.
func (p *Panel) RedeemConsole(ctx context.Context, who identity.Who, holder string, instance int64, ticket identity.SessionSecret) (io.ReadWriteCloser, ConsoleKind, error) {
	_, kind, stream, err := p.redeem(ctx, ticket, func(_ Tx, taken ConsoleTicket) (identity.Who, error) {
		if taken.Holder != holder || taken.InstanceID != instance {
			return who, ErrNotFound
		}
		return who, nil
	})
	return stream, kind, err
}

// redeem takes a ticket and opens its console to whom admit names. What admit
// does not find is gone all the same.
func (p *Panel) redeem(ctx context.Context, ticket identity.SessionSecret, admit func(Tx, ConsoleTicket) (identity.Who, error)) (i Instance, kind ConsoleKind, stream io.ReadWriteCloser, err error) {
	err = p.update(ctx, func(tx Tx) error {
		kind = ""
		taken, err := tx.TakeConsoleTicket(ticket.Hash())
		if err != nil {
			return err
		}
		who, err := admit(tx, taken)
		if errors.Is(err, ErrNotFound) || (err == nil && taken.ExpiresAt <= tx.Now()) {
			return nil
		}
		if err != nil {
			return err
		}
		if i, err = consoleInstance(tx, who, taken.InstanceID); err != nil {
			return err
		}
		kind = taken.Kind
		return noteConsole(tx, who, i, kind)
	})
	switch {
	case err != nil:
		return i, "", nil, err
	case kind == "":
		return i, "", nil, ErrNotFound
	}
	stream, err = p.openStream(ctx, i, kind)
	return i, kind, stream, err
}

// ConsoleStays returns nil as long as an instance's console may stay open to the
// caller.
func (p *Panel) ConsoleStays(ctx context.Context, who identity.Who, instance int64) error {
	return p.look(ctx, who, identity.WriteInstances, func(tx Tx) error {
		_, err := consoleInstance(tx, who, instance)
		return err
	})
}

// consoleInstance returns an instance whose console the caller may see now.
func consoleInstance(tx Tx, who identity.Who, instance int64) (Instance, error) {
	i, err := visibleInstance(tx, who, instance)
	if err != nil {
		return i, err
	}
	account, err := tx.Account(i.AccountID)
	if err != nil {
		return i, fmt.Errorf("account %d: %w", i.AccountID, err)
	}
	var no *fleet.Refusal
	if errors.As(i.Facts(account.Holds, "", false).May(fleet.CommandConsole), &no) {
		return i, &Refusal{Code: Code(no.Code), Message: no.Message}
	}
	return i, nil
}

// consoleVisit is how long a person who opens an instance's console again is
// still at the same visit, of which the feed tells once.
const consoleVisit = billing.Hour

// noteConsole writes into the feed who opened a console, and into the audit
// record when it is not the owner's.
func noteConsole(tx Tx, who identity.Who, i Instance, kind ConsoleKind) error {
	last, err := tx.ListEvents(EventFilter{InstanceID: i.ID, Limit: 1})
	if err != nil {
		return err
	}
	for _, e := range last {
		if e.Kind == EventConsoleOpened && e.Actor == who.Actor() && e.At > tx.Now()-consoleVisit {
			return nil
		}
	}
	if who.AccountID != i.AccountID {
		if err := audit(tx, who, EventConsoleOpened, fmt.Sprintf("instance:%d", i.ID), string(kind)+" of "+i.Name); err != nil {
			return err
		}
	}
	return tx.InsertEvent(Event{
		AccountID: i.AccountID, InstanceID: i.ID, Kind: EventConsoleOpened, Name: i.Name, Detail: string(kind), Actor: who.Actor(), At: tx.Now(),
	})
}

// screener connects to the hypervisor of an instance, if it can show consoles.
func (p *Panel) screener(ctx context.Context, i Instance) (Screener, error) {
	var host Hypervisor
	err := p.view(ctx, func(tx Tx) (err error) {
		host, err = tx.Hypervisor(i.HypervisorID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hypervisor %d: %w", i.HypervisorID, err)
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return nil, err
	}
	screener, ok := driver.(Screener)
	if !ok {
		return nil, refuse(CodeUnsupported, "The hypervisor of %s cannot show a console.", i.Name)
	}
	return screener, nil
}

// openStream connects to a console of a machine.
func (p *Panel) openStream(ctx context.Context, i Instance, kind ConsoleKind) (stream io.ReadWriteCloser, err error) {
	screener, err := p.screener(ctx, i)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, openingBound)
	defer cancel()
	if kind == ConsoleSerial {
		stream, err = screener.OpenSerial(bounded, i.UID)
	} else {
		stream, err = screener.OpenScreen(bounded, i.UID)
	}
	if err == nil {
		return stream, nil
	}
	switch KindOf(err) {
	case Unreachable, UnknownOutcome, Transient:
		return nil, refuse(CodeUnreachable, "The hypervisor of %s does not answer. Try again in a minute.", i.Name)
	case MachineMissing, InvalidSpec:
		return nil, refuse(Code(fleet.CodeNotRunning), "%s is off. Start it.", i.Name)
	}
	return nil, fmt.Errorf("console of instance %d: %w", i.ID, err)
}
