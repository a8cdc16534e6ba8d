package web

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

// findingWords say what a kind of finding means and what may be done about it, and
// what it is to resolve it.
var findingWords = map[panel.FindingKind]struct {
	meaning, button, effect string
}{
	panel.AlarmMassChange: {
		"So many machines are not as they were that the look is more likely wrong than all of them. Nothing was done about any: states, meters and holds are as they were before. If they really are gone, say so.",
		"It is true", "The next look acts on what it sees: instances whose machines are gone are billed no longer, and what they cost since then is given back.",
	},
	panel.AlarmStranger: {
		"Its identity is not the one that was written down. Until somebody says that it is the hypervisor, as after its board was changed, nothing it says is believed.",
		"It is the hypervisor", "From the next look on, what answers there is the hypervisor.",
	},
	panel.AlarmUnreachable: {
		"What it has may go on running, and is billed; nothing is placed on it, and what is asked of its instances waits. When it answers, all goes on by itself.",
		"Known", "It is not shown any more until the hypervisor has answered.",
	},
	panel.AlarmLost: {
		"Its meter was closed at the second it was last seen, and the difference was credited. If the machine is there again, the instance goes on by itself; if not, its owner deletes it or the disk is restored by hand.",
		"Known", "It is not shown any more as long as the machine is gone.",
	},
	panel.AlarmCrashing: {
		"It crashed or switched off more than three times in ten minutes and is not restarted any more. Its owner can start it; whoever looks at its console sees why.",
		"Known", "It is not shown any more until it has been up again.",
	},
	panel.AlarmUnmetered: {
		"An instance runs, and no segment is open for it. That should never be so: note what was done before, and report it.",
		"Known", "It is not shown any more as long as it stays so.",
	},
	panel.FindOrphan: {
		"It carries this panel's mark, and no instance that is there has it. Accrue never touches it. Remove it on the hypervisor if it is a leftover; if you know what it is, say so here.",
		"Known", "It is not shown any more as long as it is there.",
	},
	panel.FindMisplaced: {
		"Its instance is on another hypervisor, where it has its own machine. Accrue touches neither of the two. Compare their disks before you remove this one.",
		"Known", "It is not shown any more as long as it is there.",
	},
}

func (s *server) adminFindings(w http.ResponseWriter, v *visit) error {
	view := AdminFindingsView{All: v.field("state") == "all"}
	names, err := s.hypervisorLinks(v)
	if err != nil {
		return err
	}
	alarms, err := s.Panel.AdminAlarms(v.Context(), v.who, view.All)
	if err != nil {
		return err
	}
	found, err := s.Panel.AdminDiscoveries(v.Context(), v.who, view.All)
	if err != nil {
		return err
	}
	for _, f := range alarms {
		view.Alarms = append(view.Alarms, findingRow(f, names))
	}
	for _, f := range found {
		view.Found = append(view.Found, findingRow(f, names))
	}
	for _, row := range append(view.Alarms, view.Found...) {
		if row.Resolve != nil {
			view.Resolves = append(view.Resolves, *row.Resolve)
		}
	}
	view.Tabs = []Tab{
		{Text: "Open", URL: "/admin/findings", Count: strconv.Itoa(len(view.Resolves)), Current: !view.All},
		{Text: "All", URL: "/admin/findings?state=all", Current: view.All},
	}
	return s.adminShow(w, v, http.StatusOK, "Findings", func(p Page) templ.Component { return AdminFindingsPage(p, view) })
}

// hypervisorLinks lead to the hypervisors, by ID.
func (s *server) hypervisorLinks(v *visit) (map[int64]Link, error) {
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	links := map[int64]Link{}
	for _, h := range hosts {
		links[h.ID] = Link{Text: h.Name, URL: "/admin/hypervisors/" + text(h.ID)}
	}
	return links, err
}

func findingRow(f panel.Finding, hosts map[int64]Link) FindingRow {
	words := findingWords[f.Kind]
	row := FindingRow{
		ID: text(f.ID), Title: f.Kind.Title(), Detail: f.Detail, Meaning: words.meaning, Hypervisor: hosts[f.HypervisorID], Found: when(f.FoundAt),
		Status: Status{Kind: "warn", Text: "Open"},
	}
	if f.Alarm() {
		row.Status.Kind = "suspended"
	}
	switch {
	case f.GoneAt != 0:
		row.Status, row.Meaning = Status{Kind: "stopped", Text: "Over", Note: "since " + shortly(f.GoneAt)}, ""
	case f.ResolvedAt != 0:
		row.Status = Status{Kind: "stopped", Text: "Known", Note: "since " + shortly(f.ResolvedAt)}
	default:
		row.Resolve = resolveOf(f, row)
	}
	if f.ResolvedBy != "" {
		row.Note = join("Resolved by "+actor(f.ResolvedBy), f.Note)
	}
	return row
}

func resolveOf(f panel.Finding, row FindingRow) *Confirm {
	words := findingWords[f.Kind]
	return &Confirm{
		ID: "resolve-" + row.ID, URL: "/admin/findings/" + row.ID + "/resolve", Title: f.Kind.Title() + " on " + row.Hypervisor.Text,
		Text: []string{row.Detail + ".", words.effect}, Button: words.button, Back: "/admin/findings",
		Fields: []Field{{Name: "note", ID: "note-" + row.ID, Label: "Note", Help: "What you found out, for others who look at it later", Max: 500}},
		Danger: f.Kind == panel.AlarmMassChange || f.Kind == panel.AlarmStranger,
	}
}

// openFinding is the finding that the address names, if it is open.
func (s *server) openFinding(v *visit) (*Confirm, error) {
	hosts, err := s.hypervisorLinks(v)
	if err != nil {
		return nil, err
	}
	for _, list := range []func() ([]panel.Finding, error){
		func() ([]panel.Finding, error) { return s.Panel.AdminAlarms(v.Context(), v.who, false) },
		func() ([]panel.Finding, error) { return s.Panel.AdminDiscoveries(v.Context(), v.who, false) },
	} {
		found, err := list()
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f.ID == v.id() {
				return findingRow(f, hosts).Resolve, nil
			}
		}
	}
	return nil, panel.ErrNotFound
}

func (s *server) adminAskResolve(w http.ResponseWriter, v *visit) error {
	c, err := s.openFinding(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, *c)
}

func (s *server) adminResolve(w http.ResponseWriter, v *visit) error {
	c, err := s.openFinding(v)
	if err != nil {
		return err
	}
	if err := s.Panel.ResolveFinding(v.Context(), v.who, v.id(), v.field("note")); err != nil {
		return s.asked(w, v, *c, err)
	}
	return s.done(w, v, "/admin/findings", c.Title+" is resolved.")
}
