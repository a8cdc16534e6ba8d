package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminPlans = "/v1/admin/plans"

func (s *server) adminPlanOperations() {
	const tag = "Admin: plans"
	whole(s, operation{
		id: "admin-list-plans", tag: tag, path: adminPlans, need: identity.ReadSettings, summary: "Every plan, by group and position",
	}, s.adminListPlans)
	post(s, operation{
		id: "admin-create-plan", tag: tag, path: adminPlans, need: identity.WriteCatalog, summary: "Add a plan with its price", status: http.StatusCreated,
	}, s.createPlan)
	getTagged(s, operation{
		id: "admin-get-plan", tag: tag, path: adminPlans + "/{id}", need: identity.ReadSettings, summary: "A plan",
	}, readPlan[ByID](s))
	changeTagged(s, operation{
		id: "admin-change-plan", tag: tag, path: adminPlans + "/{id}", need: identity.WriteCatalog,
		summary: "Change a plan, but not its price", text: "Instances that are on it keep the size they have.",
	}, readPlan[planChange](s), s.changePlan)
	remove(s, operation{
		id: "admin-delete-plan", tag: tag, path: adminPlans + "/{id}", need: identity.WriteCatalog,
		summary: "Remove a plan that no instance was ever on", errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeletePlan(ctx, who, in.ID)
	})
	whole(s, operation{
		id: "list-prices", tag: tag, path: adminPlans + "/{id}/prices", need: identity.ReadSettings, summary: "A plan's prices, the newest first",
	}, s.listPrices)
	post(s, operation{
		id: "change-price", tag: tag, path: adminPlans + "/{id}/prices", need: identity.WriteCatalog,
		summary: "Give a plan another price, from this second on",
		text:    "What has accrued stays as it is. If-Match is the ETag of the plan.",
		status:  http.StatusCreated, errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}, s.changePrice)
}

func (s *server) adminListPlans(ctx context.Context, _ identity.Who, _ *struct{}) ([]client.AdminPlan, error) {
	c, err := s.defaultCurrency(ctx)
	if err != nil {
		return nil, err
	}
	plans, err := s.Panel.Plans(ctx)
	return each(plans, func(p panel.Plan) client.AdminPlan { return adminPlan(c, p) }), err
}

func adminPlan(c billing.Currency, p panel.Plan) client.AdminPlan {
	return client.AdminPlan{
		ID: p.ID, Name: p.Name, GroupID: p.GroupID, Resources: resources(p.Size.Resources), Tags: append([]string{}, p.Size.Tags...),
		StoppedPercent: p.StoppedPercent, Visible: p.Visible, Position: p.Position, LocationIDs: append([]int64{}, p.Locations...), Price: price(c, p.Price), Traffic: traffic(c, p),
		CPUPercent: p.CPUPercent, IOPS: p.IOPS, DiskMiBPerS: p.DiskMiBPerS,
	}
}

// readPlan reads the plan that an input names.
func readPlan[I interface{ id() int64 }](s *server) func(context.Context, identity.Who, *I) (client.AdminPlan, error) {
	return func(ctx context.Context, _ identity.Who, in *I) (client.AdminPlan, error) {
		return s.adminPlan(ctx, (*in).id())
	}
}

func (s *server) adminPlan(ctx context.Context, id int64) (out client.AdminPlan, err error) {
	p, err := s.Panel.Plan(ctx, id)
	if err != nil {
		return out, err
	}
	c, err := s.defaultCurrency(ctx)
	return adminPlan(c, p), err
}

// newPlanInput is a plan to be made.
type newPlanInput struct {
	Keyed
	Body client.NewPlan
}

func (s *server) createPlan(ctx context.Context, who identity.Who, in *newPlanInput) (out outcome[client.AdminPlan], err error) {
	b := in.Body
	amounts, err := priceInput(b.Price)
	if err != nil {
		return out, err
	}
	p := panel.Plan{GroupID: b.GroupID, Name: b.Name, StoppedPercent: *b.StoppedPercent, Visible: *b.Visible, Position: b.Position, Locations: b.LocationIDs, TransferGiB: b.IncludedGiB, ThrottleMbit: b.ThrottleMbit}
	p.CPUPercent, p.IOPS, p.DiskMiBPerS = b.CPUPercent, b.IOPS, b.DiskMiBPerS
	p.Size.Resources, p.Size.Tags = sizeOf(b.Resources), b.Tags
	if p, err = s.Panel.SavePlan(ctx, who, p, amounts); err != nil {
		return out, err
	}
	plan, err := s.adminPlan(ctx, p.ID)
	return created(fmt.Sprint(adminPlans, "/", p.ID), plan), err
}

// priceInput reads a price.
func priceInput(in client.NewAmount) (out panel.PriceInput, err error) {
	for _, part := range []struct {
		field string
		text  *string
		to    **billing.Credits
	}{{"hourly", in.Hourly, &out.Hourly}, {"monthly", in.Monthly, &out.Monthly}} {
		if part.text == nil {
			continue
		}
		x, err := credits(part.field, *part.text)
		if err != nil {
			return out, err
		}
		*part.to = &x
	}
	if in.PerGiB != "" {
		out.Traffic, err = credits("per_gib", in.PerGiB)
	}
	return out, err
}

// planChange is a change of a plan.
type planChange struct {
	ByID
	Seen
	Body client.PlanChange
}

func (s *server) changePlan(ctx context.Context, who identity.Who, in *planChange) error {
	p, err := s.Panel.Plan(ctx, in.ID)
	if err != nil {
		return err
	}
	b := in.Body
	put(&p.Name, b.Name)
	put(&p.GroupID, b.GroupID)
	put(&p.Size.Tags, b.Tags)
	put(&p.StoppedPercent, b.StoppedPercent)
	put(&p.Visible, b.Visible)
	put(&p.Position, b.Position)
	put(&p.Locations, b.LocationIDs)
	put(&p.TransferGiB, b.IncludedGiB)
	put(&p.ThrottleMbit, b.ThrottleMbit)
	put(&p.CPUPercent, b.CPUPercent)
	put(&p.IOPS, b.IOPS)
	put(&p.DiskMiBPerS, b.DiskMiBPerS)
	if b.Resources != nil {
		p.Size.Resources = sizeOf(*b.Resources)
	}
	_, err = s.Panel.SavePlan(ctx, who, p, panel.PriceInput{})
	return err
}

func (s *server) listPrices(ctx context.Context, who identity.Who, in *ByID) ([]client.PriceVersion, error) {
	if _, err := s.Panel.Plan(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := s.defaultCurrency(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := s.Panel.PriceHistory(ctx, who, in.ID)
	return each(versions, func(v panel.PriceVersion) client.PriceVersion { return priceVersion(c, v) }), err
}

func priceVersion(c billing.Currency, v panel.PriceVersion) client.PriceVersion {
	return client.PriceVersion{Price: price(c, v.Price), PerGiB: small(c, v.Traffic), At: v.At.Time(), Actor: v.Actor}
}

// priceChange is another price of a plan.
type priceChange struct {
	ByID
	Seen
	Keyed
	Body client.NewPrice
}

func (s *server) changePrice(ctx context.Context, who identity.Who, in *priceChange) (out outcome[client.AdminPlan], err error) {
	amounts, err := priceInput(in.Body.NewAmount)
	if err != nil {
		return out, err
	}
	err = s.Panel.Alone(ctx, who, identity.WriteCatalog, func(ctx context.Context) error {
		if err := matches(ctx, in.IfMatch, func() (any, error) { return s.adminPlan(ctx, in.ID) }); err != nil {
			return err
		}
		if _, err := s.Panel.ChangePrice(ctx, who, in.ID, amounts, in.Body.Existing); err != nil {
			return err
		}
		plan, err := s.adminPlan(ctx, in.ID)
		out = created(fmt.Sprint(adminPlans, "/", in.ID), plan)
		return err
	})
	return out, err
}
