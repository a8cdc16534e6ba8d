package web

import (
	"net/http"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) resizeForm(w http.ResponseWriter, v *visit) error {
	return s.showResize(w, v, http.StatusOK, nil)
}

func (s *server) showResize(w http.ResponseWriter, v *visit, status int, errs Errors) error {
	i, m, err := s.owned(v)
	if err != nil {
		return err
	}
	if refused := refusedNow(i, fleet.CommandResize); refused != "" && errs == nil {
		return s.leave(w, v, instanceURL(i.ID), Flash{Kind: "danger", Text: refused})
	}
	choices, err := s.Panel.ResizeChoices(v.Context(), v.who, i.ID)
	if err != nil {
		return err
	}
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	view := ResizeView{
		Name:   i.Name,
		URL:    instanceURL(i.ID),
		Now:    resizeNow(i, m),
		Notes:  resizeNotes(i),
		Key:    newKey(),
		Errors: errs,
	}
	for _, g := range groups {
		group := PlanGroupChoice{ID: text(g.ID), Name: g.Name}
		for _, choice := range choices {
			if choice.GroupID == g.ID {
				group.Plans = append(group.Plans, resizeCard(m, i, choice, number(v.field("plan"))))
			}
		}
		if len(group.Plans) > 0 && g.Visible {
			view.Groups = append(view.Groups, group)
		}
	}
	p, err := s.page(w, v, "Resize "+i.Name)
	if err != nil {
		return err
	}
	return s.render(w, v, status, ResizePage(p, view))
}

// resizeNow is what the instance is and costs before.
func resizeNow(i panel.InstanceView, m panel.Summary) []Fact {
	now := i.Price.HourlyEquivalent(m.Now.Month(), 100)
	return []Fact{
		{Label: "Plan", Value: Amount{Text: i.Plan.Name}},
		{Label: "Costs", Value: hourlyRate(m.Currency, now), Note: perMonth(m.Currency, i.Price)},
		{Label: "This month", Value: amount(m.Currency, i.MonthUsed)},
	}
}

// resizeNotes say what a resize means.
func resizeNotes(i panel.InstanceView) []string {
	notes := []string{"It is shut down, changed and started again.", "The new price counts from the second you press the button."}
	if i.DesiredPower != fleet.PowerOn {
		notes[0] = "It stays stopped."
	}
	if i.Price.HasMonthly() {
		notes = append(notes, "This month costs at most the cap of the dearer plan.")
	}
	return notes
}

// resizeCard is a plan with what moving to it changes.
func resizeCard(m panel.Summary, i panel.InstanceView, choice panel.ResizeChoice, selected int64) PlanCard {
	month := m.Now.Month()
	card := planCard(m.Currency, choice.Plan, month)
	card.Selected = choice.Plan.ID == selected && choice.Reason == ""
	if choice.Plan.ID == i.PlanID {
		card.Badge = Badge{"", "Now"}
	}
	if choice.Reason != "" {
		card.Refused = strings.TrimSuffix(sentence(choice.Reason), ".")
		if choice.Plan.ID == i.PlanID {
			card.Refused = "The plan it has"
		}
		return card
	}
	card.Change = difference(m.Currency, choice.Price.HourlyEquivalent(month, 100)-i.Price.HourlyEquivalent(month, 100))
	return card
}

// difference is a change of a price per hour, with its sign.
func difference(c billing.Currency, x billing.Credits) string {
	sign := "+"
	switch {
	case x == 0:
		return "The same price"
	case x < 0:
		sign, x = "−", -x
	}
	return sign + c.FormatHourly(x) + " / hour"
}

func (s *server) resize(w http.ResponseWriter, v *visit) error {
	i, _, err := s.owned(v)
	if err != nil {
		return err
	}
	if _, err = s.Panel.ResizeInstance(v.Context(), v.who, i.ID, number(v.field("plan"))); err == nil {
		return s.done(w, v, instanceURL(i.ID), i.Name+" is being resized.")
	}
	errs, err := fieldErrors(s.inWords(v, err))
	if err != nil {
		return err
	}
	if errs[""] != "" {
		errs["plan"] = errs[""]
	}
	return s.showResize(w, v, http.StatusUnprocessableEntity, errs)
}
