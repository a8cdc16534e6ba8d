package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// usageReport is the report that a visit asks for: its month and its currency,
// or those of now.
func (s *server) usageReport(v *visit) (panel.UsageReport, error) {
	month, err := s.month(v)
	if err != nil {
		return panel.UsageReport{}, err
	}
	if asked, err := billing.ParseMonth(v.field("month")); err == nil && asked <= month {
		month = asked
	}
	code := v.field("currency")
	known, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return panel.UsageReport{}, err
	}
	if !slices.ContainsFunc(known, func(c panel.DatedCurrency) bool { return c.Code == code }) {
		code = ""
	}
	return s.Panel.Usage(v.Context(), v.who, v.who.AccountID, month, code)
}

func (s *server) usage(w http.ResponseWriter, v *visit) error {
	view, err := s.usageView(v)
	if err != nil {
		return err
	}
	p, err := s.page(w, v, "Usage")
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, UsagePage(p, view))
}

// usageView is the report of the visitor's account.
func (s *server) usageView(v *visit) (view UsageView, err error) {
	r, err := s.usageReport(v)
	if err != nil {
		return view, err
	}
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return view, err
	}
	view = UsageView{
		URL:        "/usage",
		Months:     monthOptions(r, r.Now.Month()),
		Currencies: currencyOptions(currencies, r.Currency.Code),
		Month:      monthName(r.Month),
		Total:      Stat{Label: monthName(r.Month), Value: Amount{Text: r.Currency.FormatUnits(r.Units), Exact: exactly(r.Total)}},
		InProgress: !r.Closed,
		LedgerURL:  "/billing?kind=usage",
		Exports: []Link{
			{Text: "CSV, one row per line", URL: "/usage.csv?" + usageQuery(r)}, {Text: "JSON", URL: "/usage.json?" + usageQuery(r)},
		},
		Footnote: usageFootnote(r),
	}
	if view.InProgress {
		view.Total.Label = r.Month.Start().Time().Format("January") + " so far"
		view.Total.Note = "About " + r.Currency.Format(r.Expected) + " by the end of the month"
	}
	if err := s.fillParts(v, &view, r); err != nil {
		return view, err
	}
	if err := s.fillPosted(v, &view, r, r.Now); err != nil {
		return view, err
	}
	drawUsage(&view, r)
	if view.DaysNote, err = s.capNote(v, r); err != nil {
		return view, err
	}
	return view, s.fillRows(v, &view, r)
}

// usageQuery leads to a report again.
func usageQuery(r panel.UsageReport) string {
	query := url.Values{"month": {r.Month.String()}}
	if r.Currency.Code != r.Account.Currency {
		query.Set("currency", r.Currency.Code)
	}
	return query.Encode()
}

// monthOptions are the months with usage, with this one and the one shown.
func monthOptions(r panel.UsageReport, now billing.Month) []Option {
	months := slices.Clone(r.Months)
	for _, needed := range []billing.Month{now, r.Month} {
		if !slices.Contains(months, needed) {
			months = append(months, needed)
		}
	}
	slices.Sort(months)
	slices.Reverse(months)
	var options []Option
	for _, month := range months {
		options = append(options, Option{Value: month.String(), Text: monthName(month), Selected: month == r.Month})
	}
	return options
}

// groupCost is what a plan group, or all snapshots, have cost in a month.
type groupCost struct {
	group  panel.PlanGroup // of no ID: snapshots
	units  int64
	amount billing.Credits
	gone   map[billing.Subject]bool // its instances or snapshots
}

// noun is what it is that a part is made of.
func (p *groupCost) noun() string {
	if p.group.ID == 0 {
		return "snapshot"
	}
	return "instance"
}

// things counts instances and snapshots.
func things(all []*instanceUsage) string {
	instances, snapshots := 0, 0
	for _, u := range all {
		if u.snapshot.ID != 0 {
			snapshots++
		} else {
			instances++
		}
	}
	if snapshots == 0 {
		return count(instances, "instance")
	}
	return count(instances, "instance") + ", " + count(snapshots, "snapshot")
}

// partsOf adds up a report by plan group, the dearest first. The parts add up to
// the total.
func partsOf(r panel.UsageReport) []*groupCost {
	var parts []*groupCost
	for _, line := range r.Lines {
		at := slices.IndexFunc(parts, func(p *groupCost) bool { return p.group.ID == line.Group.ID })
		if at < 0 {
			at = len(parts)
			parts = append(parts, &groupCost{group: line.Group, gone: map[billing.Subject]bool{}})
		}
		parts[at].units += line.Units
		parts[at].amount += line.Amount
		gone := !line.Instance.Live()
		if line.Snapshot.ID != 0 {
			parts[at].group.Name, gone = "Snapshots", line.Snapshot.DeletedAt != 0
		}
		parts[at].gone[line.Subject()] = gone
	}
	slices.SortStableFunc(parts, func(a, b *groupCost) int { return int(min(1, max(-1, b.amount-a.amount))) })
	return parts
}

// maxParts is how many plan groups have a figure of their own.
const maxParts = 4

// fillParts says what each plan group has cost, and what the month before had.
func (s *server) fillParts(v *visit, view *UsageView, r panel.UsageReport) error {
	parts := partsOf(r)
	if len(parts) > 1 {
		for _, p := range parts[:min(maxParts, len(parts))] {
			gone := 0
			for _, deleted := range p.gone {
				if deleted {
					gone++
				}
			}
			note := count(len(p.gone), p.noun())
			if gone > 0 {
				note += fmt.Sprintf(", %d deleted", gone)
			}
			view.Parts = append(view.Parts, Stat{Label: p.group.Name, Value: Amount{Text: r.Currency.FormatUnits(p.units), Exact: exactly(p.amount)}, Note: note})
		}
	}
	before := r.Month - 1
	total, shown, err := s.Panel.MonthTotal(v.Context(), v.who, v.who.AccountID, before, before.End(), r.Currency.Code)
	if err != nil || total == 0 {
		return err
	}
	last := before.Start().Time().Format("January")
	stat := Stat{Label: "In " + last, Value: amount(shown, total), Note: "the month before"}
	if view.InProgress && r.Month == r.Now.Month() {
		sameDay := before.Start() + (r.Now - r.Month.Start())
		until, _, err := s.Panel.MonthTotal(v.Context(), v.who, v.who.AccountID, before, sameDay, r.Currency.Code)
		if err != nil {
			return err
		}
		stat = Stat{
			Label: "Same day in " + last, Value: amount(r.Currency, until),
			Note: shown.Format(total) + " in all of " + last,
		}
	}
	view.Parts = append(view.Parts, stat)
	return nil
}

// fillPosted compares the report with the ledger.
func (s *server) fillPosted(v *visit, view *UsageView, r panel.UsageReport, now billing.Instant) error {
	view.Matches = r.Agrees
	view.Posted = r.Currency.Format(r.Posted) + " posted"
	if r.Closed {
		return nil
	}
	if r.Posted == 0 {
		view.Posted = "Nothing posted yet"
	} else {
		view.Posted += " until " + postedUntil(r.Settled, now)
	}
	if r.Unposted() == 0 {
		return nil
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	step := settings.SettlementInterval.Seconds()
	view.Accrued = fmt.Sprintf("%s accrued since, next posting %s", visibly(r.Currency, r.Unposted()).Text, postedUntil(now.Floor(step)+step, now))
	return nil
}

// postedUntil is a time of today, with its day if it is of another.
func postedUntil(at, now billing.Instant) string {
	if at.Midnight() == now.Midnight() {
		return clock(at) + " UTC"
	}
	return at.Time().Format("2 Jan, 15:04") + " UTC"
}

func usageFootnote(r panel.UsageReport) string {
	note := "Prices are those in force when used; months and days are UTC."
	if r.Closed {
		note += fmt.Sprintf(" 1 credit = %s %s, as at the end of the month.", r.Currency.Value, r.Currency.Code)
	}
	return note
}
