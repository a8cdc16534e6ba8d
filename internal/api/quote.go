package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) quoteOperations() {
	post(s, operation{
		id: "create-quote", tag: "Quotes", path: "/v1/quotes", need: identity.ReadInstances,
		summary: "What an instance would cost, and whether it would be accepted",
		text:    "Nothing is kept of it. The price is the one that an order would get at this second; order with its ID to get it or nothing.",
		status:  http.StatusOK,
	}, s.createQuote)
	whole(s, operation{
		id: "list-resize-options", tag: "Quotes", path: "/v1/instances/{id}/resize-options", need: identity.ReadInstances,
		summary: "The plans that an instance could move to, and why not to the others",
	}, s.listResizeOptions)
}

// newQuoteInput is what to quote.
type newQuoteInput struct {
	Keyed
	Body client.NewQuote
}

func (s *server) createQuote(ctx context.Context, who identity.Who, in *newQuoteInput) (out outcome[client.Quote], err error) {
	b := in.Body
	q, err := s.Panel.Quote(ctx, who, panel.NewInstance{Name: b.Name, PlanID: b.PlanID, LocationID: b.LocationID, ImageID: b.ImageID})
	if err != nil {
		return out, err
	}
	out.Body = quote(q)
	if q.Refused != nil {
		p := s.problemOf(ctx, q.Refused)
		if p.Status == http.StatusInternalServerError {
			return out, q.Refused
		}
		out.Body.Reasons = append(out.Body.Reasons, p.Problem)
	}
	return out, nil
}

func quote(q panel.Quoted) client.Quote {
	c := q.Currency
	return client.Quote{
		At:   q.Now.Time(),
		Plan: client.Ref{ID: q.Plan.ID, Name: q.Plan.Name}, Price: price(c, q.Plan.Price), PerMonth: amount(c, q.Plan.Price.PerMonth()),
		MonthEstimate: amount(c, q.MonthEstimate), Minimum: amount(c, q.Minimum), Balance: amount(c, q.Balance), Needed: amountUp(c, q.Needed),
		Before:     outlook(c, q.BurnBefore, q.ZeroAtNow, q.SuspendAtNow),
		After:      outlook(c, q.BurnAfter, q.ZeroAt, q.SuspendAt),
		Acceptable: q.Refused == nil, Reasons: []client.Problem{},
	}
}

func outlook(c billing.Currency, burn billing.Credits, zero, suspended billing.Instant) client.Outlook {
	return client.Outlook{PerHour: hourly(c, burn), ZeroAt: moment(zero), SuspendAt: moment(suspended)}
}

func (s *server) listResizeOptions(ctx context.Context, who identity.Who, in *ByID) ([]client.ResizeOption, error) {
	choices, err := s.Panel.ResizeChoices(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.currency(ctx)
	return each(choices, func(choice panel.ResizeChoice) client.ResizeOption {
		return client.ResizeOption{
			Plan: client.Ref{ID: choice.ID, Name: choice.Name}, Resources: resources(choice.Size.Resources), Price: price(c, choice.Price),
			Available: choice.Reason == "", Reason: choice.Reason,
		}
	}), err
}
