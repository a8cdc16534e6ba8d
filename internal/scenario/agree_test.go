package scenario_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"accrue/internal/scenario"
)

// TestOracleKnowsWorkedScenarios holds the oracle itself against the results
// that were worked out by hand.
func TestOracleKnowsWorkedScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		var p paper
		if err := yaml.Unmarshal(read(t, file), &p); err != nil {
			t.Fatal(err)
		}
		want := decode(t, read(t, strings.TrimSuffix(file, ".yaml")+".expected.json"))
		if diff := cmp.Diff(want, plainly(t, foretell(p))); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", file, diff)
		}
	}
}

// TestOracleAgrees makes up scenarios and compares the program with the oracle,
// to the microcredit and the second, until its time is up. ACCRUE_ORACLE=10m
// gives it more.
func TestOracleAgrees(t *testing.T) {
	long := 20 * time.Second
	if testing.Short() {
		long = 5 * time.Second
	}
	if asked, err := time.ParseDuration(os.Getenv("ACCRUE_ORACLE")); err == nil {
		long = asked
	}
	end, scenarios, disagreed := time.Now().Add(long), 0, false
	over := func() bool { return !disagreed && time.Now().After(end) }
	for !over() && !t.Failed() {
		rapid.Check(t, func(t *rapid.T) {
			if over() {
				return
			}
			agreed := false
			defer func() { disagreed = disagreed || !agreed }()
			p, want := draftScenario(t)
			agree(t, p, want)
			agreed = true
			scenarios++
		})
	}
	t.Logf("%d scenarios", scenarios)
}

func agree(t *rapid.T, p paper, want prophecy) {
	text, err := yaml.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	result, err := s.Run(context.Background())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var b bytes.Buffer
	if err := result.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if sum := got["ledger"].(map[string]any)["sum"]; sum != "0.000000" {
		t.Fatalf("the ledger sums to %v, want 0.000000\n%s", sum, text)
	}
	delete(got, "ledger")
	if foretold := plainly(t, want); !reflect.DeepEqual(foretold, got) {
		t.Fatalf("the program differs from the oracle (-oracle +program):\n%s\n%s", cmp.Diff(foretold, got), text)
	}
}

// plainly returns what a value is as JSON.
func plainly(t rapid.TB, value any) (object map[string]any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	return object
}
