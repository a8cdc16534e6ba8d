package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// driverNames are the ways to reach a hypervisor, in words.
var driverNames = map[string]string{"sim": "Simulated", "libvirt": "libvirt"}

func driverName(driver string) string {
	if name := driverNames[driver]; name != "" {
		return name
	}
	return driver
}

func (s *server) adminHypervisors(w http.ResponseWriter, v *visit) error {
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	if err != nil {
		return err
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return err
	}
	instances, err := s.Panel.FindInstances(v.Context(), v.who, panel.InstanceFilter{LiveOnly: true})
	if err != nil {
		return err
	}
	on := map[int64]int{}
	for _, i := range instances {
		on[i.HypervisorID]++
	}
	view := AdminHypervisorsView{NoLocation: len(locations) == 0}
	for _, l := range locations {
		for _, h := range hosts {
			if h.LocationID == l.ID {
				view.Hypervisors = append(view.Hypervisors, hypervisorRow(h, l, on[h.ID], now))
			}
		}
	}
	return s.adminShow(w, v, http.StatusOK, "Hypervisors", func(p Page) templ.Component { return AdminHypervisorsPage(p, view) })
}

func hypervisorRow(h panel.Hypervisor, l panel.Location, instances int, now billing.Instant) HypervisorRow {
	row := HypervisorRow{
		ID: text(h.ID), Name: h.Name, URL: "/admin/hypervisors/" + text(h.ID), Place: placeOf(l), Driver: driverName(h.Driver),
		Status: hypervisorStatus(h), Instances: strconv.Itoa(instances), Seen: ago(h.Heartbeat.SeenAt, now),
	}
	row.CPU, row.Memory, row.Disk = loadsOf(h.Used, h.Limit())
	return row
}

func hypervisorStatus(h panel.Hypervisor) Status {
	switch {
	case !h.Online:
		return Status{Kind: "warn", Text: "Unreachable"}
	case !h.Enabled:
		return Status{Kind: "stopped", Text: "Disabled"}
	}
	return Status{Kind: "running", Text: "Online"}
}

// hypervisor returns the hypervisor that the address names, and its location.
func (s *server) hypervisor(v *visit) (h panel.Hypervisor, l panel.Location, err error) {
	if h, err = s.Panel.Hypervisor(v.Context(), v.who, v.id()); err != nil {
		return h, l, err
	}
	locations, err := s.Panel.Locations(v.Context())
	for _, known := range locations {
		if known.ID == h.LocationID {
			l = known
		}
	}
	return h, l, err
}

func (s *server) adminHypervisor(w http.ResponseWriter, v *visit) error {
	h, l, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return err
	}
	view := AdminHypervisorView{Enabled: h.Enabled, Facts: hypervisorFacts(h)}
	if view.Instances, err = s.adminInstances(v, panel.InstanceFilter{HypervisorID: h.ID, LiveOnly: true}); err != nil {
		return err
	}
	view.Hypervisor = hypervisorRow(h, l, len(view.Instances), now)
	if !h.Online {
		view.Trouble = "It does not answer. Its instances keep the state they have, and nothing is billed beyond what is known."
		if h.Heartbeat.Error != "" {
			view.Trouble += " The last try: " + h.Heartbeat.Error
		}
	}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return err
	}
	for _, plan := range plans {
		if plan.Visible && plan.OfferedAt(h.LocationID) {
			view.Room = append(view.Room, roomFor(h, plan))
		}
	}
	if view.Faults, err = s.faults(v, h.ID); err != nil {
		return err
	}
	if len(view.Instances) == 0 {
		remove := removeHypervisor(h)
		view.Remove = &remove
	}
	return s.adminShow(w, v, http.StatusOK, h.Name, func(p Page) templ.Component { return AdminHypervisorPage(p, view) })
}

// roomFor says how many more instances of a plan fit, or why none does.
func roomFor(h panel.Hypervisor, plan panel.Plan) Fact {
	f := Fact{Label: plan.Name, Value: Amount{Text: grouped(h.Fit(plan.Size))}}
	if reason := h.Room(plan.Size); reason != fleet.RoomOK {
		f.Note = reason.Label()
	}
	return f
}

func hypervisorFacts(h panel.Hypervisor) []Fact {
	facts := []Fact{
		{Label: "Processors", Value: Amount{Text: count(int(h.Capacity.VCPUs), "thread")}, Note: h.CPURatio.String() + " vCPUs sold for each"},
		{Label: "Memory", Value: Amount{Text: memory(h.Capacity.MemoryMiB)}},
		{Label: "Disk", Value: Amount{Text: grouped(h.Capacity.DiskGiB) + " GiB"}},
	}
	if h.Capacity.GPUs > 0 {
		facts = append(facts, Fact{Label: "GPUs", Value: Amount{Text: text(h.Used.GPUs) + " of " + text(h.Capacity.GPUs)}})
	}
	if len(h.Tags) > 0 {
		facts = append(facts, Fact{Label: "Tags", Value: Amount{Text: strings.Join(h.Tags, ", ")}})
	}
	if h.Endpoint != "" {
		facts = append(facts, Fact{Label: "Address", Value: Amount{Text: h.Endpoint}})
	}
	return facts
}

// adminInstances are the rows of a list of instances of several accounts.
func (s *server) adminInstances(v *visit, f panel.InstanceFilter) (rows []AdminInstanceRow, err error) {
	instances, err := s.Panel.AllInstances(v.Context(), v.who, f)
	if err != nil {
		return nil, err
	}
	return s.instanceRows(v, instances)
}

func (s *server) instanceRows(v *visit, instances []panel.InstanceView) (rows []AdminInstanceRow, err error) {
	c, err := s.defaultCurrency(v)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, i := range instances {
		ids = append(ids, i.AccountID)
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, ids...)
	for _, i := range instances {
		rows = append(rows, AdminInstanceRow{
			Name: i.Name, Account: accountLink(names, i.AccountID), Plan: i.Plan.Name, Place: placeOf(i.Location),
			Status: statusOf(i), Rate: perHour(c, i.Burn), Month: amount(c, i.MonthUsed),
		})
	}
	return rows, err
}

func removeHypervisor(h panel.Hypervisor) Confirm {
	page := "/admin/hypervisors/" + text(h.ID)
	return Confirm{
		ID: "remove-hypervisor", URL: page + "/remove", Title: "Remove " + h.Name, Button: "Remove", Danger: true, Back: page,
		Text: []string{"Nothing is placed on it any more. One that ever had instances stays, because bills name them; disable it instead."},
	}
}

func (s *server) adminAskRemoveHypervisor(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, removeHypervisor(h))
}

func (s *server) adminRemoveHypervisor(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	if err := s.Panel.DeleteHypervisor(v.Context(), v.who, h.ID); err != nil {
		return s.refused(w, v, "/admin/hypervisors/"+text(h.ID), err)
	}
	return s.done(w, v, "/admin/hypervisors", h.Name+" removed.")
}

func (s *server) adminEnable(w http.ResponseWriter, v *visit) error { return s.enable(w, v, true) }

func (s *server) adminDisable(w http.ResponseWriter, v *visit) error { return s.enable(w, v, false) }

func (s *server) enable(w http.ResponseWriter, v *visit, on bool) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	h.Enabled = on
	page := "/admin/hypervisors/" + text(h.ID)
	if _, err := s.Panel.SaveHypervisor(v.Context(), v.who, h); err != nil {
		return s.refused(w, v, page, err)
	}
	if on {
		return s.done(w, v, page, h.Name+" takes new instances again.")
	}
	return s.done(w, v, page, h.Name+" takes no new instances. Those it has keep running.")
}
