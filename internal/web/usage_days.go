package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// maxSeries is how many series a chart tells apart; all beyond are one.
const maxSeries = 4

// others is the key of a series that is of all beyond them.
const others = ""

// series is a colour of the daily chart: a plan group, all snapshots, or an instance
// or a snapshot where there is nothing else.
type series struct {
	key   string
	name  string
	total billing.Credits
	days  []billing.Credits
}

// seriesOf splits a report's days into series, the dearest first.
func seriesOf(r panel.UsageReport) []series {
	groups, names := map[billing.PriceID]string{}, map[string]string{}
	for _, line := range r.Lines {
		group := text(line.Group.ID)
		groups[line.Line.Price], names[group] = group, line.Group.Name
		if line.Snapshot.ID != 0 {
			names[group] = "Snapshots"
		}
	}
	key := func(_ billing.Subject, price billing.PriceID) string { return groups[price] }
	if len(names) < 2 {
		key, names = dearestOf(r)
	}
	var all []series
	for k, days := range r.DailyBy(key) {
		one := series{key: k, name: names[k], days: days}
		for _, day := range days {
			one.total += day
		}
		all = append(all, one)
	}
	slices.SortFunc(all, dearer)
	return gather(all)
}

// dearestOf tells the dearest instances and snapshots of a report apart: by a key of
// their own, while all that are beyond the number of colours have one together.
func dearestOf(r panel.UsageReport) (key func(billing.Subject, billing.PriceID) string, names map[string]string) {
	var all []series
	place := map[billing.Subject]int{}
	for n := range r.Lines {
		line := &r.Lines[n]
		at, known := place[line.Subject()]
		if !known {
			at = len(all)
			place[line.Subject()] = at
			all = append(all, series{key: strconv.Itoa(at + 1), name: line.Name()})
		}
		all[at].total += line.Amount
	}
	slices.SortFunc(all, dearer)
	names = map[string]string{}
	if len(all) > maxSeries+1 {
		names[others] = fmt.Sprintf("%d others", len(all)-maxSeries)
		all = all[:maxSeries]
	}
	for _, one := range all {
		names[one.key] = one.name
	}
	keys := map[billing.Subject]string{}
	for subject, at := range place {
		if k := strconv.Itoa(at + 1); names[k] != "" {
			keys[subject] = k
		}
	}
	return func(subject billing.Subject, _ billing.PriceID) string { return keys[subject] }, names
}

// dearer puts the dearest first, and the others last.
func dearer(a, b series) int {
	if (a.key == others) != (b.key == others) {
		return strings.Compare(b.key, a.key)
	}
	return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.key, b.key))
}

// gather makes one series of all that are beyond the number of colours.
func gather(all []series) []series {
	if len(all) <= maxSeries+1 {
		return all
	}
	rest := series{name: fmt.Sprintf("%d others", len(all)-maxSeries), days: make([]billing.Credits, len(all[0].days))}
	for _, one := range all[maxSeries:] {
		rest.total += one.total
		for n, day := range one.days {
			rest.days[n] += day
		}
	}
	return append(all[:maxSeries:maxSeries], rest)
}

// drawUsage draws the days of a month, and writes them down as a table.
func drawUsage(view *UsageView, r panel.UsageReport) {
	all := seriesOf(r)
	c := Chart{Label: "Cost per day in " + view.Month + "; the table below has the figures"}
	for _, one := range all {
		c.Legend = append(c.Legend, one.name)
		if len(all) > 1 {
			view.DayHeads = append(view.DayHeads, one.name)
		}
	}
	largest := 0.0
	for n, total := range r.Daily {
		largest = max(largest, drawn(r.Currency, total))
		at := r.Month.Start() + billing.Instant(n)*billing.Day
		column := Column{Label: strconv.Itoa(n + 1), Partial: !r.Closed && at.Midnight() == r.Until.Midnight()}
		name := at.Time().Format("2 Jan")
		for k, one := range all {
			title := fmt.Sprintf("%s, %s: %s", name, one.name, r.Currency.Format(one.days[n]))
			column.Parts = append(column.Parts, Part{Series: k, Value: drawn(r.Currency, one.days[n]), Title: title})
		}
		c.Columns = append(c.Columns, column)
		if at < r.Until {
			view.DayRows = append(view.DayRows, dayRow(r.Currency, name, all, n, total))
		}
	}
	top, steps := ChartAxis(largest)
	c.Top, c.Ticks = top, ticks(r.Currency, top, steps)
	view.Days = c
}

// dayRow is a day in figures, which add up to the day's total.
func dayRow(c billing.Currency, name string, all []series, day int, total billing.Credits) DayRow {
	row := DayRow{Day: name, Total: c.Format(total)}
	if len(all) < 2 {
		return row
	}
	parts := make([]billing.Credits, len(all))
	for k, one := range all {
		parts[k] = one.days[day]
	}
	for _, shown := range amounts(c, parts) {
		row.Parts = append(row.Parts, shown.Text)
	}
	return row
}

// maxCapNotes is how many caps are told of below the chart.
const maxCapNotes = 2

// capNote tells when instances reached their caps, from the pieces that their
// charges are made of.
func (s *server) capNote(v *visit, r panel.UsageReport) (string, error) {
	note, told := "", map[billing.Subject]bool{}
	for _, line := range r.Lines {
		if !line.Capped || told[line.Subject()] || len(told) == maxCapNotes {
			continue
		}
		told[line.Subject()] = true
		steps, err := s.explain(v, line)
		if err != nil {
			return "", err
		}
		for _, step := range steps {
			if step.From.Month() != r.Month || !step.Cut {
				continue
			}
			at := reaches(step.Price, step.Percent, step.Cap-step.Used, step.From)
			note += fmt.Sprintf("%s reached its monthly cap of %s on %s at %s and was free from then on. ",
				line.Name(), r.Currency.Format(step.Cap), at.Time().Format("2 Jan"), clock(at))
			break
		}
	}
	return note + "Days are UTC.", nil
}

// explain returns the pieces that the charges of a line's instance or snapshot are
// made of.
func (s *server) explain(v *visit, line panel.UsageLine) ([]billing.Step, error) {
	if line.Snapshot.ID != 0 {
		return s.Panel.ExplainSnapshot(v.Context(), v.who, line.Snapshot.ID)
	}
	return s.Panel.Explain(v.Context(), v.who, line.Line.Instance)
}
