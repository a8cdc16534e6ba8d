package web

import "strings"

// Page is what stands around the content of a page.
type Page struct {
	Title      string // of the document, before the provider's name
	Provider   string // name of the provider; "Accrue" when empty
	Path       string // of this page: it marks the navigation, and preferences return to it
	Theme      string // "light", "dark", or "" for what the system says
	Account    string // name of the account, beside the sign
	Person     string // name of who is signed in
	Initials   string // of that name, at most two letters
	Email      string
	Admin      bool   // the navigation is the administrator's
	MayAdmin   bool   // who is signed in may change to the administrator's pages
	Balance    Amount // of the account, in the top bar
	Negative   bool   // the balance is below zero
	Currencies []Option
	Counts     map[string]string // beside the entries of the navigation, by their path
	Flash      *Flash
	Notice     *BalanceNotice
}

// Flash is a message about what has just been done. Kind is "ok" or "danger".
type Flash struct {
	Kind, Text string
	Link       Link // what may follow, or undo it
}

// BalanceNotice is the banner that all pages of an account carry when its
// credit is low, below zero, or too low for its instances to run.
type BalanceNotice struct {
	State    string // "low", "negative", "suspended" by the balance, "held" by an administrator
	Balance  Amount
	Limit    Amount // suspended: the balance below which it happens
	Until    string // low: how long the balance lasts; negative: when instances will be suspended; "" if unknown
	Since    string // suspended, held: since when
	Needed   Amount // what must be added at least: to be at zero, or to lift the suspension
	Count    int    // suspended, held: instances that are
	Restart  string // suspended: what happens once it is lifted, such as "4 of them start again within a minute"
	Reason   string // held: as the administrator gave it
	TopUpURL string // with the needed amount filled in
}

func (p Page) provider() string {
	if p.Provider != "" {
		return p.Provider
	}
	return "Accrue"
}

func (p Page) home() string {
	if p.Admin {
		return "/admin"
	}
	return "/"
}

func (p Page) themes() []Option {
	return []Option{
		{Value: "", Text: "As the system", Selected: p.Theme == ""},
		{Value: "light", Text: "Light", Selected: p.Theme == "light"},
		{Value: "dark", Text: "Dark", Selected: p.Theme == "dark"},
	}
}

// navGroup is a part of the navigation below a heading, if it has one.
type navGroup struct {
	heading string
	items   []navItem
}

type navItem struct {
	icon, text, path string
}

var customerNav = []navGroup{
	{"", []navItem{{"grid", "Dashboard", "/"}, {"server", "Instances", "/instances"}, {"layers", "Snapshots", "/snapshots"}}},
	{"Billing", []navItem{
		{"chart", "Usage", "/usage"}, {"book", "Credit and ledger", "/billing"}, {"wallet", "Top up", "/billing/topup"},
	}},
	{"Account", []navItem{{"key", "SSH keys", "/ssh-keys"}, {"gear", "Settings", "/account"}}},
}

var adminNav = []navGroup{
	{"", []navItem{
		{"grid", "Overview", "/admin"}, {"users", "Accounts", "/admin/accounts"},
	}},
	{"Revenue", []navItem{
		{"chart", "Usage", "/admin/usage"}, {"wallet", "Top-up orders", "/admin/orders"}, {"book", "Ledger", "/admin/ledger"},
	}},
	{"Infrastructure", []navItem{
		{"layers", "Hypervisors", "/admin/hypervisors"}, {"pin", "Locations", "/admin/locations"}, {"network", "Address pools", "/admin/address-pools"}, {"alert", "Findings", "/admin/findings"},
	}},
	{"Catalogue", []navItem{
		{"tag", "Plans", "/admin/plans"}, {"folder", "Plan groups", "/admin/plan-groups"}, {"disc", "Images", "/admin/images"}, {"coin", "Currencies", "/admin/currencies"},
	}},
	{"Operations", []navItem{
		{"list", "Tasks", "/admin/tasks"}, {"mail", "Mail", "/admin/mail"}, {"shield", "Audit", "/admin/audit"}, {"gear", "Settings", "/admin/settings"},
	}},
}

func (p Page) nav() []navGroup {
	if p.Admin {
		return adminNav
	}
	return customerNav
}

// current returns the path of the navigation's entry that this page belongs to:
// the longest one that leads to it.
func (p Page) current() string {
	path := p.Path
	if path == "/create" {
		path = "/instances"
	}
	best := ""
	for _, group := range p.nav() {
		for _, item := range group.items {
			leads := path == item.path || strings.HasPrefix(path, strings.TrimSuffix(item.path, "/")+"/")
			if item.path == p.home() {
				leads = path == item.path
			}
			if leads && len(item.path) > len(best) {
				best = item.path
			}
		}
	}
	return best
}

func (f Flash) icon() string {
	if f.Kind == "danger" {
		return "alert"
	}
	return "check"
}

func (n BalanceNotice) kind() string {
	if n.State == "low" {
		return "warn"
	}
	return "danger"
}

// lifted ends the sentence that names the amount that lifts the suspension.
func (n BalanceNotice) lifted() string {
	if n.Restart == "" {
		return "to lift this."
	}
	return "and " + n.Restart + "."
}

// instances counts the suspended ones, with their verb.
func (n BalanceNotice) instances() string {
	return are(n.Count, "instance")
}
