package api

import (
	"context"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) catalogOperations() {
	whole(s, operation{
		id: "list-locations", tag: "Catalog", path: "/v1/locations", need: identity.ReadInstances,
		summary: "Where instances can be",
	}, s.listLocations)
	get(s, operation{
		id: "get-location", tag: "Catalog", path: "/v1/locations/{id}", need: identity.ReadInstances, summary: "A location",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Location, error) {
		all, err := s.listLocations(ctx, who, nil)
		return only(all, err, func(l client.Location) bool { return l.ID == in.ID })
	})
	whole(s, operation{
		id: "list-plan-groups", tag: "Catalog", path: "/v1/plan-groups", need: identity.ReadInstances,
		summary: "The families of plans",
	}, s.listPlanGroups)
	whole(s, operation{
		id: "list-plans", tag: "Catalog", path: "/v1/plans", need: identity.ReadInstances,
		summary: "What instances can be, with prices and where they can be had",
	}, s.listPlans)
	get(s, operation{
		id: "get-plan", tag: "Catalog", path: "/v1/plans/{id}", need: identity.ReadInstances, summary: "A plan",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Plan, error) {
		all, err := s.listPlans(ctx, who, &planQuery{})
		return only(all, err, func(p client.Plan) bool { return p.ID == in.ID })
	})
	whole(s, operation{
		id: "list-images", tag: "Catalog", path: "/v1/images", need: identity.ReadInstances,
		summary: "The operating systems that instances start from",
	}, s.listImages)
	get(s, operation{
		id: "get-image", tag: "Catalog", path: "/v1/images/{id}", need: identity.ReadInstances, summary: "An image",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Image, error) {
		all, err := s.listImages(ctx, who, nil)
		return only(all, err, func(i client.Image) bool { return i.ID == in.ID })
	})
	whole(s, operation{
		id: "list-currencies", tag: "Catalog", path: "/v1/currencies", need: identity.ReadBilling,
		summary: "The currencies in which amounts can be shown",
	}, s.listCurrencies)
}

func (s *server) listLocations(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Location, error) {
	offer, err := s.Panel.Offer(ctx, who)
	return each(offer.Locations, func(l panel.OfferedLocation) client.Location { return location(l.Location) }), err
}

func location(l panel.Location) client.Location {
	return client.Location{ID: l.ID, Slug: l.Slug, Name: l.Name, City: l.City, Country: l.Country}
}

func (s *server) listPlanGroups(ctx context.Context, who identity.Who, _ *struct{}) ([]client.PlanGroup, error) {
	offer, err := s.Panel.Offer(ctx, who)
	return each(offer.Groups, planGroup), err
}

func planGroup(g panel.PlanGroup) client.PlanGroup {
	return client.PlanGroup{ID: g.ID, Name: g.Name, Description: g.Description}
}

// planQuery selects plans.
type planQuery struct {
	Location int64 `query:"location_id" minimum:"0" doc:"Only what is offered there."`
	Group    int64 `query:"plan_group_id" minimum:"0" doc:"Only plans of that group."`
}

func (s *server) listPlans(ctx context.Context, who identity.Who, in *planQuery) ([]client.Plan, error) {
	offer, err := s.Panel.Offer(ctx, who)
	if err != nil || len(offer.Locations) == 0 {
		return []client.Plan{}, err
	}
	groups := map[int64]string{}
	for _, g := range offer.Groups {
		groups[g.ID] = g.Name
	}
	plans := []client.Plan{}
	for n, offered := range offer.Locations[0].Plans { // every location has the same plans, in the same order
		if in.Group != 0 && offered.GroupID != in.Group {
			continue
		}
		plan := client.Plan{
			ID: offered.ID, Name: offered.Name, Group: client.Ref{ID: offered.GroupID, Name: groups[offered.GroupID]},
			Resources: resources(offered.Size.Resources), Price: price(offer.Currency, offered.Price), StoppedPercent: offered.StoppedPercent,
			Traffic:      traffic(offer.Currency, offered.Plan),
			Availability: []client.PlanInside{},
		}
		wanted := in.Location == 0
		for _, l := range offer.Locations {
			if in.Location == 0 || in.Location == l.ID {
				plan.Availability = append(plan.Availability, inside(l, l.Plans[n]))
				wanted = wanted || l.Plans[n].Offered
			}
		}
		if wanted {
			plans = append(plans, plan)
		}
	}
	return plans, nil
}

func traffic(c billing.Currency, p panel.Plan) client.Traffic {
	return client.Traffic{IncludedGiB: p.TransferGiB, PerGiB: small(c, p.TrafficPrice), ThrottleMbit: p.ThrottleMbit}
}

func inside(l panel.OfferedLocation, plan panel.OfferedPlan) client.PlanInside {
	in := client.PlanInside{LocationID: l.ID, Available: plan.Offered && plan.Room > 0}
	switch {
	case !plan.Offered:
		in.Reason = "not_offered"
	case plan.Room == 0:
		in.Reason = "no_capacity"
	}
	return in
}

func resources(r fleet.Resources) client.Resources {
	return client.Resources{VCPUs: r.VCPUs, MemoryMiB: r.MemoryMiB, DiskGiB: r.DiskGiB, GPUs: r.GPUs}
}

func (s *server) listImages(ctx context.Context, who identity.Who, _ *struct{}) ([]client.Image, error) {
	offer, err := s.Panel.Offer(ctx, who)
	return each(offer.Images, image), err
}

func image(i panel.Image) client.Image {
	return client.Image{ID: i.ID, Name: i.Name(), Family: i.Family, Version: i.Version, MinDiskGiB: i.MinDiskGiB}
}

func (s *server) listCurrencies(ctx context.Context, _ identity.Who, _ *struct{}) ([]client.Currency, error) {
	all, err := s.Panel.Currencies(ctx)
	return each(all, currency), err
}

func currency(c panel.DatedCurrency) client.Currency {
	return client.Currency{
		Code: c.Code, Prefix: c.Prefix, Suffix: c.Suffix, Decimals: c.Decimals, Value: c.Value.String(), Default: c.Default,
	}
}

// each translates things one by one. There is always a list, if an empty one.
func each[A, B any](things []A, translate func(A) B) []B {
	all := make([]B, 0, len(things))
	for _, thing := range things {
		all = append(all, translate(thing))
	}
	return all
}
