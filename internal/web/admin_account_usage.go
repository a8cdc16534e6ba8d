package web

import (
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/panel"
)

// ofAccount is a visit that looks at one account, with an administrator's rights.
func (s *server) ofAccount(v *visit) (*visit, panel.Summary, error) {
	m, err := s.Panel.Summary(v.Context(), v.who, v.id())
	looking := *v
	looking.who.AccountID = m.Account.ID
	return &looking, m, err
}

// adminAccountUsage is the report that the account's people see, with its links
// leading back here.
func (s *server) adminAccountUsage(w http.ResponseWriter, v *visit) error {
	looking, m, err := s.ofAccount(v)
	if err != nil {
		return err
	}
	view, err := s.usageView(looking)
	if err != nil {
		return err
	}
	account := accountURL(m.Account.ID)
	here := func(address string) string { return account + address }
	view.URL, view.Account = here(view.URL), Link{m.Account.Name, account}
	view.LedgerURL = query("/admin/ledger", "account", text(m.Account.ID), "kind", string(panel.Usage))
	for i := range view.Exports {
		view.Exports[i].URL = here(view.Exports[i].URL)
	}
	for _, page := range []*string{&view.Pager.Newer, &view.Pager.Older} {
		if *page != "" {
			*page = here(*page)
		}
	}
	for i := range view.Rows {
		view.Rows[i].URL = here(view.Rows[i].URL)
	}
	return s.adminShow(w, v, http.StatusOK, "Usage of "+m.Account.Name, func(p Page) templ.Component { return UsagePage(p, view) })
}

func (s *server) adminAccountUsageCSV(w http.ResponseWriter, v *visit) error {
	looking, _, err := s.ofAccount(v)
	if err != nil {
		return err
	}
	return s.usageCSV(w, looking)
}

func (s *server) adminAccountUsageJSON(w http.ResponseWriter, v *visit) error {
	looking, _, err := s.ofAccount(v)
	if err != nil {
		return err
	}
	return s.usageJSON(w, looking)
}
