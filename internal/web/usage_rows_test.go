package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// manyLines is a report of many instances, one line each.
func manyLines(instances int64) (r panel.UsageReport) {
	r.Month = billing.Instant(0).Month()
	for id := int64(1); id <= instances; id++ {
		r.Lines = append(r.Lines, panel.UsageLine{
			Line: billing.Line{Instance: id}, Instance: panel.InstanceName{ID: id, Name: fmt.Sprint("web-", id)},
		})
	}
	return r
}

func TestUsageOfManyInstancesHasPages(t *testing.T) {
	const first = "/usage?month=1970-01"
	for _, test := range []struct {
		name, page   string
		instances    int64
		rows         int
		count        string
		newer, older string
	}{
		{"the first page leads on", "", 250, 100, "1–100 of 250 instances", "", first + "&page=2#h-rows"},
		{"a page between leads both ways", "2", 250, 100, "101–200 of 250 instances", first + "#h-rows", first + "&page=3#h-rows"},
		{"the last page leads back", "3", 250, 50, "201–250 of 250 instances", first + "&page=2#h-rows", ""},
		{"a page beyond is the last", "99", 250, 50, "201–250 of 250 instances", first + "&page=2#h-rows", ""},
		{"no page is the first", "-7", 250, 100, "1–100 of 250 instances", "", first + "&page=2#h-rows"},
		{"what fits has no pages", "2", 100, 100, "100 instances", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := &visit{Request: &http.Request{Form: url.Values{"page": {test.page}}}}
			var view UsageView
			if err := new(server).fillRows(v, &view, manyLines(test.instances)); err != nil {
				t.Fatal(err)
			}
			if len(view.Rows) != test.rows || view.Count != test.count {
				t.Errorf("got %d rows, %q, want %d, %q", len(view.Rows), view.Count, test.rows, test.count)
			}
			if view.Pager.Newer != test.newer || view.Pager.Older != test.older {
				t.Errorf("got pages %q and %q, want %q and %q", view.Pager.Newer, view.Pager.Older, test.newer, test.older)
			}
		})
	}
}

func TestUsageOfOneGroupTellsTheDearestApart(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 10_000)
	for n := range 7 {
		c.instance(fmt.Sprint("web-", n))
		k.pass(billing.Hour) // the earlier it was ordered, the dearer
	}
	r, err := k.Usage(t.Context(), c.who, c.who.AccountID, k.now.Month(), "")
	k.must(err)
	all := seriesOf(r)
	var names []string
	days := make([]billing.Credits, len(r.Daily))
	for _, one := range all {
		names = append(names, one.name)
		for n, day := range one.days {
			days[n] += day
		}
	}
	if want := []string{"web-0", "web-1", "web-2", "web-3", "3 others"}; !slices.Equal(names, want) {
		t.Errorf("got the series %q, want %q", names, want)
	}
	if !slices.Equal(days, r.Daily) {
		t.Errorf("the series add up to %v, want the days %v", days, r.Daily)
	}
}
