package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// revenue returns the month that the address names, or this one, and the
// currency to show it in: with the value in force at the end of a closed month.
func (s *server) revenue(v *visit) (r panel.Revenue, c billing.Currency, err error) {
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return r, c, err
	}
	month, err := billing.ParseMonth(v.field("month"))
	if err != nil || month > now.Month() {
		month = now.Month()
	}
	if r, err = s.Panel.Revenue(v.Context(), v.who, month); err != nil {
		return r, c, err
	}
	all, err := s.Panel.CurrenciesOf(v.Context(), month)
	for _, known := range all {
		if known.Code == v.field("currency") || (c.Code == "" && known.Default) {
			c = known.Currency
		}
	}
	return r, c, err
}

func (s *server) adminUsage(w http.ResponseWriter, v *visit) error {
	r, c, err := s.revenue(v)
	if err != nil {
		return err
	}
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return err
	}
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(r.Accounts, func(a, b panel.AccountUsage) int {
		return int(min(max(b.Total-a.Total, -1), 1))
	})
	units, total := c.Apportion(r.Totals())
	view := AdminUsageView{
		Months: adminMonths(r.Month, now.Month()), Currencies: currencyOptions(currencies, c.Code), Month: monthName(r.Month),
		Exports:    []Link{{"CSV", query("/admin/usage.csv", "month", r.Month.String(), "currency", c.Code)}},
		Total:      Stat{Label: monthName(r.Month), Value: Amount{Text: c.FormatUnits(total), Exact: exactly(r.Total)}, Note: credited(r.Total)},
		InProgress: r.Running, Matches: matches(r), Posted: c.Format(r.Posted) + " posted",
		Days: monthChart(c, r), Count: count(len(r.Accounts), "account"),
	}
	for _, g := range r.Groups {
		view.Parts = append(view.Parts, Stat{Label: g.Group.Name, Value: amount(c, g.Total), Note: share(g.Total, r.Total)})
	}
	for n, a := range r.Accounts {
		view.Rows = append(view.Rows, AccountUsageRow{
			Account: Link{a.Account.Name, accountURL(a.Account.ID)}, Email: a.Email, Instances: grouped(a.Instances), Hours: export.Hours(a.Seconds),
			Amount: Amount{Text: c.FormatUnits(units[n]), Exact: exactly(a.Total)},
			Share:  Meter{Percent: shareOf(a.Total, r.Total), Text: share(a.Total, r.Total)},
		})
	}
	return s.adminShow(w, v, http.StatusOK, "Usage", func(p Page) templ.Component { return AdminUsagePage(p, view) })
}

// matches says whether the ledger has what was used: all of it for a month that
// is over, and no more than that while it runs.
func matches(r panel.Revenue) bool {
	for _, a := range r.Accounts {
		if a.Posted > a.Total || (!r.Running && a.Posted != a.Total) {
			return false
		}
	}
	return true
}

func shareOf(x, total billing.Credits) float64 {
	if total == 0 {
		return 0
	}
	return float64(x) * 100 / float64(total)
}

func share(x, total billing.Credits) string { return percent(shareOf(x, total)) + " of the total" }

// adminMonths are the months to choose from: the last two years.
func adminMonths(selected, now billing.Month) (options []Option) {
	for m := now; m > now-24; m-- {
		options = append(options, Option{Value: m.String(), Text: monthName(m), Selected: m == selected})
	}
	if selected <= now-24 {
		options = append(options, Option{Value: selected.String(), Text: monthName(selected), Selected: true})
	}
	return options
}

// monthChart shows what each day of a month brought.
func monthChart(c billing.Currency, r panel.Revenue) Chart {
	largest := billing.Credits(0)
	for _, x := range r.Daily {
		largest = max(largest, x)
	}
	top, steps := ChartAxis(drawn(c, largest))
	chart := Chart{Label: "Revenue per day in " + monthName(r.Month), Top: top, Ticks: ticks(c, top, steps)}
	for i, x := range r.Daily {
		at := r.Month.Start() + billing.Instant(i)*billing.Day
		chart.Columns = append(chart.Columns, Column{
			Label: strconv.Itoa(i + 1), Partial: r.Running && at == r.Until.Midnight(),
			Parts: []Part{{Value: drawn(c, x), Title: day(at, r.Until) + ": " + c.Format(x)}},
		})
	}
	return chart
}
