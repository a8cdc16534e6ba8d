package hcloud_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"accrue/internal/billing"
)

// names are the names of what a list answers with, in its order.
func (a answered) names(key string) string {
	a.t.Helper()
	var names []string
	things, _ := a.is(200).at(key).([]any)
	for _, thing := range things {
		names = append(names, fmt.Sprint(thing.(map[string]any)["name"]))
	}
	return strings.Join(names, " ")
}

func TestPages(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		ida.create(name)
	}
	for _, test := range []struct {
		query, names, pagination, link string
	}{
		{"", "a b c d e", "page 1 of 1, 25 each, 5 in all, previous <nil>, next <nil>", "last"},
		{"per_page=2", "a b", "page 1 of 3, 2 each, 5 in all, previous <nil>, next 2", "next last"},
		{"per_page=2&page=2", "c d", "page 2 of 3, 2 each, 5 in all, previous 1, next 3", "prev next last"},
		{"per_page=2&page=3", "e", "page 3 of 3, 2 each, 5 in all, previous 2, next <nil>", "prev last"},
		{"per_page=2&page=9", "", "page 9 of 3, 2 each, 5 in all, previous 3, next <nil>", "prev last"},
		{"per_page=1000", "a b c d e", "page 1 of 1, 50 each, 5 in all, previous <nil>, next <nil>", "last"},
		{"page=2147483647&per_page=50", "", "page 2147483647 of 1, 50 each, 5 in all, previous 1, next <nil>", "prev last"},
		{"name=none", "", "page 1 of 1, 25 each, 0 in all, previous <nil>, next <nil>", "last"},
	} {
		t.Run(test.query, func(t *testing.T) {
			a := ida.send("GET", "/servers?"+test.query, "")
			if got := a.names("servers"); got != test.names {
				t.Errorf("got %q, want %q", got, test.names)
			}
			m, _ := a.at("meta.pagination").(map[string]any)
			got := fmt.Sprintf("page %v of %v, %v each, %v in all, previous %v, next %v",
				m["page"], m["last_page"], m["per_page"], m["total_entries"], m["previous_page"], m["next_page"])
			if got != test.pagination || len(m) != 6 {
				t.Errorf("got %s in %v, want %s", got, slices.Sorted(maps.Keys(m)), test.pagination)
			}
			var rels []string
			for link := range strings.SplitSeq(a.header.Get("Link"), ", ") {
				_, rel, _ := strings.Cut(link, "; rel=")
				rels = append(rels, rel)
			}
			if got := strings.Join(rels, " "); got != test.link {
				t.Errorf("links are %q, want %q", a.header.Get("Link"), test.link)
			}
		})
	}
	next := ida.send("GET", "/servers?per_page=2&sort=name:desc", "").header.Get("Link")
	if want := "</compat/hcloud/v1/servers?page=2&per_page=2&sort=name%3Adesc>; rel=next"; !strings.Contains(next, want) {
		t.Errorf("the links are %q, want %q among them", next, want)
	}
}

func TestListsAreSortedAndFiltered(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	ida.create("b")
	p.now += 10
	ida.create("c")
	p.now += 10
	ida.send("POST", ida.create("a")+"/actions/poweroff", "").is(201)
	p.work()
	for _, test := range []struct{ list, query, names string }{
		{"servers", "", "b c a"},
		{"servers", "sort=id:desc", "a c b"},
		{"servers", "sort=name", "a b c"},
		{"servers", "sort=name:asc", "a b c"},
		{"servers", "sort=name:desc", "c b a"},
		{"servers", "sort=created:desc", "a c b"},
		{"servers", "sort=created&sort=id:desc", "b c a"},
		{"servers", "name=c", "c"},
		{"servers", "name=", "b c a"},
		{"servers", "status=off", "a"},
		{"servers", "status=off&status=running", "b c a"},
		{"servers", "status=deleting", ""},
		{"locations", "sort=name:desc", "osl ams"},
		{"locations", "name=osl", "osl"},
		{"server_types", "", "s1 s2 m1"},
		{"server_types", "name=s2&page=1&per_page=50&include_deprecated=true", "s2"},
		{"images", "sort=id:asc&architecture=x86&include_deprecated=true", "debian-13 ubuntu-24.04"},
		{"images", "sort=name:desc", "ubuntu-24.04 debian-13"},
		{"images", "name=debian-13", "debian-13"},
		{"images", "architecture=arm", ""},
		{"images", "type=snapshot", ""},
		{"images", "type=snapshot&type=system&status=available", "debian-13 ubuntu-24.04"},
		{"images", "bound_to=1", ""},
	} {
		t.Run(test.list+"?"+test.query, func(t *testing.T) {
			if got := ida.send("GET", "/"+test.list+"?"+test.query, "").names(test.list); got != test.names {
				t.Errorf("got %q, want %q", got, test.names)
			}
		})
	}
	for _, test := range []struct{ path, says string }{
		{"/servers?sort=price", "sort: must be one of created, id, name, with :asc or :desc after it"},
		{"/servers?sort=id:up", "sort: must end with :asc or :desc"},
		{"/servers?status=broken", "status: must be one of"},
		{"/servers?page=0", "page: must be a number of at least 1"},
		{"/servers?page=one", "page: must be a number of at least 1"},
		{"/servers?per_page=-1", "per_page: must be a number of at least 1"},
		{"/images?type=iso", "type: must be one of system, app, snapshot, backup"},
		{"/images?architecture=sparc", "architecture: must be one of x86, arm"},
		{"/volumes?sort=price", "sort: must be one of"},
	} {
		t.Run(test.path, func(t *testing.T) {
			a := ida.send("GET", test.path, "")
			if says := a.refused(422, "invalid_input"); !strings.HasPrefix(says, test.says) {
				t.Errorf("got %q, want %q", says, test.says)
			}
			field, _, _ := strings.Cut(test.says, ":")
			if got := a.text("error.details.fields.0.name"); got != field {
				t.Errorf("the field is %s, want %s", got, field)
			}
		})
	}
}

// Clients wait for several actions at once and give up when one is not answered.
func TestActionsAreAnsweredByTheirIDs(t *testing.T) {
	p := newProvider(t)
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	server := ida.create("a")
	var ids []string
	for range 30 {
		for _, action := range []string{"poweroff", "poweron"} {
			ids = append(ids, ida.send("POST", server+"/actions/"+action, "").is(201).text("action.id"))
			p.work()
		}
	}
	query := "/actions?id=" + strings.Join(ids, "&id=")
	var got []string
	for page := 1; page <= 2; page++ {
		a := ida.send("GET", fmt.Sprintf("%s&sort=id&per_page=50&page=%d", query, page), "").is(200)
		for n := range a.at("actions").([]any) {
			got = append(got, a.text(fmt.Sprintf("actions.%d.id", n)))
			if status := a.text(fmt.Sprintf("actions.%d.status", n)); status != "success" {
				t.Errorf("action %s is %s, want success", got[len(got)-1], status)
			}
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("asked for %v, got %v", ids, got)
	}
	if got := bob.send("GET", query, "").is(200).at("actions").([]any); len(got) > 0 {
		t.Errorf("bob is answered with ida's actions %v", got)
	}
	ida.send("GET", "/actions", "").refused(410, "deprecated_api_endpoint")
	ida.send("GET", "/actions?id="+strings.Repeat("1&id=", 1000)+"1", "").refused(422, "invalid_input")
	if got := ida.send("GET", server+"/actions?status=running", "").is(200).at("actions").([]any); len(got) > 0 {
		t.Errorf("%v are running, want none", got)
	}
	if got := ida.send("GET", "/servers/actions?per_page=50", "").is(200).at("actions").([]any); len(got) != 50 {
		t.Errorf("%d actions of servers on a full page, want 50", len(got))
	}
	ida.send("GET", "/servers/actions/"+ids[0], "").is(200)
	ida.send("GET", server+"/actions/"+ids[0], "").is(200)
	bob.send("GET", bob.create("b")+"/actions/"+ids[0], "").refused(404, "not_found")
}
