package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// maxSeries is how many series a chart tells apart; all beyond are one.
const maxSeries = 4

// series is a colour of the daily chart: a plan group, all snapshots, or an instance
// or a snapshot where there is nothing else; or all that are beyond the colours.
type series struct {
	key   string
	name  string
	total billing.Credits
	days  []billing.Credits
}

// seriesOf splits a report's days into series, the dearest first. Which those are is
// known from the lines, so that the others have their days counted together.
func seriesOf(r panel.UsageReport) []series {
	groups := map[billing.PriceID]int64{}
	several := false
	for _, line := range r.Lines {
		groups[line.Line.Price] = line.Group.ID
		several = several || line.Group.ID != r.Lines[0].Group.ID
	}
	type part struct {
		group   int64
		subject billing.Subject
	}
	partOf := func(subject billing.Subject, price billing.PriceID) part {
		if several {
			return part{group: groups[price]}
		}
		return part{subject: subject}
	}
	var all []series
	keys := map[part]string{}
	place := map[string]int{}
	for n := range r.Lines {
		line := &r.Lines[n]
		p := partOf(line.Subject(), line.Line.Price)
		if keys[p] == "" {
			keys[p] = strconv.Itoa(len(all) + 1)
			place[keys[p]] = len(all)
			all = append(all, series{key: keys[p], name: seriesName(line, several)})
		}
		all[place[keys[p]]].total += line.Amount
	}
	slices.SortStableFunc(all, func(a, b series) int { return cmp.Compare(b.total, a.total) })
	all = gather(all)
	shown := map[string]string{}
	for _, one := range all {
		shown[one.key] = one.key
	}
	days := r.DailyBy(func(subject billing.Subject, price billing.PriceID) string {
		return shown[keys[partOf(subject, price)]]
	})
	for n := range all {
		all[n].days = days[all[n].key]
	}
	return all
}

// seriesName is what the part of a report is called that a line is of.
func seriesName(line *panel.UsageLine, several bool) string {
	switch {
	case !several:
		return line.Name()
	case line.Snapshot.ID != 0:
		return "Snapshots"
	}
	return line.Group.Name
}

// gather makes one series, without a key, of all that are beyond the number of
// colours.
func gather(all []series) []series {
	if len(all) <= maxSeries+1 {
		return all
	}
	rest := series{name: fmt.Sprintf("%d others", len(all)-maxSeries)}
	for _, one := range all[maxSeries:] {
		rest.total += one.total
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
