package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) meOperations() {
	get(s, operation{
		id: "get-me", tag: "Me", path: "/v1/me", need: identity.ReadAccount,
		summary: "Who the token acts for",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) (client.Me, error) { return s.me(ctx, who) })
	patch(s, operation{
		id: "change-me", tag: "Me", path: "/v1/me", need: identity.WriteAccount,
		summary: "Change the account's name or currency",
	}, s.changeMe)
}

func (s *server) me(ctx context.Context, who identity.Who) (client.Me, error) {
	me := client.Me{ID: who.UserID, Email: who.Email, Name: who.Name, Role: string(who.Role), Token: client.MyToken{ID: who.TokenID, Scope: string(who.Scope)}}
	if who.AccountID == 0 {
		return me, nil
	}
	a, err := s.Panel.MyAccount(ctx, who)
	me.Account = given(account(a))
	return me, err
}

func account(a panel.Account) client.Account {
	return client.Account{
		ID: a.ID, Name: a.Name, Currency: a.Currency, Suspended: !a.Holds.Empty(), Holds: holds(a.Holds), CreatedAt: a.CreatedAt.Time(),
	}
}

// holds are the names of what forbids instances to run.
func holds(h fleet.Holds) []string {
	names := []string{}
	for _, kind := range h.Kinds() {
		names = append(names, kind.String())
	}
	return names
}

func (s *server) changeMe(ctx context.Context, who identity.Who, in *struct{ Body client.MeChange }) (me client.Me, err error) {
	if who.AccountID == 0 {
		return me, newProblem(ctx, codeNotFound, "Administrators have no account.")
	}
	if in.Body.Name != nil {
		if err := s.Panel.RenameAccount(ctx, who, *in.Body.Name); err != nil {
			return me, err
		}
	}
	if in.Body.Currency != nil {
		if err := s.Panel.ShowIn(ctx, who, *in.Body.Currency); err != nil {
			return me, err
		}
	}
	return s.me(ctx, who)
}

// created is what a POST answers with that has made something.
func created[T any](location string, body T) outcome[T] {
	return outcome[T]{Status: http.StatusCreated, Location: location, Body: body}
}
