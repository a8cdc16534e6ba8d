package api

import (
	"flag"
	"os"
	"testing"
)

// update writes what is generated from the code instead of comparing it:
// go test ./internal/api -update
var update = flag.Bool("update", false, "write docs/api anew")

// golden compares a generated file with the one that is committed.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what the code makes: run `go test ./internal/api -update` and commit what has changed", path)
	}
}

func TestDescriptionIsCommitted(t *testing.T) {
	description, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/api/openapi.json", append(description, '\n'))
}
