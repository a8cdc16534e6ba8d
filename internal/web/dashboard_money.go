package web

import (
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// chartDays is how many days the dashboard's chart goes back.
const chartDays = 30

func (s *server) billingWidget(v *visit, m panel.Summary, instances []panel.InstanceView) (BillingWidget, error) {
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return BillingWidget{}, err
	}
	days, err := s.Panel.DailyUse(v.Context(), v.who, chartDays)
	if err != nil {
		return BillingWidget{}, err
	}
	widget := BillingWidget{
		Currencies: currencyOptions(currencies, m.Account.Currency),
		Balance:    balanceStat(m),
		Month:      monthStat(m),
		Burn:       burnStat(m, instances),
		Zero:       zeroStat(m),
		Suspension: suspensionStat(m),
		Days:       dayChart(m, days),
	}
	var total billing.Credits
	for _, day := range days {
		total += day
	}
	widget.DaysTotal = amount(m.Currency, total)
	if last := m.Now.Month() - 1; m.LastUsed > 0 || total > m.MonthUsed {
		widget.Links = []Link{{Text: last.Start().Time().Format("January") + " statement", URL: "/usage?month=" + last.String()}}
	}
	return widget, nil
}

func balanceStat(m panel.Summary) Stat {
	stat := Stat{Label: "Balance", Value: amount(m.Currency, m.Balance)}
	switch {
	case m.Balance < 0:
		stat.Tone = "danger"
	case m.Account.Taken.Low && m.Burn > 0:
		stat.Tone = "warn"
	}
	return stat
}

// monthStat compares what this month has cost with the last one at this time.
func monthStat(m panel.Summary) Stat {
	stat := Stat{Label: "This month", Value: amount(m.Currency, m.MonthUsed)}
	before := (m.Now.Month() - 1).Start() + (m.Now - m.Now.Month().Start())
	sameDay := min(before, m.Now.Month().Start()-1).Time().Format("2 Jan")
	switch more := m.MonthUsed - m.LastUsed; {
	case m.MonthUsed == 0 && m.LastUsed == 0:
		stat.Note = "nothing was charged yet"
	case m.LastUsed == 0:
		stat.Note = "since " + m.Now.Month().Start().Time().Format("2 Jan") + ", 00:00 UTC"
	case more >= 0:
		stat.Note = m.Currency.Format(more) + " more than by " + sameDay
	default:
		stat.Note = m.Currency.Format(-more) + " less than by " + sameDay
	}
	return stat
}

// burnStat is what the next hour costs.
func burnStat(m panel.Summary, instances []panel.InstanceView) Stat {
	stat := Stat{Label: "Burn", Value: Amount{Text: m.Currency.FormatHourly(m.Burn) + " / h", Exact: exactly(m.Burn) + " per hour"}}
	var capped []string
	for _, i := range instances {
		if atCap(i) {
			capped = append(capped, i.Name)
		}
	}
	switch {
	case m.Account.Taken.Suspended:
		stat.Note = "nothing is charged while suspended"
	case m.Burn > 0:
		stat.Note = m.Currency.Format(24*m.Burn) + " a day"
	case len(capped) == 0:
		stat.Note = "nothing is running"
	}
	switch len(capped) {
	case 0:
	case 1:
		stat.Note = strings.TrimPrefix(stat.Note+"; "+capped[0]+" is at its cap", "; ")
	default:
		stat.Note = strings.TrimPrefix(fmt.Sprintf("%s; %d are at their caps", stat.Note, len(capped)), "; ")
	}
	return stat
}

// atCap says whether an instance is billed and costs nothing more this month.
func atCap(i panel.InstanceView) bool {
	return i.Percent > 0 && i.Burn == 0 && i.Price.Mode == billing.Capped && i.Price.Hourly > 0
}

func zeroStat(m panel.Summary) Stat {
	stat := Stat{Label: "Reaches zero"}
	switch {
	case m.Balance < 0:
		stat.Value = Amount{Text: "Below zero"}
		stat.Note = "by " + m.Currency.FormatUp(-m.Balance)
		stat.Tone = "danger"
	case m.Burn == 0 && m.ZeroAt == billing.Never:
		stat.Value, stat.Note = Amount{Text: "Not in sight"}, "while nothing is charged"
	default:
		stat.Value.Text, stat.Note = dateAndSpan(m.ZeroAt, m.Now)
	}
	return stat
}

// dateAndSpan says when something happens: the day, and in how long.
func dateAndSpan(at, now billing.Instant) (date, note string) {
	switch {
	case at == billing.Never:
		return "Not in sight", "not within ten years"
	case at <= now:
		return "Now", ""
	case at-now > 365*billing.Day:
		return day(at, now), "in more than a year"
	}
	return day(at, now), clock(at) + " UTC, in " + span(at-now)
}

func suspensionStat(m panel.Summary) Stat {
	limit := m.Currency.Format(m.Thresholds.Suspension)
	if m.Account.Taken.Suspended {
		return Stat{
			Label: "Starts again at",
			Value: amount(m.Currency, max(m.Thresholds.Resume, m.Thresholds.Suspension)),
			Note:  m.Currency.FormatUp(m.ToLift) + " away",
			Tone:  "danger",
		}
	}
	stat := Stat{Label: "Suspended", Note: "only below " + limit}
	if m.SuspendAt == billing.Never {
		stat.Value.Text = "Not in sight"
		return stat
	}
	stat.Value.Text, _ = dateAndSpan(m.SuspendAt, m.Now)
	stat.Note = clock(m.SuspendAt) + " UTC, below " + limit
	if m.SuspendAt-m.Now < 3*billing.Day {
		stat.Tone = "danger"
	}
	return stat
}

// dayChart draws what each of the last days cost.
func dayChart(m panel.Summary, days []billing.Credits) Chart {
	first := m.Now.Midnight() - billing.Instant(len(days)-1)*billing.Day
	month := len(days) - m.Now.Time().Day()
	c := Chart{
		Label: fmt.Sprintf("Cost per day, %s to today. The usage report has the figures.", first.Time().Format("2 January")),
		Month: max(month, 0),
		Small: true,
	}
	largest := 0.0
	for n, cost := range days {
		at := first + billing.Instant(n)*billing.Day
		value := drawn(m.Currency, cost)
		largest = max(largest, value)
		title := at.Time().Format("Mon 2 Jan") + ": " + m.Currency.Format(cost)
		c.Columns = append(c.Columns, Column{
			Parts: []Part{{Value: value, Title: title}}, Past: n < month, Partial: n == len(days)-1,
		})
	}
	for _, back := range []int{len(days) - 1, 2 * len(days) / 3, len(days) / 3} {
		c.Labels = append(c.Labels, (m.Now.Midnight() - billing.Instant(back)*billing.Day).Time().Format("2 Jan"))
	}
	c.Labels = append(c.Labels, "Today")
	top, _ := ChartAxis(largest)
	c.Top, c.Ticks = top, ticks(m.Currency, top, 2)
	return c
}
