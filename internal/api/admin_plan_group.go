package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminPlanGroups = "/v1/admin/plan-groups"

func (s *server) adminPlanGroupOperations() {
	const tag = "Admin: plans"
	whole(s, operation{
		id: "admin-list-plan-groups", tag: tag, path: adminPlanGroups, need: identity.ReadSettings, summary: "Every plan group",
	}, func(ctx context.Context, _ identity.Who, _ *struct{}) ([]client.AdminPlanGroup, error) {
		all, err := s.Panel.PlanGroups(ctx)
		return each(all, adminPlanGroup), err
	})
	post(s, operation{
		id: "admin-create-plan-group", tag: tag, path: adminPlanGroups, need: identity.WriteCatalog, summary: "Add a plan group", status: http.StatusCreated,
	}, s.createPlanGroup)
	getTagged(s, operation{
		id: "admin-get-plan-group", tag: tag, path: adminPlanGroups + "/{id}", need: identity.ReadSettings, summary: "A plan group",
	}, readPlanGroup[ByID](s))
	changeTagged(s, operation{
		id: "admin-change-plan-group", tag: tag, path: adminPlanGroups + "/{id}", need: identity.WriteCatalog, summary: "Change a plan group",
	}, readPlanGroup[planGroupChange](s), s.changePlanGroup)
	remove(s, operation{
		id: "admin-delete-plan-group", tag: tag, path: adminPlanGroups + "/{id}", need: identity.WriteCatalog,
		summary: "Remove a plan group that has no plans", errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeletePlanGroup(ctx, who, in.ID)
	})
}

func adminPlanGroup(g panel.PlanGroup) client.AdminPlanGroup {
	return client.AdminPlanGroup{PlanGroup: planGroup(g), Visible: g.Visible, Position: g.Position}
}

// readPlanGroup reads the plan group that an input names.
func readPlanGroup[I interface{ id() int64 }](s *server) func(context.Context, identity.Who, *I) (client.AdminPlanGroup, error) {
	return func(ctx context.Context, _ identity.Who, in *I) (client.AdminPlanGroup, error) {
		g, err := s.planGroupByID(ctx, (*in).id())
		return adminPlanGroup(g), err
	}
}

func (s *server) planGroupByID(ctx context.Context, id int64) (panel.PlanGroup, error) {
	all, err := s.Panel.PlanGroups(ctx)
	return only(all, err, func(g panel.PlanGroup) bool { return g.ID == id })
}

// newPlanGroupInput is a plan group to be made.
type newPlanGroupInput struct {
	Keyed
	Body client.NewPlanGroup
}

func (s *server) createPlanGroup(ctx context.Context, who identity.Who, in *newPlanGroupInput) (out outcome[client.AdminPlanGroup], err error) {
	b := in.Body
	g, err := s.Panel.SavePlanGroup(ctx, who, panel.PlanGroup{Name: b.Name, Description: b.Description, Visible: *b.Visible, Position: b.Position})
	return created(fmt.Sprint(adminPlanGroups, "/", g.ID), adminPlanGroup(g)), err
}

// planGroupChange is a change of a plan group.
type planGroupChange struct {
	ByID
	Seen
	Body client.PlanGroupChange
}

func (s *server) changePlanGroup(ctx context.Context, who identity.Who, in *planGroupChange) error {
	g, err := s.planGroupByID(ctx, in.ID)
	if err != nil {
		return err
	}
	put(&g.Name, in.Body.Name)
	put(&g.Description, in.Body.Description)
	put(&g.Visible, in.Body.Visible)
	put(&g.Position, in.Body.Position)
	_, err = s.Panel.SavePlanGroup(ctx, who, g)
	return err
}
