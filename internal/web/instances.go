package web

import (
	"net/http"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) instances(w http.ResponseWriter, v *visit) error {
	money, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	all, err := s.Panel.Instances(v.Context(), v.who, false)
	if err != nil {
		return err
	}
	offer, err := s.Panel.Offer(v.Context(), v.who)
	if err != nil {
		return err
	}
	view := InstancesView{
		Query:     v.field("q"),
		Statuses:  statusOptions(all, v.field("status")),
		Locations: locationOptions(all, v.field("location")),
		All:       len(all),
		Cheapest:  cheapest(offer, money.Now.Month()),
		Refused:   mayNotCreate(money),
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(i panel.InstanceView) bool { return !fits(i, v) })
	if view.Filtered() {
		all = shown
	}
	view.Table = tableOf(money, all, shown)
	if !view.Filtered() {
		view.Table.Note = deletedNote(money, all)
	}
	view.Monthly = nextMonth(money, shown)
	p, err := s.page(w, v, "Instances")
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, InstancesPage(p, view))
}

// fits says whether an instance passes the filter of the list.
func fits(i panel.InstanceView, v *visit) bool {
	status, location := v.field("status"), v.field("location")
	return strings.Contains(i.Name, strings.ToLower(v.field("q"))) &&
		(status == "" || statusOf(i).Kind == status) &&
		(location == "" || text(i.LocationID) == location)
}

// statusOptions are the states to choose from, those that there are.
func statusOptions(all []panel.InstanceView, selected string) []Option {
	options := []Option{{Text: "Any status", Selected: selected == ""}}
	for _, known := range []Option{
		{Value: "running", Text: "Running"}, {Value: "stopped", Text: "Stopped"}, {Value: "busy", Text: "In progress"},
		{Value: "suspended", Text: "Suspended"}, {Value: "warn", Text: "In trouble"},
	} {
		known.Selected = known.Value == selected
		if known.Selected || slices.ContainsFunc(all, func(i panel.InstanceView) bool { return statusOf(i).Kind == known.Value }) {
			options = append(options, known)
		}
	}
	return options
}

// locationOptions are the locations that there are instances in.
func locationOptions(all []panel.InstanceView, selected string) []Option {
	options := []Option{{Text: "Any location", Selected: selected == ""}}
	for _, i := range all {
		value := text(i.LocationID)
		if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == value }) {
			options = append(options, Option{Value: value, Text: i.Location.Name, Selected: value == selected})
		}
	}
	return options
}

// tableOf lists some of an account's instances with what all of them cost.
// The amounts add up, as far as all are shown.
func tableOf(m panel.Summary, all, shown []panel.InstanceView) InstanceTable {
	t := InstanceTable{Count: count(len(all), "instance")}
	costs := make([]billing.Credits, len(all))
	var used, burn billing.Credits
	for n, i := range all {
		costs[n] = i.MonthUsed
		used += i.MonthUsed
		burn += i.Burn
	}
	written := amounts(m.Currency, costs)
	for n, i := range all {
		if slices.ContainsFunc(shown, func(j panel.InstanceView) bool { return j.ID == i.ID }) {
			t.Rows = append(t.Rows, instanceRow(m.Currency, i, written[n], m.Now.Month()))
		}
	}
	t.Month = amount(m.Currency, used)
	if burn > 0 {
		t.Burn = perHour(m.Currency, burn)
	}
	return t
}

// deletedNote says what this month cost that the table leaves out.
func deletedNote(m panel.Summary, all []panel.InstanceView) string {
	gone := m.MonthUsed
	for _, i := range all {
		gone -= i.MonthUsed
	}
	if gone <= 0 {
		return ""
	}
	return "and " + m.Currency.Format(gone) + " for deleted ones"
}

func instanceRow(c billing.Currency, i panel.InstanceView, month Amount, now billing.Month) InstanceRow {
	row := InstanceRow{
		ID:      text(i.ID),
		Name:    i.Name,
		URL:     instanceURL(i.ID),
		Plan:    i.Plan.Name,
		Image:   i.Image,
		Place:   placeOf(i.Location),
		Status:  statusOf(i),
		Created: when(i.CreatedAt),
		Month:   month,
	}
	switch {
	case atCap(i):
		row.Rate = "Cap reached"
	case i.Percent > 0:
		row.Rate = perHour(c, i.Price.HourlyEquivalent(now, i.Percent))
	}
	return row
}

// nextMonth says what the whole of the next month costs if nothing changes.
func nextMonth(m panel.Summary, shown []panel.InstanceView) string {
	month := m.Now.Month() + 1
	var sum billing.Credits
	for _, i := range shown {
		if i.Percent > 0 && i.Lifecycle == fleet.LifecycleActive {
			whole := billing.Segment{Price: i.Price, Percent: i.Percent, From: month.Start(), To: month.End()}
			sum += whole.Charge(month.Start(), month.End())
		}
	}
	if sum == 0 {
		return ""
	}
	return "If nothing changes, all of " + month.Start().Time().Format("January") + " costs " + m.Currency.Format(sum) + "."
}
