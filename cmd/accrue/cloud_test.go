package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// console are the blocks of a page that are transcripts.
var console = regexp.MustCompile("(?s)```console\n(.*?)```\n")

// TestCloudTranscripts runs the command lines of the manual and of a text with
// everything else, and wants the output that stands there.
func TestCloudTranscripts(t *testing.T) {
	for _, name := range []string{"../../docs/cloud.md", "testdata/cloud.md"} {
		t.Run(name, func(t *testing.T) {
			s := newCustomerSite(t)
			page, err := os.ReadFile(name)
			s.must(err)
			got := console.ReplaceAllStringFunc(string(page), func(block string) string {
				return "```console\n" + s.transcript(console.FindStringSubmatch(block)[1]) + "```\n"
			})
			switch {
			case !strings.Contains(got, "$ accrue cloud "):
				t.Errorf("%s has no transcripts", name)
			case *update:
				s.must(os.WriteFile(name, []byte(got), 0o644))
			case got != string(page):
				t.Errorf("%s is not what is printed: run `go test ./cmd/accrue -run Cloud -update` and look at what has changed. Now it would be:\n%s", name, got)
			}
		})
	}
}
