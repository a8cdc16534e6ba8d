package web

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) adminOverview(w http.ResponseWriter, v *visit) error {
	o, err := s.Panel.Overview(v.Context(), v.who)
	if err != nil {
		return err
	}
	daily, err := s.Panel.DailyRevenue(v.Context(), v.who, 30)
	if err != nil {
		return err
	}
	transactions, sum, err := s.Panel.LedgerTotals(v.Context())
	if err != nil {
		return err
	}
	now := billing.Instant(o.Now)
	view := AdminOverviewView{
		Now:      now.Time().Format("2 Jan 2006, 15:04 UTC"),
		Stats:    overviewStats(o),
		Revenue:  dailyChart(o.Currency.Currency, daily, now),
		Health:   append(healthChecks(o, now), ledgerCheck(transactions, sum)),
		Accounts: accountFacts(o),
		Capacity: capacityRows(o),
	}
	for _, l := range o.Locations {
		for _, h := range l.Hypervisors {
			view.Simulated = view.Simulated || h.Driver == "sim"
		}
	}
	if view.Events, err = s.adminEvents(v, o.Events[:min(8, len(o.Events))]); err != nil {
		return err
	}
	if err := s.firstSteps(v, o, &view); err != nil {
		return err
	}
	return s.adminShow(w, v, http.StatusOK, "Overview", func(p Page) templ.Component { return AdminOverviewPage(p, view) })
}

func overviewStats(o panel.Overview) []Stat {
	c := o.Currency.Currency
	instances := int64(0)
	for _, l := range o.Locations {
		instances += l.Instances
	}
	month := billing.Instant(o.Now).Month()
	return []Stat{
		{Label: "Run rate", Value: Amount{Text: c.Format(o.Money.RunRate) + "/h", Exact: exactly(o.Money.RunRate) + " per hour"}, Note: "about " + c.Format(o.Money.RunRate*730) + " a month"},
		{Label: "Today", Value: amount(c, o.Money.Today), Note: "since 00:00 UTC"},
		{Label: month.Start().Time().Format("January"), Value: amount(c, o.Money.Month), Note: "since the 1st"},
		{Label: "Instances billed", Value: Amount{Text: grouped(o.Billed)}, Note: "of " + grouped(instances)},
		{Label: "Credit held", Value: amount(c, o.Money.Held), Note: "by customers; " + c.Format(o.Money.Outstanding) + " is owed"},
	}
}

// dailyChart shows what each of the last days brought, today last.
func dailyChart(c billing.Currency, daily []billing.Credits, now billing.Instant) Chart {
	largest := billing.Credits(0)
	for _, x := range daily {
		largest = max(largest, x)
	}
	chart := Chart{Label: "Revenue per day, the last " + strconv.Itoa(len(daily)) + " days", Small: true}
	top, steps := ChartAxis(drawn(c, largest))
	chart.Top, chart.Ticks = top, ticks(c, top, steps)
	first := now.Midnight() - billing.Instant(len(daily)-1)*billing.Day
	for i, x := range daily {
		at := first + billing.Instant(i)*billing.Day
		if at == now.Month().Start() {
			chart.Month = i
		}
		chart.Columns = append(chart.Columns, Column{
			Past: at < now.Month().Start(), Partial: i == len(daily)-1,
			Parts: []Part{{Value: drawn(c, x), Title: day(at, now) + ": " + c.Format(x)}},
		})
		if i%7 == 1 {
			chart.Labels = append(chart.Labels, at.Time().Format("2 Jan"))
		}
	}
	return chart
}

func healthChecks(o panel.Overview, now billing.Instant) []Check {
	online, hosts := 0, 0
	worker := Check{Label: "Worker", Value: "none", Note: "Without one nobody is billed", OK: o.Alive()}
	var seen billing.Instant
	for _, b := range o.Workers {
		seen = max(seen, b.SeenAt)
		worker.Value = ago(seen, now)
	}
	if worker.OK {
		worker.Note = ""
	}
	for _, l := range o.Locations {
		for _, h := range l.Hypervisors {
			hosts++
			if h.Online {
				online++
			}
		}
	}
	failed := o.Tasks[panel.TaskFailed]
	return []Check{
		worker,
		{OK: o.Overdue < 60, Label: "Billing", Note: "How late the most overdue account is", Value: span(billing.Instant(o.Overdue))},
		{OK: o.OldestTask < 300, Label: "Oldest task", Value: span(billing.Instant(o.OldestTask)), URL: "/admin/tasks"},
		{OK: failed == 0, Label: "Failed tasks", Value: grouped(failed), URL: "/admin/tasks?state=failed"},
		{OK: online == hosts, Label: "Hypervisors", Value: strconv.Itoa(online) + " of " + strconv.Itoa(hosts) + " online", URL: "/admin/hypervisors"},
		{OK: len(o.Alarms) == 0, Label: "Alarms", Note: some(int(o.Discoveries), "machine") + strangers(o.Discoveries), Value: strconv.Itoa(len(o.Alarms)), URL: "/admin/findings"},
		{OK: true, Label: "Mail waiting", Value: grouped(o.Unsent), URL: "/admin/mail"},
	}
}

// strangers ends the sentence that counts machines of no instance.
func strangers(n int64) string {
	if n == 0 {
		return ""
	}
	return " of no instance here"
}

func ledgerCheck(transactions int64, sum billing.Credits) Check {
	return Check{OK: sum == 0, Label: "Ledger sum", Note: grouped(transactions) + " transactions", Value: sum.String(), URL: "/admin/ledger"}
}

func accountFacts(o panel.Overview) []Fact {
	suspended := Fact{Label: "Suspended by their balance", Value: Amount{Text: grouped(o.Accounts.Suspended)}}
	return []Fact{
		{Label: "In all", Value: Amount{Text: grouped(o.Accounts.All)}},
		{Label: "Low balance", Value: Amount{Text: grouped(o.Accounts.Low)}},
		{Label: "Negative balance", Value: Amount{Text: grouped(o.Accounts.Negative)}},
		suspended,
		{Label: "Top-ups waiting", Value: Amount{Text: grouped(o.Orders)}},
	}
}

func capacityRows(o panel.Overview) (rows []CapacityRow) {
	for _, l := range o.Locations {
		row := CapacityRow{
			Place: placeOf(l.Location), URL: "/admin/locations/" + text(l.ID),
			Hypervisors: strconv.Itoa(len(l.Hypervisors)), Instances: grouped(l.Instances),
			RunRate: Amount{Text: o.Currency.Format(l.RunRate) + "/h", Exact: exactly(l.RunRate) + " per hour"},
		}
		row.CPU, row.Memory, row.Disk = loadsOf(l.Used, l.Limit)
		rows = append(rows, row)
	}
	return rows
}

// firstSteps leads through setting up, until the first account is there.
func (s *server) firstSteps(v *visit, o panel.Overview, view *AdminOverviewView) error {
	groups, err := s.Panel.PlanGroups(v.Context())
	if err != nil {
		return err
	}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return err
	}
	hosts := 0
	for _, l := range o.Locations {
		hosts += len(l.Hypervisors)
	}
	all := true
	for _, step := range []struct {
		text, url string
		done      bool
	}{
		{"Add a location", "/admin/locations/new", len(o.Locations) > 0},
		{"Add a hypervisor", "/admin/hypervisors/enrol", hosts > 0},
		{"Add a plan group", "/admin/plan-groups", len(groups) > 0},
		{"Add a plan with a price", "/admin/plans/new", len(plans) > 0},
		{"Add an account", "/admin/accounts/new", o.Accounts.All > 0},
	} {
		all = all && step.done
		view.FirstSteps = append(view.FirstSteps, Step{Text: step.text, Done: step.done})
		view.StepLinks = append(view.StepLinks, Link{URL: step.url})
	}
	if all || o.Instances[fleet.LifecycleActive] > 0 {
		view.FirstSteps = nil
	}
	return nil
}
