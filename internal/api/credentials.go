package api

import (
	"context"
	"net/netip"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// No token has the right to make or end tokens and sessions, so there are no such
// operations: a stolen one must not be able to make itself another, or to lock
// its owner out.
func (s *server) credentialOperations() {
	whole(s, operation{
		id: "list-tokens", tag: "Me", path: "/v1/tokens", need: identity.ReadAccount,
		summary: "Your API tokens",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Token, error) {
		tokens, err := s.Panel.MyTokens(ctx, who)
		return each(tokens, token), err
	})
	whole(s, operation{
		id: "list-sessions", tag: "Me", path: "/v1/sessions", need: identity.ReadAccount,
		summary: "Where you are signed in to the console",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Session, error) {
		sessions, err := s.Panel.MySessions(ctx, who)
		return each(sessions, session), err
	})
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
