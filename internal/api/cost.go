package api

import (
	"context"
	"strings"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) costOperations() {
	get(s, operation{
		id: "get-instance-costs", tag: "Instances", path: "/v1/instances/{id}/costs", need: identity.ReadBilling,
		summary: "What an instance cost in a month, stretch by stretch",
	}, s.costs)
	whole(s, operation{
		id: "get-runway", tag: "Billing", path: "/v1/billing/runway", need: identity.ReadBilling,
		summary: "How long the balance would last with more credit",
	}, s.runway)
}

// costsQuery names an instance and a month.
type costsQuery struct {
	ByID
	Month string `query:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11" doc:"The month; the one that runs if it is absent."`
}

func (s *server) costs(ctx context.Context, who identity.Who, in *costsQuery) (costs client.Costs, err error) {
	month, err := s.month(ctx, in.Month)
	if err != nil {
		return costs, err
	}
	segments, err := s.Panel.InstanceSegments(ctx, who, in.ID)
	if err != nil {
		return costs, err
	}
	c, err := s.currency(ctx)
	if err != nil {
		return costs, err
	}
	now, err := s.Panel.Now(ctx)
	until := min(now, month.End())
	costs = client.Costs{InstanceID: in.ID, Month: month.String(), Until: until.Time(), Segments: []client.Segment{}}
	var total billing.Credits
	for _, x := range segments {
		seconds := x.Seconds(month.Start(), until)
		if seconds == 0 {
			continue
		}
		cost := x.Charge(month.Start(), until)
		total += cost
		costs.Segments = append(costs.Segments, client.Segment{
			From: x.From.Time(), To: moment(x.To), Price: price(c, x.Price), Percent: x.Percent, Seconds: seconds, Amount: small(c, cost),
		})
	}
	costs.Total = amount(c, total)
	return costs, err
}

// runwayQuery says how much credit to add.
type runwayQuery struct {
	Add []string `query:"add" maxItems:"20" example:"1000,5000" doc:"Amounts of credits, with commas between them."`
}

func (s *server) runway(ctx context.Context, who identity.Who, in *runwayQuery) ([]client.Runway, error) {
	c, err := s.currency(ctx)
	if err != nil {
		return nil, err
	}
	added := []billing.Credits{}
	for _, text := range in.Add {
		x, err := credits("add", strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if x < 0 {
			return nil, &panel.Invalid{Field: "add", Message: "must not be negative"}
		}
		added = append(added, x)
	}
	ends, err := s.Panel.LastsUntil(ctx, who, added...)
	lasts := []client.Runway{}
	for n, end := range ends {
		lasts = append(lasts, client.Runway{Added: amount(c, added[n]), ZeroAt: moment(end)})
	}
	return lasts, err
}
