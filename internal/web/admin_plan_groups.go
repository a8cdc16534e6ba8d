package web

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

func (s *server) adminPlanGroups(w http.ResponseWriter, v *visit) error {
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	return s.showPlanGroups(w, v, http.StatusOK, PlanGroupForm{Position: strconv.Itoa(len(groups) + 1)})
}

func (s *server) showPlanGroups(w http.ResponseWriter, v *visit, status int, form PlanGroupForm) error {
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	in, err := s.plansByGroup(v)
	if err != nil {
		return err
	}
	view := AdminPlanGroupsView{Form: form}
	for _, g := range groups {
		view.Groups = append(view.Groups, PlanGroupRow{
			ID: text(g.ID), Name: g.Name, URL: "/admin/plan-groups/" + text(g.ID), Description: g.Description,
			Position: text(g.Position), Plans: strconv.Itoa(len(in[g.ID])), Visible: g.Visible,
		})
	}
	return s.adminShow(w, v, status, "Plan groups", func(p Page) templ.Component { return AdminPlanGroupsPage(p, view) })
}

func (s *server) plansByGroup(v *visit) (map[int64][]panel.Plan, error) {
	plans, err := s.Panel.Plans(v.Context())
	in := map[int64][]panel.Plan{}
	for _, plan := range plans {
		in[plan.GroupID] = append(in[plan.GroupID], plan)
	}
	return in, err
}

func (e *entered) planGroup(g panel.PlanGroup) panel.PlanGroup {
	g.Name, g.Description, g.Position = e.field("name"), e.field("description"), e.whole("position", g.Position)
	if e.errors["position"] == "" && (g.Position < 0 || g.Position > 1_000_000) {
		e.errors["position"] = "Must be between 0 and 1000000."
	}
	return g
}

func (e *entered) planGroupForm() PlanGroupForm {
	return PlanGroupForm{Name: e.field("name"), Description: e.field("description"), Position: e.field("position"), Visible: e.checked("visible"), Errors: e.errors}
}

func (s *server) adminAddPlanGroup(w http.ResponseWriter, v *visit) error {
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	e := newEntered(v)
	g := e.planGroup(panel.PlanGroup{Position: int64(len(groups) + 1), Visible: true})
	if e.ok() {
		_, err := s.Panel.SavePlanGroup(v.Context(), v.who, g)
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/plan-groups", g.Name+" added. Customers see it as soon as it has a plan.")
	}
	return s.showPlanGroups(w, v, http.StatusUnprocessableEntity, e.planGroupForm())
}

// planGroup returns the plan group that the address names.
func (s *server) planGroup(v *visit) (panel.PlanGroup, error) {
	groups, err := s.Panel.PlanGroups(v.Context())
	for _, g := range groups {
		if g.ID == v.id() {
			return g, err
		}
	}
	if err == nil {
		err = panel.ErrNotFound
	}
	return panel.PlanGroup{}, err
}

func (s *server) adminPlanGroup(w http.ResponseWriter, v *visit) error {
	g, err := s.planGroup(v)
	if err != nil {
		return err
	}
	form := PlanGroupForm{Name: g.Name, Description: g.Description, Position: text(g.Position), Visible: g.Visible}
	return s.showPlanGroup(w, v, http.StatusOK, g, form)
}

func (s *server) showPlanGroup(w http.ResponseWriter, v *visit, status int, g panel.PlanGroup, form PlanGroupForm) error {
	in, err := s.plansByGroup(v)
	if err != nil {
		return err
	}
	view := AdminPlanGroupView{ID: text(g.ID), Title: g.Name, Form: form}
	switch n := len(in[g.ID]); n {
	case 0:
		remove := removePlanGroup(g)
		view.Remove = &remove
	case 1:
		view.Used = "It cannot be removed: 1 plan belongs to it."
	default:
		view.Used = "It cannot be removed: " + count(n, "plan") + " belong to it."
	}
	return s.adminShow(w, v, status, g.Name, func(p Page) templ.Component { return AdminPlanGroupPage(p, view) })
}

func (s *server) adminSavePlanGroup(w http.ResponseWriter, v *visit) error {
	known, err := s.planGroup(v)
	if err != nil {
		return err
	}
	e := newEntered(v)
	g := e.planGroup(known)
	g.Visible = e.checked("visible")
	if e.ok() {
		_, err := s.Panel.SavePlanGroup(v.Context(), v.who, g)
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/plan-groups", g.Name+" saved.")
	}
	return s.showPlanGroup(w, v, http.StatusUnprocessableEntity, known, e.planGroupForm())
}

func removePlanGroup(g panel.PlanGroup) Confirm {
	page := "/admin/plan-groups/" + text(g.ID)
	return Confirm{
		ID: "remove-group", URL: page + "/remove", Title: "Remove " + g.Name, Button: "Remove", Danger: true, Back: page,
		Text: []string{"No plan belongs to it, so nobody notices."},
	}
}

func (s *server) adminAskRemovePlanGroup(w http.ResponseWriter, v *visit) error {
	g, err := s.planGroup(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, removePlanGroup(g))
}

func (s *server) adminRemovePlanGroup(w http.ResponseWriter, v *visit) error {
	g, err := s.planGroup(v)
	if err != nil {
		return err
	}
	if err := s.Panel.DeletePlanGroup(v.Context(), v.who, g.ID); err != nil {
		return s.refused(w, v, "/admin/plan-groups/"+text(g.ID), err)
	}
	return s.done(w, v, "/admin/plan-groups", g.Name+" removed.")
}
