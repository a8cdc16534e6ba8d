package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/store/storetest"
)

func TestWhatIsChangedIsWhatWasSeen(t *testing.T) {
	s := newSite(t, "")
	root := s.administrator()
	for _, test := range []struct{ name, path, change, another string }{
		{"settings", "/v1/admin/settings", `{"low_balance": "50"}`, `{"provider": "Example"}`},
		{"a plan", fmt.Sprint("/v1/admin/plans/", s.small), `{"name": "Tiny"}`, `{"stopped_percent": 0}`},
		{"a plan group", "/v1/admin/plan-groups/1", `{"name": "Special"}`, `{"visible": false}`},
		{"a location", fmt.Sprint("/v1/admin/locations/", s.ams), `{"city": "Amsterdam"}`, `{"country": "nl"}`},
		{"a currency", "/v1/admin/currencies/EUR", `{"value_per_credit": "0.0095"}`, `{"decimals": 3}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			etag := root.send(http.MethodGet, test.path, nil).Header.Get("ETag")
			root.problem(root.send(http.MethodPatch, test.path, test.change), "if_match_required")
			root.problem(root.send(http.MethodPatch, test.path, test.change, "If-Match", `"else"`), "changed")
			r := root.send(http.MethodPatch, test.path, test.change, "If-Match", etag)
			if r.StatusCode != http.StatusOK || r.Header.Get("ETag") == etag || r.Header.Get("ETag") == "" {
				t.Fatalf("got %d %s, want another tag than %s", r.StatusCode, r.body, etag)
			}
			root.problem(root.send(http.MethodPatch, test.path, test.another, "If-Match", etag), "changed")
			if r := root.send(http.MethodPatch, test.path, test.another, "If-Match", r.Header.Get("ETag")); r.StatusCode != http.StatusOK {
				t.Errorf("got %d %s", r.StatusCode, r.body)
			}
		})
	}
}

// TestOneOfTwoChangesIsMade lets many change what all of them have seen.
func TestOneOfTwoChangesIsMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		root := s.administrator()
		path := fmt.Sprint("/v1/admin/plans/", s.small)
		etag := root.send(http.MethodGet, path, nil).Header.Get("ETag")
		var mu sync.Mutex
		var all sync.WaitGroup
		statuses := map[int]int{}
		for n := range 8 {
			all.Go(func() {
				r := root.send(http.MethodPost, path+"/prices", fmt.Sprintf(`{"hourly": "%d"}`, n+2), "If-Match", etag)
				mu.Lock()
				defer mu.Unlock()
				statuses[r.StatusCode]++
			})
		}
		all.Wait()
		if statuses[http.StatusCreated] != 1 || statuses[http.StatusPreconditionFailed] != 7 {
			t.Errorf("got %v, want one change made and seven refused", statuses)
		}
		if prices := get200[client.Page[client.PriceVersion]](root, path+"/prices"); len(prices.Items) != 2 {
			t.Errorf("got %d prices, want 2", len(prices.Items))
		}
	})
}

func TestCatalogIsBuiltThroughTheAPI(t *testing.T) {
	s := newSite(t, "")
	root := s.administrator()
	place := posted[client.AdminLocation](root, http.StatusCreated, "/v1/admin/locations", `{"slug": "ber", "name": "Berlin", "country": "de"}`)
	host := posted[client.Hypervisor](root, http.StatusCreated, "/v1/admin/hypervisors", fmt.Sprintf(
		`{"name": "hv-ber", "location_id": %d, "driver": "sim", "capacity": {"vcpus": 8, "memory_mib": 16384, "disk_gib": 500}, "tags": ["nvme"]}`, place.ID))
	if !place.Visible || !host.Enabled || host.CPURatio != "4" || host.Limit.VCPUs != 32 {
		t.Errorf("got %+v and %+v, want both open, with four vCPUs for one", place, host)
	}
	group := posted[client.AdminPlanGroup](root, http.StatusCreated, "/v1/admin/plan-groups", `{"name": "Storage", "visible": true}`)
	plan := posted[client.AdminPlan](root, http.StatusCreated, "/v1/admin/plans", fmt.Sprintf(
		`{"name": "Big", "plan_group_id": %d, "resources": {"vcpus": 1, "memory_mib": 1024, "disk_gib": 100}, "tags": ["nvme"],
		"location_ids": [%d], "stopped_percent": 0, "price": {"hourly": "0.75", "monthly": "400"}}`, group.ID, place.ID))
	if plan.StoppedPercent != 0 || plan.Price.Mode != "capped" || plan.Price.Hourly.Display != "$0.0075" {
		t.Errorf("got %+v, want $0.0075 an hour and nothing while stopped", plan)
	}
	posted[client.Currency](root, http.StatusCreated, "/v1/admin/currencies", `{"code": "JPY", "prefix": "¥", "decimals": 0, "value_per_credit": "1.5"}`)

	carol := s.customer("carol", 100*billing.Credit)
	plans := get200[client.Page[client.Plan]](carol, fmt.Sprintf("/v1/plans?location_id=%d&plan_group_id=%d", place.ID, group.ID))
	if len(plans.Items) != 1 || plans.Items[0].Name != "Big" || !plans.Items[0].Availability[0].Available {
		t.Fatalf("got %+v, want Big alone", plans)
	}
	quote := posted[client.Quote](carol, http.StatusOK, "/v1/quotes", client.NewQuote{PlanID: plan.ID, LocationID: place.ID})
	if !quote.Acceptable || quote.PerMonth.Display != "$4.00" || quote.After.PerHour.Display != "$0.0075" {
		t.Errorf("got %+v", quote)
	}
	quote = posted[client.Quote](carol, http.StatusOK, "/v1/quotes", client.NewQuote{PlanID: plan.ID, LocationID: s.ams})
	if quote.Acceptable || len(quote.Reasons) != 1 || quote.Reasons[0].Code != "invalid" {
		t.Errorf("got %+v, want a reason why not", quote)
	}
	posted[client.Ordered](carol, http.StatusAccepted, "/v1/instances", client.NewInstance{Name: "web", PlanID: plan.ID, LocationID: place.ID, PriceID: quote.Price.ID})
	s.work()
	root.problem(root.send(http.MethodDelete, fmt.Sprint("/v1/admin/hypervisors/", host.ID), nil), "in_use")
	if r := root.send(http.MethodDelete, fmt.Sprint("/v1/admin/locations/", s.full), nil); r.StatusCode != http.StatusNoContent || len(r.body) != 0 {
		t.Errorf("got %d %s, want it removed", r.StatusCode, r.body)
	}
	if o := get200[client.Overview](root, "/v1/admin/overview"); o.Billed != 1 || o.PerHour.Display != "$0.0075" {
		t.Errorf("got %+v, want one instance billed", o)
	}
}

func TestPagesLeadThroughAList(t *testing.T) {
	s := newSite(t, "")
	root := s.administrator()
	for n := range 5 {
		s.customer(fmt.Sprint("customer-", n), 0)
	}
	var names []string
	next := "/v1/admin/accounts?limit=2&q=customer"
	for next != "" {
		r := root.send(http.MethodGet, next, nil)
		page := decoded[client.Page[client.AdminAccount]](root, r, http.StatusOK)
		for _, a := range page.Items {
			names = append(names, a.Name)
		}
		link := r.Header.Get("Link")
		if (link == "") != (page.NextCursor == "") {
			t.Fatalf("got link %q and cursor %q", link, page.NextCursor)
		}
		next = ""
		if link != "" {
			fmt.Sscanf(link, "<%s", &next)
			next = next[:len(next)-2]
		}
	}
	if len(names) != 5 || names[0] != "customer-0" || names[4] != "customer-4" {
		t.Errorf("got %v, want all five in order", names)
	}
	root.problem(root.send(http.MethodGet, "/v1/admin/accounts?limit=201", nil), "invalid")
	root.problem(root.send(http.MethodGet, "/v1/admin/accounts?cursor=x", nil), "invalid")
	root.problem(root.send(http.MethodGet, "/v1/admin/accounts?colour=red", nil), "invalid")
}
