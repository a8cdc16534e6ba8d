package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) adminUserOperations() {
	const tag = "Admin: accounts"
	const person = adminAccounts + "/{id}/users/{user}"
	post(s, operation{
		id: "set-password", tag: tag, path: person + "/password", need: identity.WriteUsers,
		summary: "Give a person another password", text: "They are signed out everywhere.", status: http.StatusOK,
	}, s.setPassword)
	post(s, operation{
		id: "disable-user", tag: tag, path: person + "/disable", need: identity.WriteUsers,
		summary: "Keep a person from signing in", text: "Tokens of theirs stop working at once, too.", status: http.StatusOK,
	}, s.disable(true))
	post(s, operation{
		id: "enable-user", tag: tag, path: person + "/enable", need: identity.WriteUsers, summary: "Let a person sign in again", status: http.StatusOK,
	}, s.disable(false))
	remove(s, operation{
		id: "end-session", tag: tag, path: adminAccounts + "/{id}/sessions/{session}", need: identity.WriteUsers, summary: "Sign a person out in one place",
	}, func(ctx context.Context, who identity.Who, in *sessionInput) error {
		return s.Panel.EndSession(ctx, who, in.ID, in.Session)
	})
	whole(s, operation{
		id: "list-administrators", tag: tag, path: "/v1/admin/administrators", need: identity.ReadUsers, summary: "The people who run the panel",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.User, error) {
		all, err := s.Panel.Administrators(ctx, who)
		return each(all, user), err
	})
}

func user(u panel.User) client.User {
	return client.User{ID: u.ID, Email: u.Email, Name: u.Name, Disabled: u.Disabled, CreatedAt: u.CreatedAt.Time()}
}

// ByPerson is the input of an operation on a person of an account.
type ByPerson struct {
	ByID
	User int64 `path:"user" minimum:"1"`
}

// personInput is a command that needs to be told nothing.
type personInput struct {
	ByPerson
	Keyed
}

// passwordInput is another password for a person.
type passwordInput struct {
	ByPerson
	Keyed
	Body client.NewPassword
}

// sessionInput names a session of an account's people.
type sessionInput struct {
	ByID
	Session int64 `path:"session" minimum:"1"`
}

func (s *server) setPassword(ctx context.Context, who identity.Who, in *passwordInput) (out outcome[client.AccountDetail], err error) {
	if err := s.Panel.SetPassword(ctx, who, in.ID, in.User, in.Body.Password); err != nil {
		return out, err
	}
	out.Body, err = s.accountDetail(ctx, who, in.ID)
	return out, err
}

func (s *server) disable(disabled bool) func(context.Context, identity.Who, *personInput) (outcome[client.AccountDetail], error) {
	return func(ctx context.Context, who identity.Who, in *personInput) (out outcome[client.AccountDetail], err error) {
		if err := s.Panel.SetDisabled(ctx, who, in.ID, in.User, disabled); err != nil {
			return out, err
		}
		out.Body, err = s.accountDetail(ctx, who, in.ID)
		return out, err
	}
}
