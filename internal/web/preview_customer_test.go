package web

import (
	"fmt"
	"time"

	"github.com/a-h/templ"
)

func customerPreviews() map[string]templ.Component {
	dashboard := samplePage("Dashboard", "/")
	noted := samplePage("Dashboard", "/")
	noted.Flash = &Flash{Kind: "ok", Text: "web-1 stopped. It still costs $0.024/h.", Link: Link{"Start", "/instances/ins_web1"}}
	noted.Notice = &BalanceNotice{State: "low", Balance: Amount{"$4.82", "482.000000 credits"}, Until: "Thu 10 Dec, 23:44 UTC", TopUpURL: "/billing/topup"}
	suspended := suspendedPage("Dashboard", "/")
	return map[string]templ.Component{
		"signin":              SignInPage(SignInView{Provider: "Accrue"}),
		"signin-error":        SignInPage(SignInView{Provider: "Accrue", Email: "ida@northwind.example", Notice: "You have been signed out.", Errors: Errors{"": "E-mail and password do not match. You can try again in 30 seconds."}}),
		"dashboard":           DashboardPage(dashboard, sampleDashboard()),
		"dashboard-empty":     DashboardPage(samplePage("Dashboard", "/"), emptyDashboard()),
		"dashboard-low":       DashboardPage(noted, sampleDashboard()),
		"dashboard-suspended": DashboardPage(suspended, suspendedDashboard()),
		"create":              CreatePage(samplePage("Create instance", "/create"), sampleCreate()),
		"create-refused":      CreatePage(samplePage("Create instance", "/create"), refusedCreate()),
		"instance":            InstancePage(samplePage("web-1", "/instances/ins_web1"), sampleInstance()),
		"instance-creating":   InstancePage(samplePage("web-3", "/instances/ins_web3"), creatingInstance()),
		"instance-suspended":  InstancePage(suspendedPage("web-1", "/instances/ins_web1"), suspendedInstance()),
		"instance-graphs":     InstanceGraphsPage(samplePage("Graphs of web-1", "/instances/ins_web1/graphs"), sampleInstance(), sampleGraphs()),
		"instance-no-graphs":  InstanceGraphsPage(samplePage("Graphs of web-1", "/instances/ins_web1/graphs"), sampleInstance(), emptyGraphs()),
		"console-screen":      ConsolePage(samplePage("", ""), ConsoleView{Kind: "screen", Name: "web-1", URL: "/instances/ins_web1"}),
		"console-serial":      ConsolePage(samplePage("", ""), ConsoleView{Kind: "serial", Name: "web-1", URL: "/instances/ins_web1", Nonce: "n", Cover: ConsoleCover{Text: "web-1 is off.", Start: true}}),
		"usage":               UsagePage(samplePage("Usage", "/usage"), sampleUsage()),
		"usage-empty":         UsagePage(samplePage("Usage", "/usage"), UsageView{Month: "March 2026", Months: []Option{{Value: "2026-03", Text: "March 2026"}}}),
	}
}

var sampleCurrencies = []Option{{Value: "USD", Text: "USD", Selected: true}, {Value: "EUR", Text: "EUR"}, {Value: "credits", Text: "Credits"}}

func samplePage(title, path string) Page {
	return Page{
		Title: title, Path: path, Account: "Northwind Labs", Person: "Ida Berg", Initials: "IB", Email: "ida@northwind.example",
		MayAdmin: true, Balance: Amount{"$48.37", "4,837.270000 credits"}, Currencies: sampleCurrencies, Counts: map[string]string{"/instances": "5"},
	}
}

func suspendedPage(title, path string) Page {
	p := samplePage(title, path)
	p.Balance, p.Negative = Amount{"−$5.00", "−500.003632 credits"}, true
	p.Notice = &BalanceNotice{
		State: "suspended", Limit: Amount{"−$5.00", ""}, Since: "Sat 12 Dec, 10:45 UTC", Needed: Amount{"$5.01", "500.003632 credits"},
		Count: 5, Restart: "the four that were running start again within a minute; build-runner stays stopped, as you left it", TopUpURL: "/billing/topup?amount=5.01",
	}
	return p
}

var (
	amsterdam = Place{"nl", "Amsterdam"}
	oslo      = Place{"no", "Oslo"}
	singapore = Place{"sg", "Singapore"}
	running   = Status{Kind: "running", Text: "Running"}
	stopped   = Status{Kind: "stopped", Text: "Stopped"}
)

func at(text string) Instant { return Instant{text, "2026-11-21T18:00:00Z"} }

// inCredits is an amount in dollars with its exact credits.
func inCredits(text, exact string) Amount { return Amount{text, exact + " credits"} }

func sampleDashboard() DashboardView {
	return DashboardView{
		Billing: BillingWidget{
			Currencies: sampleCurrencies,
			Balance:    Stat{Label: "Balance", Value: inCredits("$48.37", "4,837.270000")},
			Month:      Stat{Label: "This month", Value: inCredits("$78.77", "7,876.988000"), Note: "$7.63 more than by 22 Oct"},
			Burn:       Stat{Label: "Burn", Value: inCredits("$0.0828 / h", "8.280000"), Note: "$1.99 a day; db-primary is at its cap"},
			Zero:       Stat{Label: "Reaches zero", Value: Amount{Text: "Thu 10 Dec"}, Note: "23:44 UTC, in 18 days"},
			Suspension: Stat{Label: "Suspended", Value: Amount{Text: "Sat 12 Dec"}, Note: "10:45 UTC, below −$5.00"},
			Days:       thirtyDays(sampleDays, 5, []string{"$5.00", "$2.50", "$0"}, 8), DaysTotal: Amount{"$90.26", "9,026.000000 credits"},
			Links: []Link{{"October statement", "/usage?month=2026-10"}},
		},
		Instances: sampleInstances(), All: 5,
		Tasks: []TaskView{{ID: "tsk_81", Title: "Rebuilding test-3", Elapsed: "18 s", Usual: "40 s", Steps: []Step{
			{Text: "Shut down", Done: true}, {Text: "Disk prepared from Debian 13", Done: true}, {Text: "Writing network and keys", Now: true},
			{Text: "Starting"}, {Text: "Waiting for the first answer"},
		}}},
		Events: []Event{
			{Text: "db-primary reached its monthly cap", Note: "Free until 1 Dec, then $0.06/h", At: at("21 Nov 20:00")},
			{Text: "build-runner stopped", Note: "By Ida Berg", At: at("21 Nov 18:00"), URL: "/instances/ins_build"},
			{Text: "test-3 created", Note: "General 1 in Singapore", At: at("20 Nov 10:05")},
		},
		Cheapest: "$0.006 an hour, at most $4.00 a month",
	}
}

func emptyDashboard() DashboardView {
	return DashboardView{
		Billing: BillingWidget{
			Currencies: sampleCurrencies,
			Balance:    Stat{Label: "Balance", Value: inCredits("$0.00", "0.000000")},
			Month:      Stat{Label: "This month", Value: inCredits("$0.00", "0.000000"), Note: "nothing was charged yet"},
			Burn:       Stat{Label: "Burn", Value: inCredits("$0.00 / h", "0.000000"), Note: "nothing is running"},
			Zero:       Stat{Label: "Reaches zero", Value: Amount{Text: "—"}, Note: "not while nothing is charged"},
			Suspension: Stat{Label: "Suspended", Value: Amount{Text: "—"}, Note: "only below −$5.00"},
			Days:       thirtyDays(make([]float64, 30), 1, []string{"$1.00", "$0.50", "$0"}, 8), DaysTotal: Amount{"$0.00", ""},
		},
		Cheapest: "$0.006 an hour, at most $4.00 a month", NoCredit: true,
	}
}

func suspendedDashboard() DashboardView {
	v := sampleDashboard()
	v.Refused = "Add credit first"
	v.Tasks = nil
	v.Billing.Balance = Stat{Label: "Balance", Value: inCredits("−$5.00", "−500.003632"), Tone: "danger"}
	v.Billing.Burn = Stat{Label: "Burn", Value: inCredits("$0.00 / h", "0.000000"), Note: "$0.1428 / h once started again"}
	v.Billing.Zero = Stat{Label: "Reached zero", Value: Amount{Text: "Thu 10 Dec"}, Note: "23:44 UTC"}
	v.Billing.Suspension = Stat{Label: "Starts again at", Value: Amount{Text: "$0.00"}, Note: "$5.01 away (500.003632 credits)"}
	for i := range v.Instances.Rows {
		v.Instances.Rows[i].Status = Status{"suspended", "Suspended", "was running"}
		v.Instances.Rows[i].Rate = ""
	}
	v.Instances.Burn = ""
	return v
}

func sampleInstances() InstanceTable {
	return InstanceTable{
		Rows: []InstanceRow{
			{ID: "ins_web1", Name: "web-1", URL: "/instances/ins_web1", Plan: "General 3", Image: "Debian 13", Place: amsterdam, Status: running, Created: at("3 Sep"), Month: inCredits("$12.44", "1,244.000000"), Rate: "$0.024/h"},
			{ID: "ins_web2", Name: "web-2", URL: "/instances/ins_web2", Plan: "General 3", Image: "Debian 13", Place: amsterdam, Status: running, Created: at("3 Sep"), Month: inCredits("$12.44", "1,244.000000"), Rate: "$0.024/h"},
			{ID: "ins_db", Name: "db-primary", URL: "/instances/ins_db", Plan: "Storage 1", Image: "Debian 13", Place: amsterdam, Status: running, Created: at("1 Oct"), Month: inCredits("$30.00", "3,000.000000"), Rate: "Cap reached"},
			{ID: "ins_build", Name: "build-runner", URL: "/instances/ins_build", Plan: "Compute 4", Image: "Ubuntu 24.04", Place: oslo, Status: stopped, Created: at("14 Oct"), Month: inCredits("$23.53", "2,352.840000"), Rate: "$0.0288/h"},
			{ID: "ins_test3", Name: "test-3", URL: "/instances/ins_test3", Plan: "General 1", Image: "Debian 13", Place: singapore, Status: Status{Kind: "busy", Text: "Rebuilding"}, Created: at("20 Nov"), Month: inCredits("$0.31", "31.348000"), Rate: "$0.006/h"},
		},
		Count: "5 instances", Note: "and $0.05 for test-2, deleted", Month: inCredits("$78.72", "7,872.188000"), Burn: "$0.0828/h",
	}
}

var sampleDays = []float64{
	1.89, 1.5, 1.86, 2.02, 1.76, 0.86, 0.86, 0.73, 2.94, 3.3, 3.46, 3.46, 3.46, 3.46, 3.33, 2.94, 3.3, 3.46, 3.46,
	3.98, 4.32, 4.11, 3.28, 4.02, 4.32, 4.32, 4.32, 4.4, 3.96, 1.19,
}

func thirtyDays(values []float64, top float64, ticks []string, month int) Chart {
	c := Chart{
		Label: "Cost per day, 24 October to 22 November. The usage report has the figures.", Top: top, Ticks: ticks, Month: month, Small: true,
		Labels: []string{"24 Oct", "3 Nov", "13 Nov", "Today"},
	}
	first := time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC)
	for i, value := range values {
		title := fmt.Sprintf("%s: $%.2f", first.AddDate(0, 0, i).Format("Mon 2 Jan"), value)
		c.Columns = append(c.Columns, Column{Parts: []Part{{Value: value, Title: title}}, Past: i < month, Partial: i == len(values)-1})
	}
	return c
}

func sampleCreate() CreateView {
	return CreateView{
		Locations: []LocationChoice{
			{ID: "ams", Place: amsterdam, Note: "14 plans from $0.006 / hour", Selected: true},
			{ID: "osl", Place: oslo, Note: "15 plans from $0.006 / hour"},
			{ID: "sin", Place: singapore, Note: "Full at the moment", Full: true},
		},
		Keys: []KeyChoice{{ID: "1", Name: "ida@laptop", Fingerprint: "SHA256:jSx0gqR2sVqH5X8jH0Ow3pV7H0YBaT1UAtW4N2xEJxM", Selected: true}, {ID: "2", Name: "deploy", Fingerprint: "SHA256:0m2q6nDXZ2f5lT8sFvYt3wq0u1Yl0o8kq4mXz9sYw1c"}},
		Images: []ImageChoice{
			{Family: "debian", Name: "Debian", Glyph: "De", Selected: true, Versions: []Option{{Value: "13", Text: "13 Trixie"}, {Value: "12", Text: "12 Bookworm"}}},
			{Family: "ubuntu", Name: "Ubuntu", Glyph: "Ub", Versions: []Option{{Value: "24.04", Text: "24.04 LTS"}, {Value: "22.04", Text: "22.04 LTS"}}},
			{Family: "alma", Name: "AlmaLinux", Glyph: "Al", Versions: []Option{{Value: "10", Text: "10"}, {Value: "9", Text: "9"}}},
			{Family: "rocky", Name: "Rocky Linux", Glyph: "Ro", Versions: []Option{{Value: "10", Text: "10"}}},
			{Family: "fedora", Name: "Fedora", Glyph: "Fe", Versions: []Option{{Value: "43", Text: "43"}}},
			{Family: "alpine", Name: "Alpine", Glyph: "Ap", Versions: []Option{{Value: "3.23", Text: "3.23"}}},
		},
		Groups: []PlanGroupChoice{
			{ID: "general", Name: "General", Selected: true, Plans: samplePlans()},
			{ID: "compute", Name: "Compute", Plans: []PlanCard{{ID: "c2", Name: "Compute 2", Hourly: Amount{Text: "$0.036"}, Monthly: "at most $24.00 a month", Specs: specs("2", "4 GiB", "40 GiB")}}},
			{ID: "gpu", Name: "GPU", Plans: []PlanCard{{ID: "g1", Name: "GPU 1", Hourly: Amount{Text: "$1.20"}, Monthly: "at most $800.00 a month", Specs: specs("8", "32 GiB", "200 GiB")}}},
		},
		Currency: sampleCurrencies, Name: "debian-ams-1", NameHelp: "Letters, digits and hyphens", Shown: "ams USD", Key: "k1", Quote: sampleQuote(),
	}
}

func specs(vcpus, memory, disk string) []Fact {
	return []Fact{{Label: "vCPU", Value: Amount{Text: vcpus}}, {Label: "Memory", Value: Amount{Text: memory}}, {Label: "Disk", Value: Amount{Text: disk}}}
}

func samplePlans() []PlanCard {
	return []PlanCard{
		{ID: "p1", Name: "General 1", Hourly: inCredits("$0.006", "0.600000"), Monthly: "at most $4.00 a month", Specs: specs("1", "1 GiB", "25 GiB")},
		{ID: "p2", Name: "General 2", Hourly: inCredits("$0.012", "1.200000"), Monthly: "at most $8.00 a month", Specs: specs("1", "2 GiB", "40 GiB"), Selected: true},
		{ID: "p3", Name: "General 3", Hourly: inCredits("$0.024", "2.400000"), Monthly: "at most $16.00 a month", Specs: specs("2", "4 GiB", "80 GiB")},
		{ID: "p4", Name: "General 4", Hourly: inCredits("$0.048", "4.800000"), Monthly: "at most $32.00 a month", Specs: specs("4", "8 GiB", "160 GiB"), Badge: Badge{"warn", "Only 2 left"}},
		{ID: "p5", Name: "General 5", Hourly: inCredits("$0.096", "9.600000"), Monthly: "about $70.08 a month", Specs: specs("8", "16 GiB", "320 GiB")},
		{ID: "p6", Name: "General 6", Hourly: inCredits("$0.192", "19.200000"), Refused: "In Oslo and Singapore only", Specs: specs("16", "32 GiB", "640 GiB")},
	}
}

func sampleQuote() QuoteView {
	return QuoteView{
		Hourly: inCredits("$0.012", "1.200000"), Monthly: "at most $8.00 a month",
		Choices: []Fact{{Label: "Plan", Value: Amount{Text: "General 2"}}, {Label: "Location", Value: Amount{Text: "Amsterdam"}}, {Label: "Image", Value: Amount{Text: "Debian 13"}}},
		Costs:   []Fact{{Label: "Until 1 Dec, 202 h", Value: inCredits("$2.42", "242.400000")}, {Label: "Minimum, one hour", Value: inCredits("$0.012", "1.200000")}},
		Effects: []Fact{
			{Label: "Balance", Value: inCredits("$48.37", "4,837.270000")}, {Label: "Burn per hour", Value: Amount{Text: "$0.0828 → $0.0948"}},
			{Label: "Reaches zero", Value: Amount{Text: "Wed 9 Dec, 13:31"}, Note: "now Thu 10 Dec, 23:44"},
			{Label: "Suspended", Value: Amount{Text: "Thu 10 Dec, 21:49"}, Note: "now Sat 12 Dec, 10:45"},
		},
		Footnote: "Billed by the second. A stopped instance keeps costing the same; you stop paying when you delete it. Times are UTC.",
	}
}

func refusedCreate() CreateView {
	v := sampleCreate()
	v.Errors = Errors{"name": "An underscore is not allowed. Try debian-ams-1."}
	v.Name = "debian_ams_1"
	v.Changed = "General 6 is not offered in Amsterdam. General 5 is chosen instead."
	v.Quote.Refused = "Your balance of $0.04 does not cover one hour of what you would then run, $0.0948."
	v.Quote.TopUp = Link{"Add at least $0.06", "/billing/topup?amount=0.06"}
	return v
}

func sampleInstance() InstanceView {
	stop := Confirm{
		ID: "action-stop", URL: "/instances/ins_web1/stop", Title: "Stop web-1", Back: "/instances/ins_web1", Button: "Stop web-1",
		Text:  []string{"web-1 keeps its CPU, memory, disk and address reserved and continues to cost $0.024 an hour. To stop paying, delete it."},
		Facts: []Fact{{Label: "Costs now", Value: Amount{Text: "$0.024/h"}}, {Label: "Costs while stopped", Value: Amount{Text: "$0.024/h"}}},
	}
	remove := sampleDelete()
	return InstanceView{
		Snapshots: &InstanceSnapshots{Rows: sampleSnapshots(), Take: "/instances/1/snapshot", Note: "A GiB costs $0.03/mo."},
		ID:        "ins_web1", Name: "web-1", URL: "/instances/ins_web1", Status: running, Plan: "General 3", Image: "Debian 13 Trixie", Place: amsterdam,
		Addresses: []InstanceAddress{{Family: "IPv4", Text: "203.0.113.17", Reverse: "web.example.org", Edit: "/instances/ins_web1/reverse"}, {Family: "IPv6", Text: "2001:db8:0:17::1", Edit: "/instances/ins_web1/reverse"}},
		Chip:      []string{"$0.024/h", "$12.44 this month", "cap $16.00"},
		Actions: []Action{
			{Name: "start", Icon: "play", Text: "Start", URL: "/instances/ins_web1/start", Refused: "It is running already"},
			{Name: "stop", Icon: "stop", Text: "Stop", Confirm: &stop},
			{Name: "restart", Icon: "turn", Text: "Restart", URL: "/instances/ins_web1/restart"},
			{Name: "resize", Icon: "resize", Text: "Resize", URL: "/instances/ins_web1/resize", Page: true},
			{Name: "delete", Icon: "trash", Text: "Delete", Confirm: &remove, Danger: true},
			{Name: "reset", Icon: "turn", Text: "Reset", URL: "/instances/ins_web1/reset", Page: true, More: true},
			{Name: "rebuild", Icon: "layers", Text: "Rebuild", More: true, Refused: "web-1 is protected from being rebuilt. Take the protection away first."},
		},
		Facts:    append(specs("2", "4 GiB", "80 GiB"), Fact{Label: "Created", Value: Amount{Text: "3 Sep 2026, 09:12"}}),
		Settings: &InstanceSettings{KeepFromDelete: true, Labels: []string{"env=prod", "team=shop"}}, Command: "ssh root@203.0.113.17",
		Cost: InstanceCost{
			Month:    Stat{Label: "November so far", Value: inCredits("$12.44", "1,244.000000"), Note: "about $16.00 by the end"},
			Rate:     Stat{Label: "Now", Value: inCredits("$0.024 / h", "2.400000"), Note: "General 3, running"},
			Cap:      Stat{Label: "Cap", Value: inCredits("$16.00", "1,600.000000"), Note: "78 % used, reached 29 Nov"},
			CapMeter: &Meter{Percent: 78, Text: "78 % of the cap"},
			States:   []StateHours{{running, "501.83 h", inCredits("$12.04", "1,204.400000")}, {stopped, "16.50 h", inCredits("$0.40", "39.600000")}},
			Segments: []SegmentRow{
				{From: "9 Nov 08:00", To: "now", Status: running, Plan: "General 3", Rate: "$0.024", Hours: "318.33", Cost: inCredits("$7.64", "764.000000")},
				{From: "8 Nov 15:30", To: "9 Nov 08:00", Status: stopped, Plan: "General 3", Rate: "$0.024", Hours: "16.50", Cost: inCredits("$0.40", "39.600000")},
				{From: "1 Nov 00:00", To: "8 Nov 15:30", Status: running, Plan: "General 3", Rate: "$0.024", Hours: "183.50", Cost: inCredits("$4.40", "440.400000")},
			},
			UsageURL: "/usage?month=2026-11&open=ins_web1#row-ins_web1", Note: "Times are UTC. Stopped instances cost 100 % on this plan.",
		},
		Events: []Event{
			{Text: "Started", Note: "By Ida Berg", At: at("9 Nov 08:00")}, {Text: "Stopped", Note: "By Ida Berg", At: at("8 Nov 15:30")},
			{Text: "Created", Note: "General 3 in Amsterdam", At: at("3 Sep 09:12")},
		},
	}
}

func sampleDelete() Confirm {
	return Confirm{
		ID: "action-delete", URL: "/instances/ins_web1/delete", Title: "Delete web-1", Back: "/instances/ins_web1", Cancel: "Keep it", Button: "Delete web-1", Danger: true, Typed: "web-1",
		Text:  []string{"Its disk and the address 203.0.113.17 are gone at once. Billing stops now, even if the removal takes longer."},
		Facts: []Fact{{Label: "Charged this month", Value: inCredits("$12.44", "1,244.000000")}, {Label: "From now on", Value: Amount{Text: "$0.00 / h"}}},
	}
}

func creatingInstance() InstanceView {
	v := sampleInstance()
	v.ID, v.Name, v.Status = "ins_web3", "web-3", Status{Kind: "busy", Text: "Creating"}
	v.Chip = []string{"$0.024/h from when it first runs"}
	v.Cost = InstanceCost{Month: Stat{Label: "November so far", Value: Amount{Text: "$0.00"}}, Rate: Stat{Label: "Now", Value: Amount{Text: "$0.00 / h"}, Note: "not running yet"}, UsageURL: "/usage"}
	for i := range v.Actions[:4] {
		v.Actions[i].Refused = "It is still being created"
	}
	v.Task = &TaskView{ID: "tsk_82", Title: "Creating web-3", Elapsed: "18 s", Usual: "35 s", Poll: "/instances/ins_web3/task", Steps: []Step{
		{Text: "Capacity and address reserved", Done: true}, {Text: "Disk prepared from Debian 13", Done: true}, {Text: "Writing network and keys", Now: true},
		{Text: "Starting"}, {Text: "Waiting for the first answer"},
	}}
	v.Events = nil
	return v
}

func suspendedInstance() InstanceView {
	v := sampleInstance()
	v.Status = Status{Kind: "suspended", Text: "Suspended"}
	v.Chip = []string{"$0.00/h while suspended", "$6.59 this month"}
	v.Suspension = &SuspensionView{
		Who: "Accrue, by your balance", Why: "Your balance fell below −$5.00.", Since: at("Sat 12 Dec, 10:45 UTC"), Charge: "Nothing is charged while it is suspended.",
		Lift: "You add at least $5.01. It starts again within a minute.", Kept: "Its disk and its address.", TopUp: Link{"Add $5.01", "/billing/topup?amount=5.01"},
	}
	v.Task = &TaskView{ID: "tsk_83", Title: "Starting web-1", Elapsed: "gave up after 2 min", Failed: true, Uncosted: true,
		Failure: "web-1 could not be started. The hypervisor ran out of memory; two others were tried.",
		Steps:   []Step{{Text: "Capacity reserved", Done: true}, {Text: "Starting", Failed: true}},
		Retry:   &Confirm{URL: "/instances/ins_web1/start", Button: "Try again"}, Other: Link{"Choose another location", "/create"}}
	for i := range v.Actions[:4] {
		v.Actions[i].Refused = "Suspended: add credit first"
	}
	return v
}

func sampleUsage() UsageView {
	parts := [][]float64{}
	for i, total := range sampleDays[8:] {
		compute, storage := []float64{0.35, 0.71, 0.86, 0.86, 0.86, 0.86, 0.73}[i%7], 1.44
		if i > 20 {
			storage = 0
		}
		parts = append(parts, []float64{storage, total - storage - compute, compute})
	}
	names := []string{"Storage", "General", "Compute"}
	c := Chart{Label: "Cost per day in November by plan group; the table below has the figures", Top: 5, Ticks: []string{"$5", "$4", "$3", "$2", "$1", "$0"}, Legend: names}
	days := []DayRow{}
	for i := range 30 {
		column := Column{Label: fmt.Sprint(i + 1)}
		if i < len(parts) {
			row := DayRow{Day: fmt.Sprintf("%d Nov", i+1), Total: fmt.Sprintf("$%.2f", sampleDays[8+i])}
			for n, value := range parts[i] {
				column.Parts = append(column.Parts, Part{Series: n, Value: value, Title: fmt.Sprintf("%d Nov, %s: $%.2f", i+1, names[n], value)})
				row.Parts = append(row.Parts, fmt.Sprintf("$%.2f", value))
			}
			days = append(days, row)
		}
		c.Columns = append(c.Columns, column)
	}
	return UsageView{
		Months:     []Option{{Value: "2026-11", Text: "November 2026", Selected: true}, {Value: "2026-10", Text: "October 2026"}},
		Currencies: sampleCurrencies, Exports: []Link{{"CSV, one row per line", "/usage.csv"}, {"JSON", "/usage.json"}}, Month: "November 2026",
		Total: Stat{Label: "November so far", Value: inCredits("$78.77", "7,876.988000"), Note: "About $92.91 by the end of the month"}, InProgress: true,
		Parts: []Stat{
			{Label: "Storage", Value: Amount{Text: "$30.00"}, Note: "1 instance"}, {Label: "General", Value: Amount{Text: "$25.24"}, Note: "4 instances, 1 deleted"},
			{Label: "Compute", Value: Amount{Text: "$23.53"}, Note: "1 instance"}, {Label: "Same day in October", Value: Amount{Text: "$71.14"}, Note: "$85.46 in all of October"},
		},
		Matches: true, Posted: "$78.74 posted until 14:00", LedgerURL: "/billing?kind=usage", Accrued: "$0.03 accrued since, next posting 15:00",
		Days: c, DaysNote: "db-primary reached its monthly cap of $30.00 on 21 Nov at 20:00 and is free until 1 Dec. Days are UTC.", DayHeads: names, DayRows: days,
		Count: "6 instances", Rows: sampleUsageRows(),
		Footnote: "test-2 ran for 18 min 30 s: $0.01 used and $0.03 to make up the minimum of one hour. Prices are those in force when used; months are UTC.",
	}
}

func sampleUsageRows() []UsageRow {
	return []UsageRow{
		{ID: "ins_web1", Name: "web-1", Plan: "General 3", Place: amsterdam, Rate: "$0.024", Hours: "518.33", OfCap: "78 %", CapTitle: "Cap $16.00", Amount: inCredits("$12.44", "1,244.000000"), Share: Meter{Percent: 15.8, Text: "16 % of the total"}, URL: "?open=ins_web1#row-ins_web1"},
		{ID: "ins_db", Name: "db-primary", Plan: "Storage 1", Place: amsterdam, Rate: "$0.06", Hours: "518.33", Reached: true, CapTitle: "Cap $30.00", Amount: inCredits("$30.00", "3,000.000000"), Share: Meter{Percent: 38.1, Text: "38 % of the total"}, URL: "?open=ins_db#row-ins_db"},
		{ID: "ins_build", Name: "build-runner", Plan: "Compute 2, 4", Place: oslo, Rate: "$0.036, $0.072", Hours: "518.33", OfCap: "49 %", CapTitle: "Cap $48.00", Amount: inCredits("$23.53", "2,352.840000"), Share: Meter{Percent: 29.9, Text: "30 % of the total"}, Open: true, URL: "?open=",
			Segments: []SegmentRow{
				{From: "1 Nov 00:00", To: "2 Nov 07:00", Status: Status{Kind: "stopped", Text: "Stopped, 40 %"}, Plan: "Compute 2", Rate: "$0.0144", Hours: "31.00", Cost: inCredits("$0.45", "44.640000")},
				{From: "2 Nov 07:00", To: "12 Nov 09:30", Status: running, Plan: "Compute 2", Rate: "$0.036", Hours: "242.50", Cost: inCredits("$8.73", "873.000000")},
				{From: "12 Nov 09:30", To: "now", Status: running, Plan: "Compute 4", Rate: "$0.072", Hours: "244.83", Cost: inCredits("$14.35", "1,435.200000")},
			},
			Remark: "Resized from Compute 2 to Compute 4 on 12 Nov at 09:30. The month’s cap is that of the dearer plan, $48.00."},
		{ID: "ins_test2", Name: "test-2", Note: "Deleted 14 Nov 09:31", Plan: "General 5", Place: amsterdam, Rate: "$0.096", Hours: "0.31", Amount: inCredits("$0.05", "4.800000"), Share: Meter{Percent: 0.5, Text: "0 % of the total"}, URL: "?open=ins_test2#row-ins_test2"},
	}
}
