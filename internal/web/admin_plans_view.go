package web

// AdminPlanGroupsView is the page at /admin/plan-groups. Its form posts name,
// description and position there.
type AdminPlanGroupsView struct {
	Groups []PlanGroupRow
	Form   PlanGroupForm
}

// PlanGroupRow is a plan group in the list.
type PlanGroupRow struct {
	ID, Name, URL string
	Description   string
	Position      string
	Plans         string
	Visible       bool
}

// PlanGroupForm is a plan group as it is typed.
type PlanGroupForm struct {
	Name, Description, Position string
	Visible                     bool
	Errors                      Errors
}

// AdminPlanGroupView edits a plan group at /admin/plan-groups/{id}, where its
// form posts name, description, position and visible.
type AdminPlanGroupView struct {
	ID, Title string
	Form      PlanGroupForm
	Remove    *Confirm
	Used      string
}

// AdminPlansView lists the plans by group at /admin/plans.
type AdminPlansView struct {
	Groups    []PlanGroupPlans
	NoGroup   bool   // one is needed first
	Snapshots string // what they cost; changed at /admin/plans/snapshot-price
}

// PlanGroupPlans is a group with its plans.
type PlanGroupPlans struct {
	ID, Name string
	Plans    []PlanRow
}

// PlanRow is a plan in the list.
type PlanRow struct {
	ID, Name, URL string
	Specs         string // "2 vCPU, 4 GiB, 80 GiB"
	Hourly        Amount
	Monthly       Amount
	Mode          string // "Hourly with cap", "Hourly", "Monthly"
	Stopped       string // "100 %"
	Locations     string // "Amsterdam, Oslo", "Everywhere"
	Instances     string
	Hidden        bool
}

// AdminPlanView is the form at /admin/plans/new and /admin/plans/{id}, which
// posts there: name, group, vcpus, memory_mib, disk_gib, gpus, tags,
// cpu_percent, iops, disk_mib_per_s, stopped_percent, transfer_gib,
// throttle_mbit, location (once for each), visible, hourly, monthly, traffic, apply ("new" or "existing").
type AdminPlanView struct {
	ID, Title           string
	Name                string
	Groups              []Option
	VCPUs, Memory, Disk string
	GPUs, Tags          string
	Stopped             string
	Locations           []Option
	Visible             bool
	Hourly, Monthly     string // in credits
	HourlyMeaning       string // what they are in the default currency
	MonthlyMeaning      string
	CPUPercent, IOPS    string // limits; "0" is none
	DiskMiBPerS         string
	Transfer, Throttle  string // GiB a month, and Mbit/s beyond that
	Traffic             string // credits for a GiB beyond that
	TrafficMeaning      string
	Existing            bool   // apply a new price to existing instances, too
	Running             string // "38 instances are on this plan": what "existing" means
	Versions            []PriceVersion
	Preview             []PricePreview // in each currency, the currency in Plan
	Fits                []Fact         // how many more fit, by location
	Remove              *Confirm
	Used                string
	Errors              Errors
}

// PriceVersion is a price the plan has or had. Versions are never changed.
type PriceVersion struct {
	Number          string
	Hourly, Monthly string
	Mode            string
	Since           Instant
	By              string
	Instances       string // that are still billed by it
	Now             bool
}

func (v AdminPlanView) action() string {
	if v.ID == "" {
		return "/admin/plans/new"
	}
	return "/admin/plans/" + v.ID
}
