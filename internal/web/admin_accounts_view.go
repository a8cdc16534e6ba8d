package web

// AdminAccountsView lists the accounts at /admin/accounts?q=&state=&after=.
type AdminAccountsView struct {
	Query    string
	States   []Option // posted as state
	Accounts []AccountRow
	Count    string // "318 accounts"
	Pager    Pager
}

// AccountRow is an account in the list.
type AccountRow struct {
	ID, Name, URL string
	Email         string
	Balance       Amount
	Negative      bool
	Burn          string // "$0.0828/h"
	Zero          string // when its balance reaches zero
	Instances     string
	Status        Status
	Admin         bool
}

// AdminAccountView is the page at /admin/accounts/{id}. The credit form posts
// amount, reason and key to /adjust below it (and to /adjust/preview for the
// preview alone), the hold posts reason to /suspend, lifting it to /resume.
type AdminAccountView struct {
	ID, Name, URL string
	Email         string
	Status        Status
	Since         string // "customer since 3 Sep 2026"
	Admin         bool
	Stats         []Stat // balance, this month, burn, reaches zero
	Facts         []Fact
	Instances     []AdminInstanceRow
	Entries       []EntryRow // the latest
	LedgerURL     string
	UsageURL      string
	Adjust        AdjustForm
	Hold          HoldForm
	People        []PersonRow
	Sessions      []SessionRow // one ends by a post to /sessions/{ID}/revoke below the page
	Events        []Event
}

// AdjustForm is a correction of a balance, as it is typed.
type AdjustForm struct {
	URL     string // it is posted here
	Amount  string // in credits; with a minus sign to take away
	Reason  string
	Key     string // makes sending it twice one adjustment
	Preview AdjustPreview
	Errors  Errors
}

// AdjustPreview is what an adjustment would do.
type AdjustPreview struct {
	Before, After Amount
	Kind          string // of the remark: "", "warn", "danger" or "ok"
	Remark        string // "Crosses −$5.00: 3 instances will be suspended."
}

// PersonRow is somebody who signs in for an account.
type PersonRow struct {
	Name, Email string
	Disabled    bool
	Password    Confirm
	Disable     Confirm
	EnableURL   string
}

// HoldForm suspends an account, or lifts that.
type HoldForm struct {
	Held    bool   // by an administrator
	Since   string // "since 12 Nov by Ida Berg"
	Reason  string // as typed, or as given then
	Effect  string // "5 instances are powered off, and nothing is charged."
	Suspend *Confirm
	Errors  Errors
}

// AdminNewAccountView is the form at /admin/accounts/new, which posts name,
// email, password, currency, credit and role there.
type AdminNewAccountView struct {
	Name, Email string
	Currencies  []Option
	Credit      string // opening credit, in credits
	Roles       []Option
	Errors      Errors
}
