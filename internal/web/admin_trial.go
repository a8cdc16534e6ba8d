package web

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

// adminTrial shows the last test of a hypervisor, as a part of a page to whoever
// waits for its end.
func (s *server) adminTrial(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	trial, t, err := s.Panel.HypervisorTest(v.Context(), v.who, h.ID)
	if err != nil && !errors.Is(err, panel.ErrNotFound) {
		return err
	}
	view := trialView(h, trial, t)
	if v.partial() {
		return s.render(w, v, http.StatusOK, TrialPart(view))
	}
	return s.adminShow(w, v, http.StatusOK, "Test of "+h.Name, func(p Page) templ.Component { return AdminTrialPage(p, view) })
}

func trialView(h panel.Hypervisor, trial panel.Trial, t panel.Task) AdminTrialView {
	view := AdminTrialView{Name: h.Name, URL: "/admin/hypervisors/" + text(h.ID), Enabled: h.Enabled, Image: trial.Image, Checks: checkRowsOf(trial.Checks)}
	switch {
	case t.ID == 0:
		return view
	case !t.State.Ended():
		view.State, view.Poll, view.Trouble = "busy", view.URL+"/test", t.ErrorPublic
	case t.State == panel.TaskSucceeded:
		view.State = "passed"
	default:
		view.State = "failed"
	}
	view.Steps = stepsOf(t, func(step string) string { return step })
	return view
}

func (s *server) adminTest(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	page := "/admin/hypervisors/" + text(h.ID) + "/test"
	if _, err := s.Panel.TestHypervisor(v.Context(), v.who, h.ID); err != nil {
		return s.refused(w, v, page, err)
	}
	return s.done(w, v, page, "The test has begun.")
}
