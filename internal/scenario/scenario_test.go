package scenario_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/scenario"
)

// TestWorkedScenarios runs every scenario of testdata and compares all that its
// expected result says, to the microcredit and the second.
func TestWorkedScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			s, err := scenario.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			result, err := s.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := result.WriteJSON(&b); err != nil {
				t.Fatal(err)
			}
			got, want := decode(t, b.Bytes()), decode(t, read(t, strings.TrimSuffix(file, ".yaml")+".expected.json"))
			if sum := got["ledger"].(map[string]any)["sum"]; sum != "0.000000" {
				t.Errorf("the ledger sums to %v, want 0.000000", sum)
			}
			for key := range want {
				if diff := cmp.Diff(want[key], got[key]); diff != "" {
					t.Errorf("%s differs (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func decode(t *testing.T, content []byte) (object map[string]any) {
	t.Helper()
	if err := json.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

const provider = `
start: 2026-01-01T00:00:00Z
currencies: [{code: USD, value_per_credit: "0.01", prefix: "$", default: true}]
locations: [{name: lab, hypervisors: [{name: hv1, vcpus: 8, memory_mib: 16384, disk_gib: 500}]}]
plan_groups: [{name: Standard}]
plans: [{name: s1, group: Standard, vcpus: 1, memory_mib: 1024, disk_gib: 25, hourly: "1"}]
users: [{name: alice, credit: "100"}]
end: 2026-02-01T00:00:00Z
`

// TestScenariosThatCannotBeRun checks that the error is one line that names the
// event or the line, and the reason.
func TestScenariosThatCannotBeRun(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown field", provider + "colour: red\n", "line 9: field colour not found"},
		{"unknown field of an event", provider + "events: [{at: 2026-01-02T00:00:00Z, user: alice, create: {name: a, plan: s1, size: 3}}]\n", "line 9: field size not found"},
		{"unknown plan", event("user: alice, create: {name: a, plan: s9, location: lab}"), `event 1 (2026-01-02T00:00:00Z create): there is no plan "s9"`},
		{"unknown location", event("user: alice, create: {name: a, plan: s1, location: mars}"), `there is no location "mars"`},
		{"unknown user", event(`user: bob, credit: "1"`), `there is no user "bob"`},
		{"unknown instance", event("user: alice, stop: {name: ghost}"), `no instance "ghost"`},
		{"a name that is no host name", event("user: alice, create: {name: Under_score, plan: s1, location: lab}"), "name: "},
		{"negative price", event(`price: {plan: s1, hourly: "-1"}`), "hourly: must be between 0 and"},
		{"negative price of snapshots", provider + "snapshots: {hourly: \"-1\"}\n", "snapshots: hourly: must be between 0 and"},
		{"no price of snapshots", provider + "snapshots: {}\n", "snapshots: hourly: "},
		{"unknown field of snapshots", provider + "snapshots: {daily: \"1\"}\n", "line 9: field daily not found"},
		{"a price of two things", event(`price: {plan: s1, snapshots: true, hourly: "1"}`), "price): snapshots: name a plan, or snapshots, not both"},
		{"snapshot of an unknown instance", event("user: alice, snapshot_create: {name: a, instance: ghost}"), `snapshot_create): user has no instance "ghost"`},
		{"unknown snapshot", event("user: alice, snapshot_delete: {name: ghost}"), `snapshot_delete): user has no snapshot "ghost"`},
		{"a snapshot without a name", taken("{instance: web}"), "event 2 (2026-01-03T00:00:00Z snapshot_create): name: "},
		{"a snapshot of nothing", taken("{name: a, instance: web, bytes: 0}"), "bytes: must be between 1 and 26843545600, the size of the disk of web"},
		{"a snapshot larger than its disk", taken("{name: a, instance: web, bytes: 26843545601}"), "bytes: must be between 1 and 26843545600"},
		{"bytes that are no number", taken("{name: a, instance: web, bytes: 3 GiB}"), "line 11: cannot unmarshal !!str `3 GiB` into int64"},
		{
			"two snapshots of a name",
			taken("{name: a, instance: web}") + "  - {at: 2026-01-03T00:00:00Z, user: alice, snapshot_create: {name: a, instance: web}}\n",
			`event 3 (2026-01-03T00:00:00Z snapshot_create): name: user has a snapshot "a" already`,
		},
		{"zero value", event(`currency: {code: USD, value_per_credit: "0"}`), "value_per_credit: "},
		{"too much credit", event(`user: alice, credit: "9300000000000"`), "too large"},
		{"not a number", event(`user: alice, credit: "1e3"`), "not a decimal number"},
		{"positive suspension", event("settings: {suspension_balance: 5}"), "suspension_balance: must be between"},
		{"two things at once", event(`user: alice, credit: "1", stop: {name: a}`), "says nothing or more than one thing"},
		{"after the end", provider + "events: [{at: 2027-01-02T00:00:00Z, user: alice, credit: \"1\"}]\n", "is after the end"},
		{
			"time goes backwards",
			provider + "events:\n  - {at: 2026-01-03T00:00:00Z, user: alice, credit: \"1\"}\n  - {at: 2026-01-02T00:00:00Z, user: alice, credit: \"1\"}\n",
			"event 2 (credit): time goes backwards from 2026-01-03T00:00:00Z to 2026-01-02T00:00:00Z",
		},
		{"a fraction of a second", provider + "events: [{at: 2026-01-02T00:00:00.5Z, user: alice, credit: \"1\"}]\n", "is not a second"},
		{"nothing", "", "the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := run(c.text)
			if err == nil {
				t.Fatal("ran, want an error")
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line with %q", err, c.want)
			}
		})
	}
}

func event(text string) string {
	return provider + "events: [{at: 2026-01-02T00:00:00Z, " + text + "}]\n"
}

// taken is a snapshot of an instance, as the second event.
func taken(order string) string {
	return provider + `events:
  - {at: 2026-01-02T00:00:00Z, user: alice, create: {name: web, plan: s1, location: lab}}
  - {at: 2026-01-03T00:00:00Z, user: alice, snapshot_create: ` + order + "}\n"
}

func run(text string) error {
	s, err := scenario.Parse([]byte(text))
	if err != nil {
		return err
	}
	_, err = s.Run(context.Background())
	return err
}

// TestJSONIsYAML runs a scenario that is written as JSON.
func TestJSONIsYAML(t *testing.T) {
	err := run(`{"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "currencies": [{"code": "USD", "value_per_credit": "0.01"}], "users": [{"name": "zoe", "credit": 5}]}`)
	if err != nil {
		t.Error(err)
	}
}
