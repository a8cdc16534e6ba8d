package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// enrolStages are the pages on the way, and what each is about.
var enrolStages = []struct{ stage, text, note string }{
	{"endpoint", "Address", "A machine with libvirt and QEMU. Nothing is installed there."},
	{"fingerprint", "Fingerprint", "Is it the machine that you mean?"},
	{"checks", "Checks", "Everything that machines will need was tried, with small ones that are gone again."},
	{"settings", "Pool and network", "What it is called, and what of it is used."},
	{"test", "Test machine", ""},
	{"done", "Done", ""},
}

// enrolPage is the page of a stage, with what was said so far.
func enrolPage(stage string, h panel.Hypervisor) AdminEnrolView {
	view := AdminEnrolView{Stage: stage, Title: "Add hypervisor", Endpoint: h.Endpoint, KeyFile: h.KeyFile}
	done := true
	for _, s := range enrolStages {
		if s.stage == stage {
			done, view.Note = false, s.note
		}
		view.Way = append(view.Way, Step{Text: s.text, Done: done, Now: s.stage == stage})
	}
	view.Said = []Option{{Value: "endpoint", Text: h.Endpoint}, {Value: "key_file", Text: h.KeyFile}}
	if h.HostKey != "" {
		view.Said = append(view.Said, Option{Value: "host_key", Text: h.HostKey})
	}
	return view
}

func (s *server) adminEnrol(w http.ResponseWriter, v *visit) error {
	return s.showEnrol(w, v, http.StatusOK, enrolPage("endpoint", panel.Hypervisor{}))
}

func (s *server) showEnrol(w http.ResponseWriter, v *visit, status int, view AdminEnrolView) error {
	return s.adminShow(w, v, status, view.Title, func(p Page) templ.Component { return AdminEnrolPage(p, view) })
}

// adminEnrolStep goes on to the stage that a page asks for.
func (s *server) adminEnrolStep(w http.ResponseWriter, v *visit) error {
	h := panel.Hypervisor{Driver: "libvirt", Endpoint: v.field("endpoint"), KeyFile: v.field("key_file"), HostKey: v.field("host_key")}
	switch v.field("step") {
	case "settings":
		return s.askEnrolSettings(w, v, http.StatusOK, h, Errors{})
	case "save":
		return s.saveEnrolled(w, v, h)
	}
	e, err := s.Panel.ProbeHypervisor(v.Context(), v.who, h)
	errors, err := fieldErrors(err)
	if err != nil {
		return err
	}
	if len(errors) > 0 {
		view := enrolPage("endpoint", h)
		view.Errors = errors
		return s.showEnrol(w, v, http.StatusUnprocessableEntity, view)
	}
	return s.showExamined(w, v, h, e)
}

// showExamined shows what was found: the fingerprint to be confirmed, or the
// checks.
func (s *server) showExamined(w http.ResponseWriter, v *visit, h panel.Hypervisor, e panel.Examination) error {
	if e.Confirms() {
		view := enrolPage("fingerprint", h)
		view.Fingerprint = e.Fingerprint
		for _, c := range e.Checks {
			if c.State == panel.CheckConfirm {
				_, view.Compare, _ = strings.Cut(c.Fix, "same: ")
			}
		}
		return s.showEnrol(w, v, http.StatusOK, view)
	}
	view := enrolPage("checks", h)
	view.Checks, view.Usable = checkRowsOf(e.Checks), e.Usable()
	offer := e.Offer()
	for _, known := range []Option{
		{Value: "pools", Text: strings.Join(e.Pools, " ")}, {Value: "networks", Text: strings.Join(e.Facts.Networks, " ")},
		{Value: "vcpus", Text: text(offer.VCPUs)}, {Value: "memory_mib", Text: text(offer.MemoryMiB)}, {Value: "disk_gib", Text: text(offer.DiskGiB)},
	} {
		view.Said = append(view.Said, known)
	}
	return s.showEnrol(w, v, http.StatusOK, view)
}

var checkBadges = map[panel.CheckState]Badge{
	panel.CheckPassed: {"ok", "Passed"}, panel.CheckWarning: {"warn", "Warning"}, panel.CheckFailed: {"danger", "Failed"},
	panel.CheckConfirm: {"info", "To confirm"}, panel.CheckSkipped: {"", "Not tried"},
}

func checkRowsOf(checks []panel.Check) (rows []CheckRow) {
	for _, c := range checks {
		rows = append(rows, CheckRow{Name: string(c.Name), Title: c.Name.Title(), Badge: checkBadges[c.State], Detail: c.Detail, Fix: c.Fix})
	}
	return rows
}

// askEnrolSettings asks for what no machine says of itself.
func (s *server) askEnrolSettings(w http.ResponseWriter, v *visit, status int, h panel.Hypervisor, errors Errors) error {
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return err
	}
	view := enrolPage("settings", h)
	view.Name, view.Tags, view.CPURatio = v.field("name"), v.field("tags"), cmp.Or(v.field("cpu_ratio"), fleet.DefaultCPURatio.String())
	view.VCPUs, view.Memory, view.Disk, view.Errors = v.field("vcpus"), v.field("memory_mib"), v.field("disk_gib"), errors
	for _, l := range locations {
		view.Locations = append(view.Locations, Option{Value: text(l.ID), Text: l.Name, Selected: text(l.ID) == v.field("location")})
	}
	view.Pools = []Option{{Text: "One of its own"}}
	for _, name := range strings.Fields(v.field("pools")) {
		view.Pools = append(view.Pools, Option{Value: name, Text: name, Selected: name == v.field("storage")})
	}
	for _, name := range strings.Fields(v.field("networks")) {
		view.Networks = append(view.Networks, Option{Value: name, Text: name, Selected: name == v.field("network")})
	}
	view.Networks = append(view.Networks, Option{Text: "None"})
	view.Said = append(view.Said, Option{Value: "pools", Text: v.field("pools")}, Option{Value: "networks", Text: v.field("networks")})
	return s.showEnrol(w, v, status, view)
}

// saveEnrolled looks once more, with the pool and the network that were chosen,
// adds the hypervisor and has it tested. It takes instances once somebody says so.
func (s *server) saveEnrolled(w http.ResponseWriter, v *visit, h panel.Hypervisor) error {
	e := newEntered(v)
	h.Name, h.Tags, h.Position = e.field("name"), tags(e.field("tags")), 1_000 // the last of its location
	h.LocationID, h.Storage, h.Network = number(e.field("location")), e.field("storage"), cmp.Or(e.field("bridge"), e.field("network"))
	e.capacity(&h)
	var found panel.Examination
	var err error
	if e.ok() {
		found, err = s.Panel.ProbeHypervisor(v.Context(), v.who, h)
		if err == nil && !found.Usable() {
			return s.showExamined(w, v, h, found)
		}
		if err == nil {
			h, err = s.Panel.SaveHypervisor(v.Context(), v.who, h)
		}
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if !e.ok() {
		return s.askEnrolSettings(w, v, http.StatusUnprocessableEntity, h, e.errors)
	}
	page := "/admin/hypervisors/" + text(h.ID) + "/test"
	if _, err := s.Panel.TestHypervisor(v.Context(), v.who, h.ID); err != nil {
		return s.refused(w, v, page, err)
	}
	return s.done(w, v, page, h.Name+" added. It takes instances when you say so.")
}

// adminExamine looks at a hypervisor and shows what was found.
func (s *server) adminExamine(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	e, err := s.Panel.ExamineHypervisor(v.Context(), v.who, h.ID)
	if err != nil {
		return s.refused(w, v, "/admin/hypervisors/"+text(h.ID), err)
	}
	view := AdminExaminationView{Name: h.Name, URL: "/admin/hypervisors/" + text(h.ID), Checks: checkRowsOf(e.Checks), Usable: e.Usable()}
	return s.adminShow(w, v, http.StatusOK, "Check of "+h.Name, func(p Page) templ.Component { return AdminExaminationPage(p, view) })
}
