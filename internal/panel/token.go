package panel

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// TokenWho returns who acts with an API token, or ErrUnauthorized: also if the
// token is not good at the address it is used from.
func (p *Panel) TokenWho(ctx context.Context, token identity.Token, from netip.Addr) (who identity.Who, err error) {
	if !token.Valid() {
		return identity.Who{}, ErrUnauthorized
	}
	var found APIToken
	var now billing.Instant
	err = p.view(ctx, func(tx Tx) error {
		found, err = tx.TokenByHash(token.Hash())
		if err != nil {
			return asUnauthorized(err)
		}
		if now = tx.Now(); now >= found.ExpiresAt || !identity.OriginAllowed(from, found.Ranges) {
			return ErrUnauthorized
		}
		who, err = whoOf(tx, found.UserID, identity.ViaToken, found.Scope)
		who.TokenID = found.ID
		return err
	})
	if err == nil && now-found.UsedAt > sessionTouch {
		err = p.store.Update(ctx, func(tx Tx) error { return tx.TouchToken(found.ID, tx.Now()) })
	}
	return who, err
}

// NewToken is an API token to be made.
type NewToken struct {
	Name         string
	Scope        identity.Scope
	Days         int64           // how long it is good for; 0: for ever
	Ranges       []netip.Prefix  // where it may be used from; empty: anywhere
	DailyCredits billing.Credits // what its orders of a day may cost a day; 0: no limit
}

func (n NewToken) check() error {
	if err := checkLabel("name", n.Name); err != nil {
		return err
	}
	if _, known := identity.ParseScope(string(n.Scope)); !known {
		return invalid("scope", "must be read, write or billing")
	}
	if n.Days < 0 || n.Days > 3650 {
		return invalid("days", "must be between 0, for no end, and 3650")
	}
	if len(n.Ranges) > 50 {
		return invalid("ranges", "must be 50 at most")
	}
	if n.DailyCredits < 0 {
		return invalid("daily_credits", "must be 0, for no limit, or more")
	}
	return nil
}

// Prove returns the caller behind a token as somebody who has shown the password,
// too, and so may do what WriteCredentials allows. Throttling is the door's.
func (p *Panel) Prove(ctx context.Context, who identity.Who, password string) (identity.Who, error) {
	if !who.May(identity.ProveCredentials) {
		return who, ErrForbidden
	}
	var user User
	err := p.view(ctx, func(tx Tx) (err error) {
		user, err = tx.User(who.UserID)
		return err
	})
	if err != nil {
		return who, err
	}
	switch ok, _, err := p.hasher.Verify(user.PasswordHash, password); {
	case err != nil:
		return who, fmt.Errorf("verify password of user %d: %w", user.ID, err)
	case !ok:
		return who, refuse(CodeWrongPassword, "This is not your password.")
	}
	who.Via = identity.ViaProof
	return who, nil
}

// CreateToken makes an API token for the caller, and tells its owner by mail. The
// text is returned this once; only its hash is kept.
func (p *Panel) CreateToken(ctx context.Context, who identity.Who, n NewToken) (identity.Token, APIToken, error) {
	if !who.May(identity.WriteCredentials) {
		return "", APIToken{}, ErrForbidden
	}
	n.Name = strings.TrimSpace(n.Name)
	if err := n.check(); err != nil {
		return "", APIToken{}, err
	}
	token, err := identity.NewToken()
	if err != nil {
		return "", APIToken{}, err
	}
	kept := APIToken{
		UserID: who.UserID, Name: n.Name, Hash: token.Hash(), Hint: token.Hint(), Scope: n.Scope,
		ExpiresAt: billing.Never, Ranges: n.Ranges, DailyCredits: n.DailyCredits,
	}
	err = p.update(ctx, func(tx Tx) error {
		kept.CreatedAt = tx.Now()
		if n.Days > 0 {
			kept.ExpiresAt = kept.CreatedAt + billing.Instant(n.Days)*billing.Day
		}
		if kept.ID, err = tx.InsertToken(kept); err != nil {
			return err
		}
		if err := auditToken(tx, who, "token.create", kept); err != nil || who.Via == identity.ViaCLI {
			return err
		}
		return mailToken(tx, who, kept)
	})
	return token, kept, err
}

func auditToken(tx Tx, who identity.Who, action string, t APIToken) error {
	return audit(tx, who, action, fmt.Sprintf("user:%d", t.UserID), fmt.Sprintf("%s (%s, ends in %s)", t.Name, t.Scope, t.Hint))
}

// mailToken tells a token's owner that there is one, in case it was not them.
func mailToken(tx Tx, who identity.Who, t APIToken) error {
	settings, err := tx.Settings()
	if err != nil {
		return err
	}
	name := who.Name
	if who.AccountID != 0 {
		account, err := tx.Account(who.AccountID)
		if err != nil {
			return err
		}
		name = account.Name
	}
	until := "for ever"
	if t.ExpiresAt != billing.Never {
		until = "until " + t.ExpiresAt.Time().Format("2 Jan 2006")
	}
	n := Notice{
		Provider: settings.Provider, Name: name, At: noticeTime(tx.Now()), UsageURL: settings.link("/usage"), AccountURL: settings.link("/account"),
		Token: fmt.Sprintf("%s (scope %s, good %s)", t.Name, t.Scope, until),
	}
	return insertMail(tx, Mail{AccountID: who.AccountID, Kind: MailToken, To: who.Email, Notice: n})
}

// ThisToken returns the token that acts for the caller.
func (p *Panel) ThisToken(ctx context.Context, who identity.Who) (t APIToken, err error) {
	err = p.look(ctx, who, identity.ProveCredentials, func(tx Tx) error {
		t, err = tokenOf(tx, who, who.TokenID)
		return asUnauthorized(err) // it was revoked just now
	})
	return t, err
}

// tokenOf finds one of the caller's tokens.
func tokenOf(tx Tx, who identity.Who, id int64) (APIToken, error) {
	tokens, err := tx.ListTokens(who.UserID)
	if err != nil {
		return APIToken{}, err
	}
	at := slices.IndexFunc(tokens, func(t APIToken) bool { return t.ID == id })
	if at < 0 {
		return APIToken{}, ErrNotFound
	}
	return tokens[at], nil
}

// MyTokens returns the caller's tokens.
func (p *Panel) MyTokens(ctx context.Context, who identity.Who) (tokens []APIToken, err error) {
	err = p.look(ctx, who, identity.ReadAccount, func(tx Tx) error {
		tokens, err = tx.ListTokens(who.UserID)
		return err
	})
	return tokens, err
}

// RevokeToken ends one of the caller's tokens at once. A token may end itself.
func (p *Panel) RevokeToken(ctx context.Context, who identity.Who, id int64) error {
	need := identity.WriteCredentials
	if id == who.TokenID {
		need = identity.ProveCredentials
	}
	return p.change(ctx, who, need, func(tx Tx) error {
		t, err := tokenOf(tx, who, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteToken(who.UserID, id); err != nil {
			return err
		}
		return auditToken(tx, who, "token.revoke", t)
	})
}

// spend counts what an order of a token adds to the account's costs against what
// the token may order in a day: the hours of the price that was, if any, and of
// the one that will be, for a day. The limit bounds what a token that was stolen
// can do; what it ordered earlier goes on costing.
func (b *book) spend(who identity.Who, was, will billing.Price) error {
	if who.TokenID == 0 {
		return nil
	}
	month := b.now.Month()
	hourly := max(0, will.HourlyEquivalent(month, 100)-was.HourlyEquivalent(month, 100))
	added, err := hourly.Mul(24)
	if err != nil {
		return err
	}
	limit, spent, err := b.tx.SpendToken(who.TokenID, b.now.Floor(billing.Day), added)
	if err != nil || limit == 0 || spent <= limit {
		return err
	}
	return refuse(CodeSpendLimit, "This token may order %s credits a day; with this order it would be %s today. Use another token, or wait until tomorrow (UTC).",
		limit.Short(), spent.Short())
}
