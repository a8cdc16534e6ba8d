package web

import (
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// accountStates are the states by which accounts can be picked out.
var accountStates = []struct {
	value, text string
	holds       func(panel.Summary) bool
}{
	{"low", "Low balance", func(m panel.Summary) bool { return m.Account.Taken.Low }},
	{"negative", "Negative balance", func(m panel.Summary) bool { return m.Balance < 0 }},
	{"suspended", "Suspended by the balance", func(m panel.Summary) bool { return m.Account.Taken.Suspended }},
	{"held", "Held by an administrator", func(m panel.Summary) bool { return held(m.Account.Holds) }},
}

// held says whether an administrator keeps an account from running.
func held(h fleet.Holds) bool { return h.Has(fleet.HoldAdmin) || h.Has(fleet.HoldAbuse) }

const accountsPerPage = 50

func (s *server) adminAccounts(w http.ResponseWriter, v *visit) error {
	counts, err := s.Panel.CountAccounts(v.Context(), v.who)
	if err != nil {
		return err
	}
	view := AdminAccountsView{Query: v.field("q"), Count: count(int(counts.All), "account"), States: []Option{{Text: "Any state"}}}
	for _, state := range accountStates {
		view.States = append(view.States, Option{Value: state.value, Text: state.text, Selected: state.value == v.field("state")})
	}
	view.States = append(view.States, Option{Value: "administrators", Text: "Administrators", Selected: v.field("state") == "administrators"})
	if v.field("state") == "administrators" {
		err = s.administratorRows(v, &view)
	} else {
		err = s.accountRows(v, &view)
	}
	if err != nil {
		return err
	}
	return s.adminShow(w, v, http.StatusOK, "Accounts", func(p Page) templ.Component { return AdminAccountsPage(p, view) })
}

// accountRows fills a page of the list with accounts in the chosen state.
func (s *server) accountRows(v *visit, view *AdminAccountsView) error {
	c, err := s.defaultCurrency(v)
	if err != nil {
		return err
	}
	wanted := func(panel.Summary) bool { return true }
	for _, state := range accountStates {
		if state.value == v.field("state") {
			wanted = state.holds
		}
	}
	after := number(v.field("after"))
	if after > 0 {
		view.Pager.Newer = query("/admin/accounts", "q", view.Query, "state", v.field("state"))
	}
	for {
		rows, err := s.Panel.ListAccounts(v.Context(), v.who, view.Query, after, accountsPerPage)
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.Account.ID
			if wanted(row.Summary) {
				view.Accounts = append(view.Accounts, accountRow(row, c))
			}
			if len(view.Accounts) == accountsPerPage {
				view.Pager.Older = query("/admin/accounts", "q", view.Query, "state", v.field("state"), "after", text(after))
				return nil
			}
		}
		if len(rows) < accountsPerPage {
			return nil
		}
	}
}

func accountRow(a panel.AccountRow, c billing.Currency) AccountRow {
	row := AccountRow{
		ID: text(a.Account.ID), Name: a.Account.Name, URL: accountURL(a.Account.ID), Email: a.Email, Balance: amount(c, a.Balance),
		Negative: a.Balance < 0, Burn: perHour(c, a.Burn), Zero: "—", Instances: grouped(a.Instances), Status: accountStatus(a.Summary),
	}
	if a.Burn == 0 {
		row.Burn = "—"
	}
	if a.ZeroAt != billing.Never && a.Balance > 0 {
		row.Zero = day(a.ZeroAt, a.Now)
	}
	return row
}

// accountStatus is what can be said of an account in a word.
func accountStatus(m panel.Summary) Status {
	switch {
	case held(m.Account.Holds):
		return Status{Kind: "suspended", Text: "Held"}
	case m.Account.Taken.Suspended:
		return Status{Kind: "suspended", Text: "Suspended"}
	case m.Balance < 0:
		return Status{Kind: "warn", Text: "Negative"}
	case m.Balance == 0 && m.Burn == 0:
		return Status{Kind: "stopped", Text: "No credit"}
	case m.Account.Taken.Low:
		return Status{Kind: "warn", Text: "Low"}
	}
	return Status{Kind: "running", Text: "Good"}
}

// administratorRows lists the people who run the panel. They have no account;
// what they do is in the audit.
func (s *server) administratorRows(v *visit, view *AdminAccountsView) error {
	users, err := s.Panel.Administrators(v.Context(), v.who)
	view.Count = count(len(users), "administrator")
	for _, u := range users {
		row := AccountRow{
			Name: u.Name, Email: u.Email, URL: query("/admin/audit", "q", u.Email), Admin: true,
			Burn: "—", Zero: "—", Instances: "—", Balance: Amount{Text: "—"}, Status: Status{Kind: "running", Text: "Active"},
		}
		if u.Disabled {
			row.Status = Status{Kind: "stopped", Text: "Disabled"}
		}
		view.Accounts = append(view.Accounts, row)
	}
	return err
}

func (s *server) adminNewAccount(w http.ResponseWriter, v *visit) error {
	return s.showNewAccount(w, v, http.StatusOK, AdminNewAccountView{Credit: "0"})
}

func (s *server) showNewAccount(w http.ResponseWriter, v *visit, status int, view AdminNewAccountView) error {
	all, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	for _, c := range all {
		chosen := c.Code == v.field("currency") || (v.field("currency") == "" && c.Default)
		view.Currencies = append(view.Currencies, Option{Value: c.Code, Text: c.Code, Selected: chosen})
	}
	view.Roles = []Option{
		{Value: "customer", Text: "Customer"},
		{Value: "administrator", Text: "Administrator, without an account", Selected: v.field("role") == "administrator"},
	}
	return s.adminShow(w, v, status, "Add account", func(p Page) templ.Component { return AdminNewAccountPage(p, view) })
}

func (s *server) adminAddAccount(w http.ResponseWriter, v *visit) error {
	e := newEntered(v)
	credit := e.credits("credit")
	name, email, password := v.field("name"), v.field("email"), v.Form.Get("password")
	administrator := v.field("role") == "administrator"
	switch {
	case credit < 0:
		e.errors["credit"] = "Must not be negative."
	case administrator && credit != 0:
		e.errors["credit"] = "Administrators have no balance."
	}
	to, said := "/admin/accounts", name+" added."
	if e.ok() {
		var err error
		if administrator {
			to = "/admin/accounts?state=administrators"
			_, err = s.Panel.CreateAdministrator(v.Context(), v.who, email, name, password)
		} else {
			var account panel.Account
			account, _, err = s.Panel.CreateAccount(v.Context(), v.who, panel.NewAccount{Name: name, Email: email, Password: password, Currency: v.field("currency"), Credit: credit})
			to = accountURL(account.ID)
		}
		if err := e.take(err, map[string]string{"person": "name", "amount": "credit"}); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, to, said)
	}
	return s.showNewAccount(w, v, http.StatusUnprocessableEntity, AdminNewAccountView{Name: name, Email: email, Credit: v.field("credit"), Errors: e.errors})
}
