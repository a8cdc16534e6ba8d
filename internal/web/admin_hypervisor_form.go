package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) adminNewHypervisor(w http.ResponseWriter, v *visit) error {
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	h := panel.Hypervisor{Hypervisor: fleet.Hypervisor{CPURatio: fleet.DefaultCPURatio, Enabled: true}, Driver: "sim", LocationID: number(v.field("location"))}
	view := hypervisorForm(h, locations)
	view.VCPUs, view.Memory, view.Disk = "", "", ""
	return s.showHypervisorForm(w, v, http.StatusOK, view)
}

func (s *server) adminEditHypervisor(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	return s.showHypervisorForm(w, v, http.StatusOK, hypervisorForm(h, locations))
}

func (s *server) showHypervisorForm(w http.ResponseWriter, v *visit, status int, view AdminHypervisorFormView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminHypervisorFormPage(p, view) })
}

func hypervisorForm(h panel.Hypervisor, locations []panel.Location) AdminHypervisorFormView {
	view := AdminHypervisorFormView{
		Title: "Add hypervisor", Name: h.Name, Endpoint: h.Endpoint, CPURatio: h.CPURatio.String(), Tags: strings.Join(h.Tags, " "), Enabled: h.Enabled,
		VCPUs: text(h.Capacity.VCPUs), Memory: text(h.Capacity.MemoryMiB), Disk: text(h.Capacity.DiskGiB), GPUs: text(h.Capacity.GPUs),
		Drivers: []Option{{Value: "sim", Text: driverNames["sim"], Selected: h.Driver == "sim"}},
	}
	if h.ID != 0 {
		view.ID, view.Title = text(h.ID), "Edit "+h.Name
	}
	if h.Driver == "libvirt" {
		view.Reach = &ReachView{HostKey: h.HostKey, KeyFile: h.KeyFile, Network: h.Network, Storage: h.Storage}
		for _, way := range []panel.Accel{panel.AccelAuto, panel.AccelKVM, panel.AccelTCG} {
			view.Reach.Accels = append(view.Reach.Accels, Option{Value: string(way), Text: accelNames[way], Selected: way == h.Accel})
		}
	}
	if h.Driver != "sim" {
		view.Drivers = append(view.Drivers, Option{Value: h.Driver, Text: driverName(h.Driver), Selected: true})
	}
	for _, l := range locations {
		view.Locations = append(view.Locations, Option{Value: text(l.ID), Text: l.Name, Selected: l.ID == h.LocationID})
	}
	return view
}

// accelNames are the ways to run processors, in words.
var accelNames = map[panel.Accel]string{panel.AccelAuto: "Found by trying", panel.AccelKVM: "KVM", panel.AccelTCG: "Translation (tcg)"}

// hypervisor reads the form into a hypervisor.
func (e *entered) hypervisor(h panel.Hypervisor) panel.Hypervisor {
	h.Name, h.Endpoint, h.Tags, h.Enabled = e.field("name"), e.field("endpoint"), tags(e.field("tags")), e.checked("enabled")
	e.capacity(&h)
	if h.Driver == "libvirt" {
		h.HostKey, h.KeyFile, h.Network, h.Storage, h.Accel = e.field("host_key"), e.field("key_file"), e.field("network"), e.field("storage"), panel.Accel(e.field("accel"))
	}
	if location := number(e.field("location")); location != h.LocationID {
		h.LocationID, h.Position = location, 1_000 // the last of its location
	}
	if driver := e.field("driver"); driverNames[driver] == "" && driver != h.Driver {
		e.errors["driver"] = "Choose one of these."
	} else {
		h.Driver = driver
	}
	return h
}

// capacity reads what of a hypervisor is sold.
func (e *entered) capacity(h *panel.Hypervisor) {
	h.Capacity = fleet.Resources{VCPUs: e.whole("vcpus", 0), MemoryMiB: e.whole("memory_mib", 0), DiskGiB: e.whole("disk_gib", 0), GPUs: e.whole("gpus", 0)}
	ratio, err := fleet.ParseRatio(e.field("cpu_ratio"))
	if err != nil {
		e.errors["cpu_ratio"] = sentence(err.Error())
	}
	h.CPURatio = ratio
}

func (s *server) adminSaveHypervisor(w http.ResponseWriter, v *visit) error {
	var known panel.Hypervisor
	var err error
	if v.PathValue("id") != "" {
		if known, _, err = s.hypervisor(v); err != nil {
			return err
		}
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	e := newEntered(v)
	h := e.hypervisor(known)
	if e.ok() {
		h, err = s.Panel.SaveHypervisor(v.Context(), v.who, h)
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/hypervisors/"+text(h.ID), h.Name+" saved.")
	}
	if e.errors["capacity"] != "" {
		e.errors[""] = "This is less than what instances on it have reserved."
	}
	view := hypervisorForm(h, locations)
	if known.ID != 0 {
		view.Title = "Edit " + known.Name
	}
	view.Errors = e.errors
	view.VCPUs, view.Memory, view.Disk, view.GPUs = v.field("vcpus"), v.field("memory_mib"), v.field("disk_gib"), v.field("gpus")
	view.CPURatio, view.Tags = v.field("cpu_ratio"), v.field("tags")
	return s.showHypervisorForm(w, v, http.StatusUnprocessableEntity, view)
}
