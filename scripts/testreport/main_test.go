package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	good = `{"Action":"start","Package":"accrue/a"}
{"Action":"output","Package":"accrue/a","Test":"TestOne","Output":"chatter\n"}
{"Action":"pass","Package":"accrue/a","Test":"TestOne","Elapsed":0.1}
{"Action":"output","Package":"accrue/a","Output":"PASS\n"}
{"Action":"output","Package":"accrue/a","Output":"ok  \taccrue/a\t0.1s\n"}
{"Action":"pass","Package":"accrue/a"}
{"Action":"output","Package":"accrue/none","Output":"?   \taccrue/none\t[no test files]\n"}
{"Action":"skip","Package":"accrue/none"}
`
	skips = `{"Action":"output","Package":"accrue/b","Test":"TestStore/postgres","Output":"no PostgreSQL\n"}
{"Action":"skip","Package":"accrue/b","Test":"TestStore/postgres"}
{"Action":"pass","Package":"accrue/b"}
`
	fails = `{"Action":"output","Package":"accrue/c","Test":"TestTwo","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"accrue/c","Test":"TestTwo"}
{"Action":"output","Package":"accrue/c","Output":"FAIL\taccrue/c\t0.1s\n"}
{"Action":"fail","Package":"accrue/c"}
`
	unbuilt = `{"Action":"build-output","ImportPath":"accrue/d","Output":"d.go:1: undefined: x\n"}
{"Action":"build-fail","ImportPath":"accrue/d"}
{"Action":"output","Package":"accrue/d","Output":"FAIL\taccrue/d [build failed]\n"}
{"Action":"fail","Package":"accrue/d","FailedBuild":"accrue/d"}
`
	panicked = `{"Action":"output","Package":"accrue/e","Test":"TestThree","Output":"panic: boom\n"}
{"Action":"output","Package":"accrue/e","Output":"FAIL\taccrue/e\t0.1s\n"}
{"Action":"fail","Package":"accrue/e"}
`
)

func TestFollow(t *testing.T) {
	tests := []struct {
		name, events string
		shows, omits string
		wantErr      string
	}{
		{"passing run shows the closing lines only", good, "ok  \taccrue/a\t0.1s\n?   \taccrue/none", "chatter", ""},
		{"skipped test fails the run by name", good + skips, "skipped: accrue/b TestStore/postgres", "", "1 passed, 0 failed, 1 skipped"},
		{"failed test shows its output", good + fails, "got 1, want 2\nFAIL\taccrue/c", "", "1 passed, 1 failed, 0 skipped"},
		{"package that does not build counts as failed", unbuilt, "d.go:1: undefined: x\nFAIL\taccrue/d", "", "0 passed, 1 failed, 0 skipped"},
		{"panic shows the output of the test it ended", panicked, "panic: boom\nFAIL\taccrue/e", "", "0 passed, 1 failed, 0 skipped"},
		{"line that is no event is passed on", "go: cannot find main module\n", "go: cannot find", "", "no test ran"},
		{"run without tests fails", "", "", "", "no test ran"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			err := follow(strings.NewReader(test.events), &out, false)
			if got := errorText(err); got != test.wantErr {
				t.Errorf("got error %q, want %q", got, test.wantErr)
			}
			if !strings.Contains(out.String(), test.shows) {
				t.Errorf("got %q, want it to show %q", out.String(), test.shows)
			}
			if test.omits != "" && strings.Contains(out.String(), test.omits) {
				t.Errorf("got %q, want it without %q", out.String(), test.omits)
			}
		})
	}
}

func TestCount(t *testing.T) {
	again := strings.ReplaceAll(skips, `"skip"`, `"pass"`)
	tests := []struct {
		name   string
		files  []string
		status int
		want   string
	}{
		{"test met twice counts once", []string{good, good}, 0, "1 passed, 0 failed\n"},
		{"test skipped everywhere counts as failed", []string{good, skips}, 1, "1 passed, 1 failed\n"},
		{"test skipped here and passed there passed", []string{skips, again}, 0, "1 passed, 0 failed\n"},
		{"test failed in one run failed", []string{fails, strings.ReplaceAll(fails, `"fail"`, `"pass"`)}, 1, "0 passed, 1 failed\n"},
		{"failure that is no test counts as one", []string{good}, 2, "1 passed, 1 failed\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var names []string
			for _, events := range test.files {
				name := filepath.Join(t.TempDir(), "events.jsonl")
				if err := os.WriteFile(name, []byte(events), 0o600); err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
			var out strings.Builder
			if err := count(&out, names, test.status); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestEachShowsWhatPassed(t *testing.T) {
	var out strings.Builder
	if err := follow(strings.NewReader(good), &out, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "chatter\n") {
		t.Errorf("got %q, want what the test said", out.String())
	}
}
