package web

import (
	"fmt"
	"slices"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// instanceUsage is what one instance or snapshot cost in a month, put together from
// its lines.
type instanceUsage struct {
	subject  billing.Subject
	instance *panel.InstanceName
	snapshot *panel.Snapshot // its ID is 0 where it is an instance
	place    Place
	plans    []string
	rates    []string
	seconds  int64
	cap      billing.Credits
	capped   billing.Credits // used of the cap
	reached  bool
	minimum  billing.Credits
	beyond   int64           // bytes of traffic that were charged
	traffic  billing.Credits // for them
	amount   billing.Credits
	units    int64
}

// byInstance puts the lines of each instance and each snapshot together.
func byInstance(r panel.UsageReport) []*instanceUsage {
	var all []*instanceUsage
	for n := range r.Lines {
		line := &r.Lines[n]
		if len(all) == 0 || all[len(all)-1].subject != line.Subject() {
			all = append(all, &instanceUsage{subject: line.Subject(), instance: &line.Instance, snapshot: &line.Snapshot, place: Place{Country: line.Country, Name: line.Location}})
		}
		all[len(all)-1].add(r, line)
	}
	return all
}

func (u *instanceUsage) add(r panel.UsageReport, line *panel.UsageLine) {
	u.amount += line.Amount
	u.units += line.Units
	u.seconds += line.Seconds
	u.reached = u.reached || line.Capped
	if what := lineWhat(*line); !slices.Contains(u.plans, what) {
		u.plans = append(u.plans, what)
	}
	switch {
	case line.Kind == billing.KindTraffic:
		u.beyond += line.Bytes
		u.traffic += line.Amount
		return
	case line.Kind == billing.KindMinimum:
		u.minimum += line.Amount
	case line.Price.HasMonthly():
		u.cap = max(u.cap, line.Price.Monthly)
		u.capped += line.Amount
	}
	percent := line.Percent
	if line.Kind == billing.KindMinimum {
		percent = 100
	}
	rate := r.Currency.FormatHourly(line.Price.HourlyEquivalent(r.Month, percent))
	if !slices.Contains(u.rates, rate) {
		u.rates = append(u.rates, rate)
	}
}

// rowsAtOnce is how many rows a report shows on a page.
const rowsAtOnce = 100

// fillRows fills in the table: the page that is asked for, or the one with the row
// that is to be opened.
func (s *server) fillRows(v *visit, view *UsageView, r panel.UsageReport) error {
	all, open := byInstance(r), number(v.field("open"))
	pages := (len(all) + rowsAtOnce - 1) / rowsAtOnce
	page := max(0, min(int(number(v.field("page"))), pages)-1)
	if at := slices.IndexFunc(all, func(u *instanceUsage) bool { return u.subject.Instance == open }); open != 0 && at >= 0 {
		page = at / rowsAtOnce
	}
	first := page * rowsAtOnce
	shown := all[first:min(first+rowsAtOnce, len(all))]
	view.Count = things(all)
	if pages > 1 {
		view.Count = fmt.Sprintf("%d–%d of %s", first+1, first+len(shown), view.Count)
		view.Pager = usagePager(r, page, pages)
	}
	report := usagePageURL(r, page)
	for _, u := range shown {
		row := u.row(r, report)
		if u.subject.Instance == open && open != 0 {
			if err := s.openRow(v, &row, u, r, report); err != nil {
				return err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return nil
}

// openRow shows the segments of an instance below its row.
func (s *server) openRow(v *visit, row *UsageRow, u *instanceUsage, r panel.UsageReport, report string) error {
	l, err := s.life(v, u.instance.ID)
	if err != nil {
		return err
	}
	plans := map[billing.PriceID]string{}
	for n := range r.Lines {
		plans[r.Lines[n].Line.Price] = r.Lines[n].Plan
	}
	row.Open, row.URL = true, report+"#row-"+row.ID
	row.Segments = segmentRows(l.stretches(r.Month.Start(), r.Until), plans, r.Currency, r.Now)
	row.Remark = u.remark(r, l)
	return nil
}

// usagePageURL is the address of a page of a report's rows, from 0.
func usagePageURL(r panel.UsageReport, page int) string {
	address := "/usage?" + usageQuery(r)
	if page > 0 {
		address += fmt.Sprintf("&page=%d", page+1)
	}
	return address
}

func usagePager(r panel.UsageReport, page, pages int) (p Pager) {
	p.Numbered = true
	if page > 0 {
		p.Newer = usagePageURL(r, page-1) + "#h-rows"
	}
	if page < pages-1 {
		p.Older = usagePageURL(r, page+1) + "#h-rows"
	}
	return p
}

// row is a row that is not opened, of the report at an address.
func (u *instanceUsage) row(r panel.UsageReport, report string) UsageRow {
	share := 100 * ratio(u.amount, r.Total)
	row := UsageRow{
		ID:     text(u.instance.ID),
		Name:   u.instance.Name,
		Plan:   strings.Join(u.plans, ", "),
		Place:  u.place,
		Rate:   strings.Join(u.rates, ", "),
		Hours:  export.Hours(u.seconds),
		Amount: Amount{Text: r.Currency.FormatUnits(u.units), Exact: exactly(u.amount)},
		Share:  Meter{Percent: share, Text: percent(share) + " of the total"},
	}
	if u.snapshot.ID != 0 {
		row.ID, row.Name, row.URL = "snapshot-"+text(u.snapshot.ID), u.snapshot.Name(), instanceURL(u.instance.ID)
		if u.snapshot.DeletedAt != 0 {
			row.Note = "Deleted " + shortly(u.snapshot.DeletedAt)
		}
		return row
	}
	row.URL = report + "&open=" + row.ID + "#row-" + row.ID
	if !u.instance.Live() {
		row.Note = "Deleted " + shortly(u.instance.DeletedAt)
	}
	if u.beyond > 0 {
		row.Note = join(row.Note, fmt.Sprintf("%s for %s of traffic", visibly(r.Currency, u.traffic).Text, byteSize(u.beyond)))
	}
	if u.cap > 0 {
		row.CapTitle = "Cap " + r.Currency.Format(u.cap)
		row.OfCap = percent(100 * ratio(u.capped, u.cap))
		row.Reached = u.reached || u.capped >= u.cap
	}
	return row
}

// remark says below an instance's segments what they alone do not.
func (u *instanceUsage) remark(r panel.UsageReport, l life) string {
	var remarks []string
	resized := false
	for _, e := range l.events {
		if e.Kind == panel.EventInstanceResized && e.At.Month() == r.Month {
			remarks = append(remarks, fmt.Sprintf("Resized to %s on %s at %s.", e.Detail, e.At.Time().Format("2 Jan"), clock(e.At)))
			resized = true
		}
	}
	if resized && u.cap > 0 {
		remarks = append(remarks, "The month’s cap is that of the dearest plan, "+r.Currency.Format(u.cap)+".")
	}
	if u.minimum > 0 {
		remarks = append(remarks, fmt.Sprintf("%s was charged to make up the minimum.", visibly(r.Currency, u.minimum).Text))
	}
	if u.reached {
		remarks = append(remarks, "The cap was reached; hours beyond it are free.")
	}
	return strings.Join(remarks, " ")
}

// lineWhat is what a line is for: a plan, or how much of a snapshot.
func lineWhat(line panel.UsageLine) string {
	if line.Snapshot.ID == 0 {
		return line.Plan
	}
	return fmt.Sprintf("Snapshot, %d GiB", line.Snapshot.GiB())
}
