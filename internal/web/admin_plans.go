package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

var modeNames = map[billing.Mode]string{billing.Hourly: "Hourly", billing.Capped: "Hourly with cap", billing.Monthly: "Monthly"}

func (s *server) adminPlans(w http.ResponseWriter, v *visit) error {
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	in, err := s.plansByGroup(v)
	if err != nil {
		return err
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	instances, err := s.Panel.FindInstances(v.Context(), v.who, panel.InstanceFilter{LiveOnly: true})
	if err != nil {
		return err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return err
	}
	on := map[int64]int64{}
	for _, i := range instances {
		on[i.PlanID]++
	}
	view := AdminPlansView{NoGroup: len(groups) == 0}
	for _, g := range groups {
		listed := PlanGroupPlans{ID: text(g.ID), Name: g.Name}
		for _, plan := range in[g.ID] {
			row := planRow(plan, c, locations)
			row.Instances = grouped(on[plan.ID])
			listed.Plans = append(listed.Plans, row)
		}
		view.Groups = append(view.Groups, listed)
	}
	if view.Snapshots, err = s.snapshotPriceText(v, c); err != nil {
		return err
	}
	return s.adminShow(w, v, http.StatusOK, "Plans", func(p Page) templ.Component { return AdminPlansPage(p, view) })
}

func planRow(plan panel.Plan, c billing.Currency, locations []panel.Location) PlanRow {
	row := PlanRow{
		ID: text(plan.ID), Name: plan.Name, URL: "/admin/plans/" + text(plan.ID), Specs: sizeOf(plan.Size.Resources),
		Hourly: Amount{Text: "—"}, Monthly: Amount{Text: "—"}, Mode: modeNames[plan.Price.Mode],
		Stopped: text(plan.StoppedPercent) + " %", Locations: "Everywhere", Hidden: !plan.Visible,
	}
	if plan.Price.Mode != billing.Monthly {
		row.Hourly = hourly(c, plan.Price.Hourly)
	}
	if plan.Price.HasMonthly() {
		row.Monthly = amount(c, plan.Price.Monthly)
	}
	if len(plan.Locations) > 0 {
		var names []string
		for _, l := range locations {
			if plan.OfferedAt(l.ID) {
				names = append(names, l.Name)
			}
		}
		row.Locations = strings.Join(names, ", ")
	}
	return row
}

func removePlan(plan panel.Plan) Confirm {
	page := "/admin/plans/" + text(plan.ID)
	return Confirm{
		ID: "remove-plan", URL: page + "/remove", Title: "Remove " + plan.Name, Button: "Remove", Danger: true, Back: page,
		Text: []string{"Nobody can order it any more. A plan that any instance was ever on stays, because bills name it; hide it instead."},
	}
}

func (s *server) adminAskRemovePlan(w http.ResponseWriter, v *visit) error {
	plan, err := s.Panel.Plan(v.Context(), v.id())
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, removePlan(plan))
}

func (s *server) adminRemovePlan(w http.ResponseWriter, v *visit) error {
	plan, err := s.Panel.Plan(v.Context(), v.id())
	if err != nil {
		return err
	}
	if err := s.Panel.DeletePlan(v.Context(), v.who, plan.ID); err != nil {
		return s.refused(w, v, "/admin/plans/"+text(plan.ID), err)
	}
	return s.done(w, v, "/admin/plans", plan.Name+" removed.")
}
