package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

const auditPerPage = 50

// auditAreas are the parts of the panel whose changes can be picked out, by how
// actions begin.
var auditAreas = [][2]string{
	{"settings.", "Settings"}, {"credit.", "Credit"}, {"order.", "Top-up orders"}, {"account.", "Accounts"}, {"user.", "People"}, {"token.", "Tokens"},
	{"plan", "Plans"}, {"price.", "Prices"}, {"currency.", "Currencies"}, {"hypervisor.", "Hypervisors"}, {"location.", "Locations"}, {"console.", "Consoles"}, {"pool.", "Address pools"}, {"address.", "Addresses"},
}

// auditWords are the actions in words.
var auditWords = map[string]string{
	"settings.change": "Settings changed", "credit.add": "Credit adjusted", "credit.reverse": "Entry reversed",
	"order.confirm": "Top-up confirmed", "order.reject": "Top-up rejected",
	"account.create": "Account added", "account.hold": "Account suspended", "account.lift": "Hold lifted",
	"user.create": "Administrator added", "user.password": "Password set", "user.disable": "Person disabled", "user.enable": "Person enabled",
	"session.end": "Signed out", "token.create": "Token made", "token.revoke": "Token revoked", panel.EventConsoleOpened: "Console opened",
	"pool.save": "Address pool saved", "pool.delete": "Address pool removed", "address.block": "Address kept", "address.free": "Address freed",
	"plan.save": "Plan saved", "plan.delete": "Plan removed", "plan-group.save": "Plan group saved", "plan-group.delete": "Plan group removed",
	"price.change": "Price changed", "currency.change": "Currency changed", "currency.default": "Default currency chosen", "currency.delete": "Currency removed",
	"hypervisor.save": "Hypervisor saved", "hypervisor.delete": "Hypervisor removed", "hypervisor.fault": "Fault switched",
	"location.save": "Location saved", "location.delete": "Location removed", "location.order": "Hypervisors ordered",
}

func (s *server) adminAudit(w http.ResponseWriter, v *visit) error {
	view := AdminAuditView{Query: v.field("q"), Actions: []Option{{Text: "Any action"}}}
	for _, area := range auditAreas {
		view.Actions = append(view.Actions, Option{Value: area[0], Text: area[1], Selected: area[0] == v.field("action")})
	}
	before := number(v.field("before"))
	if before > 0 {
		view.Pager.Newer = query("/admin/audit", "q", view.Query, "action", v.field("action"))
	}
	subjects, err := s.subjects(v)
	if err != nil {
		return err
	}
	const batch = 200
	for {
		entries, err := s.Panel.Audit(v.Context(), v.who, before, batch)
		if err != nil {
			return err
		}
		for _, e := range entries {
			before = e.ID
			subject, err := subjects(e.Subject)
			if err != nil {
				return err
			}
			if !audited(e, subject, view.Query, v.field("action")) {
				continue
			}
			view.Entries = append(view.Entries, auditRow(e, subject))
			if len(view.Entries) == auditPerPage {
				view.Pager.Older = query("/admin/audit", "q", view.Query, "action", v.field("action"), "before", text(before))
				break
			}
		}
		if len(entries) < batch || view.Pager.Older != "" {
			break
		}
	}
	return s.adminShow(w, v, http.StatusOK, "Audit", func(p Page) templ.Component { return AdminAuditPage(p, view) })
}

// audited says whether an act is what is searched for.
func audited(e panel.AuditEntry, subject Link, words, action string) bool {
	if !strings.HasPrefix(e.Action, action) {
		return false
	}
	said := strings.ToLower(e.Actor + " " + e.Action + " " + auditWords[e.Action] + " " + subject.Text + " " + e.Detail)
	return strings.Contains(said, strings.ToLower(words))
}

func auditRow(e panel.AuditEntry, subject Link) AuditRow {
	row := AuditRow{ID: text(e.ID), At: dated(e.At), Actor: actor(e.Actor), Action: auditWords[e.Action], Subject: subject}
	if row.Action == "" {
		row.Action = e.Action
	}
	if e.Detail == "" || e.Detail == subject.Text {
		return row
	}
	if e.Action != "settings.change" {
		row.Changes = []Change{{After: e.Detail}}
		return row
	}
	for _, line := range strings.Split(e.Detail, "; ") {
		name, values, _ := strings.Cut(line, ": ")
		before, after, changed := strings.Cut(values, " -> ")
		if !changed {
			name, before, after = "", "", line
		}
		row.Changes = append(row.Changes, Change{Name: spaced(name), Before: before, After: after})
	}
	return row
}

// spaced writes a setting's name in words: "ReserveHours" is reserve hours.
func spaced(name string) string {
	var words strings.Builder
	for i, r := range name {
		if i > 0 && 'A' <= r && r <= 'Z' {
			words.WriteByte(' ')
		}
		words.WriteRune(r)
	}
	return strings.ToLower(words.String())
}

// subjects returns what names the things that acts are about: "account:12".
func (s *server) subjects(v *visit) (func(string) (Link, error), error) {
	named := map[string]Link{"settings": {"Settings", "/admin/settings"}}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return nil, err
	}
	for _, plan := range plans {
		named["plan:"+text(plan.ID)] = Link{plan.Name, "/admin/plans/" + text(plan.ID)}
	}
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		named["plan-group:"+text(g.ID)] = Link{g.Name, "/admin/plan-groups/" + text(g.ID)}
	}
	locations, err := s.Panel.Locations(v.Context())
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		named["location:"+text(l.ID)] = Link{l.Name, "/admin/locations/" + text(l.ID)}
	}
	hosts, err := s.Panel.Hypervisors(v.Context(), v.who, 0)
	for _, h := range hosts {
		named["hypervisor:"+text(h.ID)] = Link{h.Name, "/admin/hypervisors/" + text(h.ID)}
	}
	return func(subject string) (Link, error) {
		kind, id, _ := strings.Cut(subject, ":")
		if _, known := named[subject]; !known && kind == "account" {
			names, err := s.Panel.AccountNames(v.Context(), v.who, number(id))
			if err != nil {
				return Link{}, err
			}
			named[subject] = accountLink(names, number(id))
		}
		if kind == "currency" {
			return Link{id, "/admin/currencies/" + id}, nil
		}
		if link, known := named[subject]; known && link.Text != "" {
			return link, nil
		}
		return Link{Text: strings.ReplaceAll(subject, ":", " ")}, nil
	}, err
}
