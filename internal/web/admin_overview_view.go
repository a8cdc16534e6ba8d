package web

// AdminOverviewView is the administrator's first page, at /admin.
type AdminOverviewView struct {
	Now        string // "22 Nov 2026, 14:20 UTC"
	Stats      []Stat // run rate, today, this month, instances billed, accounts
	Revenue    Chart
	Health     []Check
	Accounts   []Fact // how many are low, negative, suspended
	Capacity   []CapacityRow
	Forecast   string // when a location will be full
	Events     []Event
	Simulated  bool // hypervisors are simulated: say so
	FirstSteps []Step
	StepLinks  []Link // one for each of FirstSteps, which are shown until all are done
}

// Check is something that is well, or is not.
type Check struct {
	OK    bool
	Label string
	Note  string
	Value string
	URL   string
}

// CapacityRow is what a location has promised of what it can.
type CapacityRow struct {
	Place       Place
	URL         string
	Hypervisors string
	Instances   string
	CPU         Load
	Memory      Load
	Disk        Load
	RunRate     Amount
}

// Load is a part of a resource that is used. Kind is "", "warn" or "danger".
type Load struct {
	Text    string // "1,284 of 1,792"
	Percent float64
	Kind    string
}
