package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) adminLocations(w http.ResponseWriter, v *visit) error {
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return err
	}
	instances, err := s.Panel.FindInstances(v.Context(), v.who, panel.InstanceFilter{LiveOnly: true})
	if err != nil {
		return err
	}
	var view AdminLocationsView
	for _, l := range locations {
		hosts, err := s.Panel.Hypervisors(v.Context(), v.who, l.ID)
		if err != nil {
			return err
		}
		view.Locations = append(view.Locations, locationRow(l, hosts, plans, instances))
	}
	return s.adminShow(w, v, http.StatusOK, "Locations", func(p Page) templ.Component { return AdminLocationsPage(p, view) })
}

func locationRow(l panel.Location, hosts []panel.Hypervisor, plans []panel.Plan, instances []panel.Instance) LocationRow {
	row := LocationRow{ID: text(l.ID), URL: "/admin/locations/" + text(l.ID), Place: placeOf(l), City: l.City, Hidden: !l.Visible}
	var used, limit fleet.Resources
	for _, h := range hosts {
		used = used.Add(h.Used)
		if h.Enabled {
			limit = limit.Add(h.Limit())
		}
	}
	offered, fits := 0, int64(0)
	for _, plan := range plans {
		if plan.Visible && plan.OfferedAt(l.ID) {
			offered++
			fits += roomOn(hosts, plan)
		}
	}
	here := 0
	for _, i := range instances {
		if i.LocationID == l.ID {
			here++
		}
	}
	row.Hypervisors, row.Instances, row.Plans = strconv.Itoa(len(hosts)), strconv.Itoa(here), strconv.Itoa(offered)
	row.Full = offered > 0 && len(hosts) > 0 && fits == 0
	row.CPU, row.Memory, _ = loadsOf(used, limit)
	return row
}

// roomOn is how many more instances of a plan fit on hypervisors.
func roomOn(hosts []panel.Hypervisor, plan panel.Plan) (n int64) {
	for _, h := range hosts {
		n += h.Fit(plan.Size)
	}
	return n
}

func (s *server) adminNewLocation(w http.ResponseWriter, v *visit) error {
	return s.showLocation(w, v, http.StatusOK, AdminLocationView{Title: "Add location", Visible: true})
}

func (s *server) showLocation(w http.ResponseWriter, v *visit, status int, view AdminLocationView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminLocationPage(p, view) })
}

// location returns the location that the address names; that of a new one is 0.
func (s *server) location(v *visit) (panel.Location, error) {
	all, err := s.Panel.Locations(v.Context())
	for _, l := range all {
		if l.ID == v.id() {
			return l, err
		}
	}
	if err == nil && v.PathValue("id") != "" {
		err = panel.ErrNotFound
	}
	return panel.Location{Visible: true, Position: int64(len(all) + 1)}, err
}

func (s *server) adminLocation(w http.ResponseWriter, v *visit) error {
	l, err := s.location(v)
	if err != nil {
		return err
	}
	view, err := s.locationView(v, l)
	if err != nil {
		return err
	}
	return s.showLocation(w, v, http.StatusOK, view)
}

func (s *server) locationView(v *visit, l panel.Location) (AdminLocationView, error) {
	view := AdminLocationView{ID: text(l.ID), Title: l.Name, Name: l.Name, City: l.City, Country: strings.ToUpper(l.Country), Visible: l.Visible}
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, l.ID)
	if err != nil {
		return view, err
	}
	var order []fleet.Hypervisor
	for n, h := range hosts {
		order = append(order, h.Hypervisor)
		view.Hypervisors = append(view.Hypervisors, OrderedHypervisor{
			ID: text(h.ID), Name: h.Name, URL: "/admin/hypervisors/" + text(h.ID), Status: hypervisorStatus(h), Order: strconv.Itoa(n + 1),
		})
	}
	next := fleet.Place(order, l.LastHypervisor, fleet.Request{})
	for n, h := range hosts {
		view.Hypervisors[n].Next = next.OK && next.Hypervisor.ID == h.ID
	}
	if len(hosts) > 0 {
		view.Used = "It cannot be removed: " + are(len(hosts), "hypervisor") + " there."
		return view, nil
	}
	remove := removeLocation(l)
	view.Remove = &remove
	return view, nil
}

func removeLocation(l panel.Location) Confirm {
	page := "/admin/locations/" + text(l.ID)
	return Confirm{
		ID: "remove-location", URL: page + "/remove", Title: "Remove " + l.Name, Button: "Remove", Danger: true, Back: page,
		Text: []string{"Customers no longer see it. It has no hypervisors."},
	}
}

func (s *server) adminSaveLocation(w http.ResponseWriter, v *visit) error {
	l, err := s.location(v)
	if err != nil {
		return err
	}
	e := newEntered(v)
	fresh := l.ID == 0
	view := AdminLocationView{Title: "Add location"}
	if !fresh {
		if view, err = s.locationView(v, l); err != nil {
			return err
		}
	}
	turns := e.turns(view.Hypervisors)
	l.Name, l.City, l.Country, l.Visible = e.field("name"), e.field("city"), strings.ToLower(e.field("country")), e.checked("visible")
	if fresh {
		if l.Slug = slugOf(l.Name); l.Slug == "" {
			l.Slug = "location-" + text(l.Position)
		}
	}
	if e.ok() {
		l, err = s.Panel.SaveLocation(v.Context(), v.who, l)
		if err := e.take(err, map[string]string{"slug": "name"}); err != nil {
			return err
		}
	}
	if !e.ok() {
		view.Name, view.City, view.Country, view.Visible, view.Errors = e.field("name"), e.field("city"), e.field("country"), e.checked("visible"), e.errors
		return s.showLocation(w, v, http.StatusUnprocessableEntity, view)
	}
	if len(turns) > 1 && !slices.Equal(turns, e.idsOf(view.Hypervisors)) {
		if err := s.Panel.OrderHypervisors(v.Context(), v.who, l.ID, turns); err != nil {
			return s.refused(w, v, "/admin/locations/"+text(l.ID), err)
		}
	}
	return s.done(w, v, "/admin/locations", l.Name+" saved.")
}

func (*entered) idsOf(hosts []OrderedHypervisor) (ids []int64) {
	for _, h := range hosts {
		ids = append(ids, number(h.ID))
	}
	return ids
}

// turns reads the order of hypervisors, and keeps it in them as it was typed.
func (e *entered) turns(hosts []OrderedHypervisor) []int64 {
	ids, turn := e.idsOf(hosts), map[int64]int64{}
	for n := range hosts {
		name := "order-" + hosts[n].ID
		turn[ids[n]] = e.whole(name, int64(n+1))
		if e.errors[name] != "" || turn[ids[n]] < 1 {
			e.errors["order"] = "Turns are whole numbers from 1 on."
		}
		if e.Form.Has(name) {
			hosts[n].Order = e.field(name)
		}
	}
	slices.SortStableFunc(ids, func(a, b int64) int { return int(min(max(turn[a]-turn[b], -1), 1)) })
	return ids
}

// slugOf makes a name fit for programs: "New York" is new-york.
func slugOf(name string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	parts := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' })
	slug = strings.Join(parts, "-")
	return strings.TrimRight(slug[:min(len(slug), 32)], "-")
}

func (s *server) adminAskRemoveLocation(w http.ResponseWriter, v *visit) error {
	l, err := s.location(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, removeLocation(l))
}

func (s *server) adminRemoveLocation(w http.ResponseWriter, v *visit) error {
	l, err := s.location(v)
	if err != nil {
		return err
	}
	if err := s.Panel.DeleteLocation(v.Context(), v.who, l.ID); err != nil {
		return s.refused(w, v, "/admin/locations/"+text(l.ID), err)
	}
	return s.done(w, v, "/admin/locations", l.Name+" removed.")
}
