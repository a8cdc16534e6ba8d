package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"accrue/internal/identity"
	"accrue/internal/store/storetest"
)

// shared are what an account does not own: every customer sees the same.
var shared = []string{
	"list-locations", "get-location", "list-plan-groups", "list-plans", "get-plan", "list-images", "get-image", "list-currencies",
}

// sharedFields are the fields with IDs of what an account does not own.
var sharedFields = []string{"plan_id", "location_id", "image_id", "price_id"}

// ownFields are the fields with IDs of what an account owns, and a word of the
// tour that stands for such an ID of another account's.
var ownFields = map[string]string{"ssh_key_ids": "key", "snapshot_id": "snapshot"}

func TestEveryOperationIsOnTheTour(t *testing.T) {
	visited := map[string]int{}
	for _, at := range stops {
		visited[at.op]++
	}
	all, _ := operations()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if visited[name] != 1 {
			t.Errorf("%s is on the tour %d times: give it a stop in tour_test.go, so that it is swept, documented and fuzzed", name, visited[name])
		}
	}
}

// TestSweep takes the tour with somebody of another account beside it, who tries
// everything first and must come away with nothing.
func TestSweep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		tr := newTour(t, url)
		for _, at := range stops {
			if at.before != nil {
				at.before(tr)
			}
			r := tr.request(at)
			op := tr.ops[at.op]
			tr.keepOut(at, r)
			tr.plantIDs(at, r)
			if at.op == "stream-events" {
				continue // it does not end; TestStreamTellsWhatHappensAndLosesNothing has it
			}
			c := tr.carol
			if op.admin() {
				c = tr.root
			}
			answer := c.ask(r)
			if answer.StatusCode/100 != 2 {
				t.Fatalf("%s %s: got %d %s", r.method, r.path, answer.StatusCode, answer.body)
			}
			tr.keep(at, answer)
		}
	})
}

// keepOut fails unless those who may not do it are kept from what a stop does.
func (t *tour) keepOut(at stop, r request) {
	t.t.Helper()
	nobody := &caller{site: t.site, token: "acr_nonsense"}
	nobody.refused(at, r, "unauthorized")

	op := t.ops[at.op]
	need := identity.Permission(op.Extensions["x-permission"].(string))
	owner := t.carol
	if op.admin() {
		owner = t.root
		t.carol.refused(at, r, "forbidden")
	}
	for _, scope := range []identity.Scope{identity.ScopeRead, identity.ScopeBilling} {
		who := owner.who
		if who.Via, who.Scope = identity.ViaToken, scope; !who.May(need) {
			t.caller(owner.who.Email, scope).refused(at, r, "forbidden")
		}
	}
	switch {
	case op.admin() || at.op == "stream-events" || slices.Contains(shared, at.op):
	case strings.Contains(op.path, "{"):
		t.eve.refused(at, r, "not_found")
	case op.method == http.MethodGet:
		if answer := t.eve.ask(r); bytes.Contains(answer.body, []byte("web-")) || bytes.Contains(answer.body, []byte("carol")) {
			t.t.Errorf("%s tells eve of carol: %s", at.op, answer.body)
		}
	}
}

// refused fails unless a request is refused with a code.
func (c *caller) refused(at stop, r request, code string) {
	c.t.Helper()
	answer := c.ask(r)
	if answer.StatusCode/100 == 2 {
		c.t.Errorf("%s is answered with %d %s, want it refused as %s", at.op, answer.StatusCode, answer.body, code)
		return
	}
	c.problem(answer, code)
}

// plantIDs sends a customer's request with IDs of another account's in every
// field that takes one.
func (t *tour) plantIDs(at stop, r request) {
	t.t.Helper()
	op := t.ops[at.op]
	if op.admin() || op.RequestBody == nil {
		return
	}
	schema := t.schemas.SchemaFromRef(op.RequestBody.Content["application/json"].Schema.Ref)
	for field := range schema.Properties {
		if !strings.HasSuffix(field, "_id") && !strings.HasSuffix(field, "_ids") || slices.Contains(sharedFields, field) {
			continue
		}
		word, known := ownFields[field]
		if !known {
			t.t.Errorf("%s takes %s: say in sweep_test.go whose that is", at.op, field)
			continue
		}
		body := map[string]any{}
		t.must(json.Unmarshal([]byte(r.body), &body))
		var id any = json.Number(t.fill("$" + word))
		if strings.HasSuffix(field, "_ids") {
			id = []any{id}
		}
		body[field] = id
		planted, err := json.Marshal(body)
		t.must(err)
		answer := t.eve.ask(request{r.method, r.path, string(planted), nil})
		if answer.StatusCode != http.StatusNotFound && answer.StatusCode != http.StatusUnprocessableEntity {
			t.t.Errorf("%s: eve names carol's %s %s and gets %d %s", at.op, field, fmt.Sprint(id), answer.StatusCode, answer.body)
		}
	}
}
