package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An event is one line of go test -json; see go doc test2json.
type event struct {
	Action     string
	Package    string
	Test       string
	Output     string
	ImportPath string // of a package that is being built
}

// An outcome of a test. Where one test has several, the greatest is its own.
type outcome int

const (
	skipped outcome = iota + 1
	passed
	failed
)

// A run is what the events said so far.
type run struct {
	out      io.Writer
	each     bool                // shows the output of what passed
	outcomes map[string]outcome  // by "package test"
	output   map[string][]string // of tests under way, and of packages under ""
	broken   map[string]bool     // packages in which a test failed
}

func newRun(out io.Writer) *run {
	return &run{
		out:      out,
		outcomes: map[string]outcome{},
		output:   map[string][]string{},
		broken:   map[string]bool{},
	}
}

// read takes events to the end of the stream. A line that is no event, such as
// a message of the go command, is shown as it is.
func (r *run) read(events io.Reader) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				r.take(e)
			} else {
				fmt.Fprint(r.out, line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *run) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		r.output[key] = append(r.output[key], e.Output)
	case "pass":
		r.end(e, key, passed)
	case "skip":
		r.end(e, key, skipped)
	case "fail":
		r.end(e, key, failed)
	}
}

// end records how a test or a package ended and shows what is worth seeing.
func (r *run) end(e event, key string, how outcome) {
	output := r.output[key]
	delete(r.output, key)

	if e.Test != "" {
		r.outcomes[key] = max(r.outcomes[key], how)
		if how == failed {
			r.broken[e.Package] = true
			r.print(output)
		} else if r.each {
			r.print(said(output))
		}
		return
	}
	if how != failed {
		r.print(closingLines(output))
		return
	}
	if !r.broken[e.Package] {
		// It did not build, or ended in the middle of a test: that counts too.
		r.outcomes[key] = failed
		r.print(r.unfinished(e.Package))
	}
	r.print(output)
}

// unfinished returns the output of tests that never ended, because the process
// did: the panic is in there.
func (r *run) unfinished(pkg string) []string {
	var lines []string
	for key, output := range r.output {
		if strings.HasPrefix(key, pkg+" ") {
			lines = append(lines, output...)
			delete(r.output, key)
		}
	}
	return lines
}

func (r *run) print(lines []string) {
	for _, line := range lines {
		fmt.Fprint(r.out, line)
	}
}

// said keeps what a test itself wrote, and how it ended.
func said(output []string) []string {
	return slices.DeleteFunc(output, func(line string) bool { return strings.HasPrefix(line, "=== ") })
}

// closingLines keeps the line by which go test ends a package that passed.
func closingLines(output []string) []string {
	return slices.DeleteFunc(output, func(line string) bool {
		return !strings.HasPrefix(line, "ok ") && !strings.HasPrefix(line, "? ")
	})
}

// named returns the tests with that outcome, sorted.
func (r *run) named(how outcome) []string {
	var names []string
	for key, o := range r.outcomes {
		if o == how {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	return names
}

func (r *run) counts() (passes, fails, skips int) {
	return len(r.named(passed)), len(r.named(failed)), len(r.named(skipped))
}
