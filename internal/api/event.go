package api

import (
	"context"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) eventOperations() {
	list(s, operation{
		id: "list-events", tag: "Events", path: "/v1/events", need: identity.ReadAccount,
		summary: "What happened to the account, newest first",
	}, func(e client.Event) int64 { return e.ID }, func(ctx context.Context, who identity.Who, _ *Page, at span) ([]client.Event, error) {
		if who.AccountID == 0 {
			return nil, newProblem(ctx, codeNotFound, "Administrators have no events of their own. Those of all accounts are at /v1/admin/events.")
		}
		return s.events(ctx, who, panel.EventFilter{AccountID: who.AccountID, Before: at.from, Limit: at.limit})
	})
	list(s, operation{
		id: "list-instance-events", tag: "Events", path: "/v1/instances/{id}/events", need: identity.ReadAccount,
		summary: "What happened to an instance, newest first",
	}, func(e client.Event) int64 { return e.ID }, func(ctx context.Context, who identity.Who, in *instancePage, at span) ([]client.Event, error) {
		i, err := s.Panel.Instance(ctx, who, in.ID)
		if err != nil {
			return nil, err
		}
		return s.events(ctx, who, panel.EventFilter{AccountID: i.AccountID, InstanceID: in.ID, Before: at.from, Limit: at.limit})
	})
}

// instancePage is a part of a list of what belongs to an instance.
type instancePage struct {
	ByID
	Page
}

func (s *server) events(ctx context.Context, who identity.Who, f panel.EventFilter) ([]client.Event, error) {
	events, err := s.Panel.Events(ctx, who, f)
	return each(events, func(e panel.Event) client.Event { return event(who, e) }), err
}

func event(who identity.Who, e panel.Event) client.Event {
	out := client.Event{
		ID: e.ID, Kind: e.Kind, AccountID: e.AccountID, InstanceID: e.InstanceID, Name: e.Name, Detail: e.Detail, At: e.At.Time(),
	}
	if who.Admin() {
		out.Actor = e.Actor
	}
	return out
}
