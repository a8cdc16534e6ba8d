package panel

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"accrue/internal/identity"
)

// programHolder is what a program is known by that acts with a token.
func programHolder(user, token int64) string { return fmt.Sprintf("token:%d/%d", user, token) }

// OpenConsoleTo gives a program a ticket to an instance's console. Programs that
// show screens send nothing but an address, so the ticket in it is all that they
// show: it is good for whoever has it, once, while it lasts and its token is good.
func (p *Panel) OpenConsoleTo(ctx context.Context, who identity.Who, instance int64, kind ConsoleKind) (identity.SessionSecret, error) {
	if who.TokenID == 0 {
		return "", ErrForbidden
	}
	return p.OpenConsole(ctx, who, programHolder(who.UserID, who.TokenID), instance, kind)
}

// ProgramConsole is a console that a program has opened.
type ProgramConsole struct {
	io.ReadWriteCloser
	AccountID int64
	Kind      ConsoleKind
	// Stays returns nil as long as it may stay open: whoever keeps it open asks
	// now and then.
	Stays func(context.Context) error
}

// RedeemProgramConsole opens the console that a program's ticket is for. A ticket
// is gone once it was shown; one that is too old, that is a person's, or whose
// token is not good at the address any more, is not found.
func (p *Panel) RedeemProgramConsole(ctx context.Context, ticket identity.SessionSecret, from netip.Addr) (*ProgramConsole, error) {
	var holder string
	i, kind, stream, err := p.redeem(ctx, ticket, func(tx Tx, taken ConsoleTicket) (identity.Who, error) {
		holder = taken.Holder
		return holderOf(tx, holder, from)
	})
	if err != nil {
		return nil, err
	}
	return &ProgramConsole{ReadWriteCloser: stream, AccountID: i.AccountID, Kind: kind, Stays: func(ctx context.Context) error {
		var who identity.Who
		err := p.view(ctx, func(tx Tx) (err error) {
			who, err = holderOf(tx, holder, from)
			return err
		})
		if err != nil {
			return err
		}
		return p.ConsoleStays(ctx, who, i.ID)
	}}, nil
}

// holderOf is who holds a program's ticket, or ErrNotFound.
func holderOf(tx Tx, holder string, from netip.Addr) (identity.Who, error) {
	var user, id int64
	if n, err := fmt.Sscanf(holder, "token:%d/%d", &user, &id); n != 2 || err != nil {
		return identity.Who{}, ErrNotFound
	}
	tokens, err := tx.ListTokens(user)
	if err != nil {
		return identity.Who{}, err
	}
	at := slices.IndexFunc(tokens, func(t APIToken) bool { return t.ID == id })
	if at < 0 || tx.Now() >= tokens[at].ExpiresAt || !identity.OriginAllowed(from, tokens[at].Ranges) {
		return identity.Who{}, ErrNotFound
	}
	who, err := whoOf(tx, user, identity.ViaToken, tokens[at].Scope)
	who.TokenID = id
	return who, err
}
