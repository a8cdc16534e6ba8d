package web

import (
	"net/http"
	"slices"

	"accrue/internal/panel"
)

// faultWords say what can go wrong with a simulated hypervisor.
var faultWords = []struct {
	fault      panel.Fault
	text, help string
}{
	{panel.FaultUnreachable, "Unreachable", "It does not answer, and nothing is done"},
	{panel.FaultHang, "Hang", "Calls return only when they time out"},
	{panel.FaultError, "Error", "It refuses every change with a message"},
	{panel.FaultReplyLost, "Lose the reply", "The change is made, and the answer is lost"},
}

// faults are what a simulated hypervisor is told to do wrong; nil for others.
func (s *server) faults(v *visit, id int64) (faults []Fault, err error) {
	on, simulated, err := s.Panel.Faults(v.Context(), v.who, id)
	if err != nil || !simulated {
		return nil, err
	}
	for _, f := range faultWords {
		faults = append(faults, Fault{Name: string(f.fault), Text: f.text, Help: f.help, On: slices.Contains(on, f.fault)})
	}
	return faults, nil
}

func (s *server) adminFaults(w http.ResponseWriter, v *visit) error {
	page := "/admin/hypervisors/" + text(v.id())
	on, _, err := s.Panel.Faults(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	for _, f := range faultWords {
		if want := v.checked(string(f.fault)); want != slices.Contains(on, f.fault) {
			if err := s.Panel.SetFault(v.Context(), v.who, v.id(), f.fault, want); err != nil {
				return s.refused(w, v, page, err)
			}
		}
	}
	return s.done(w, v, page, "Faults applied. It may take a few seconds until they show.")
}
