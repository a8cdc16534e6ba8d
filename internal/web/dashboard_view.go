package web

// DashboardView is the page at /.
type DashboardView struct {
	Billing   BillingWidget
	Instances InstanceTable // the first few
	All       int           // how many there are
	Tasks     []TaskView    // that are running
	Events    []Event
	Cheapest  string // the least an instance costs: "$0.006 an hour, at most $4.00 a month"
	Refused   string // why no instance may be created now; "" when one may
	NoCredit  bool   // nothing has ever been paid in: offer that beside creating
}

// BillingWidget is what an account costs, and how long its credit lasts.
type BillingWidget struct {
	Currencies []Option // posted as currency to /preferences
	Balance    Stat
	Month      Stat // used since the month began, compared with the same day before
	Burn       Stat // per hour, and per day in the note
	Zero       Stat // when the balance reaches zero, or did
	Suspension Stat // when instances will be suspended; what starts them again once they are
	Days       Chart
	DaysTotal  Amount // the sum of its bars
	Links      []Link // to statements, beside those to usage, ledger and top-up
}

// InstanceTable is a list of instances with what they cost.
type InstanceTable struct {
	Rows  []InstanceRow
	Count string // "5 instances"
	Note  string // what the total leaves out, such as "and $0.05 for test-2, deleted"
	Month Amount
	Burn  string // "$0.0828/h"
}

// InstanceRow is an instance in a list.
type InstanceRow struct {
	ID, Name string
	URL      string
	Plan     string
	Image    string
	Place    Place
	Status   Status
	Created  Instant
	Month    Amount
	Rate     string // what it costs per hour now, "Cap reached", or ""
}

// TaskView is work being done, or that has failed.
type TaskView struct {
	ID       string // in data-test, and as a reference to quote
	Title    string // "Creating web-1"
	URL      string // of what it works on
	Elapsed  string // "18 s"
	Usual    string // how long such a task takes: "40 s"
	Steps    []Step
	Trouble  string // why it takes longer than usual
	Poll     string // re-fetch the card from here every second while it runs; "" to stand still
	Failed   bool
	Failure  string   // what failed, and what was tried
	Uncosted bool     // nothing has been charged for what failed
	Retry    *Confirm // a plain button that posts to its URL
	Other    Link     // another way out, such as another location
}
