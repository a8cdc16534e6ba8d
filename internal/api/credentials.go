package api

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const tokensPath = "/v1/tokens"

// credentialOperations make and end tokens only for who shows the password
// besides: a stolen token must not be able to make itself another, or to lock its
// owner out.
func (s *server) credentialOperations() {
	whole(s, operation{
		id: "list-tokens", tag: "Me", path: tokensPath, need: identity.ReadAccount,
		summary: "Your API tokens",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Token, error) {
		tokens, err := s.Panel.MyTokens(ctx, who)
		return each(tokens, token), err
	})
	proven(s, operation{
		id: "create-token", tag: "Me", path: tokensPath, summary: "Make an API token",
		text:   "Needs your password besides the token that it is sent with, ten tries in a quarter of an hour. You are told by mail. Neither the password nor the token's text is kept anywhere, so an Idempotency-Key does nothing here: look at the list before you send it again.",
		status: http.StatusCreated,
	}, s.createToken)
	proven(s, operation{
		id: "revoke-token", tag: "Me", path: tokensPath + "/{id}/revoke", summary: "Revoke an API token", status: http.StatusNoContent,
		text: "Programs that use it are refused from now on. A token can revoke itself; to revoke another needs your password besides.",
	}, s.revokeToken)
	whole(s, operation{
		id: "list-sessions", tag: "Me", path: "/v1/sessions", need: identity.ReadAccount,
		summary: "Where you are signed in to the console",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Session, error) {
		sessions, err := s.Panel.MySessions(ctx, who)
		return each(sessions, session), err
	})
}

// proven adds an operation that is sent with the password. It is none that is
// done once: what is sent and answered must not be kept, not even as a hash that
// passwords could be tried on, and checking one takes longer than a transaction
// should.
func proven[I, O any](s *server, op operation, do func(context.Context, identity.Who, *I) (*O, error)) {
	op.method, op.need = http.MethodPost, identity.ProveCredentials
	op.errors = []int{http.StatusForbidden, http.StatusTooManyRequests}
	register(s, op, do)
}

// prove finds out whether the caller knows the password, and throttles those who
// try it out: each token by itself, so that a stolen one locks nobody else out.
func (s *server) prove(ctx context.Context, who identity.Who, password string) (identity.Who, error) {
	key := fmt.Sprint("token ", who.TokenID)
	if !s.Tries.Take(key) {
		return who, &panel.Refusal{Code: panel.CodeTooManyTries, Message: "Too many tries of the password. Wait a quarter of an hour."}
	}
	who, err := s.Panel.Prove(ctx, who, password)
	if err == nil {
		s.Tries.Forget(key)
	}
	return who, err
}

// newTokenInput is a token to be made.
type newTokenInput struct{ Body client.NewToken }

func (s *server) createToken(ctx context.Context, who identity.Who, in *newTokenInput) (*found[client.MadeToken], error) {
	who, err := s.prove(ctx, who, in.Body.Password)
	if err != nil {
		return nil, err
	}
	mine, err := s.Panel.ThisToken(ctx, who)
	if err != nil {
		return nil, err
	}
	n := panel.NewToken{Name: in.Body.Name, Scope: identity.Scope(in.Body.Scope), Days: in.Body.Days, Ranges: mine.Ranges, DailyCredits: mine.DailyCredits}
	if len(in.Body.From) > 0 {
		if n.Ranges, err = identity.ParseRanges(strings.Join(in.Body.From, ",")); err != nil {
			return nil, &panel.Invalid{Field: "from", Message: err.Error()}
		}
	}
	if in.Body.DailyCredits != nil {
		if n.DailyCredits, err = billing.ParseCredits(*in.Body.DailyCredits); err != nil {
			return nil, &panel.Invalid{Field: "daily_credits", Message: err.Error()}
		}
	}
	text, made, err := s.Panel.CreateToken(ctx, who, n)
	return &found[client.MadeToken]{client.MadeToken{Token: token(made), Text: text.Reveal()}}, err
}

// revocationInput names a token to be revoked.
type revocationInput struct {
	ByID
	Body client.TokenRevocation
}

func (s *server) revokeToken(ctx context.Context, who identity.Who, in *revocationInput) (_ *struct{}, err error) {
	if in.ID != who.TokenID {
		if who, err = s.prove(ctx, who, in.Body.Password); err != nil {
			return nil, err
		}
	}
	return nil, s.Panel.RevokeToken(ctx, who, in.ID)
}

func token(t panel.APIToken) client.Token {
	return client.Token{
		ID: t.ID, Name: t.Name, Hint: t.Hint, Scope: string(t.Scope), CreatedAt: t.CreatedAt.Time(), ExpiresAt: moment(t.ExpiresAt), UsedAt: moment(t.UsedAt),
		From: each(t.Ranges, netip.Prefix.String), DailyCredits: t.DailyCredits.String(),
	}
}

func session(s panel.Session) client.Session {
	return client.Session{ID: s.ID, UserID: s.UserID, Address: s.Address, Agent: s.Agent, CreatedAt: s.CreatedAt.Time(), SeenAt: s.SeenAt.Time()}
}
