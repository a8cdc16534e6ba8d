// Command testreport reads the events of go test -json and shows what a person
// wants to see of them: the output of what failed, go test's own closing line
// of every package, and the tests that were skipped, which count as failures,
// because a check that did not run is not a check.
//
//	go test -json ./... | testreport [-each]
//	testreport -total -status N FILE...
//
// With -each the output of what passed is shown, too, as soon as it has.
//
// The second form prints "N passed, N failed" over the events kept in files. A
// test that ran in several of them, under the race detector for instance,
// counts once, and as failed if it failed anywhere. When the run ended with a
// status other than zero and no test failed, whatever did fail counts as one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	total := flag.Bool("total", false, "count the tests in the event files named")
	each := flag.Bool("each", false, "show what passed, too")
	status := flag.Int("status", 0, "with -total: how the whole run ended")
	flag.Parse()

	var err error
	if *total {
		err = count(os.Stdout, flag.Args(), *status)
	} else {
		err = follow(os.Stdin, os.Stdout, *each)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
}

// follow shows the events of one run as they arrive, and returns an error when
// a test failed or was skipped, or when there was no test at all.
func follow(events io.Reader, out io.Writer, each bool) error {
	run := newRun(out)
	run.each = each
	if err := run.read(events); err != nil {
		return err
	}
	for _, name := range run.named(skipped) {
		fmt.Fprintln(out, "skipped:", name)
	}
	passes, fails, skips := run.counts()
	switch {
	case fails > 0 || skips > 0:
		return fmt.Errorf("%d passed, %d failed, %d skipped", passes, fails, skips)
	case passes == 0:
		return fmt.Errorf("no test ran")
	}
	return nil
}

// count prints the number of tests that passed and failed over several files of
// events. A test that was skipped wherever it was met counts as failed.
func count(out io.Writer, files []string, status int) error {
	run := newRun(io.Discard)
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(run.read(file), file.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	passes, fails, skips := run.counts()
	fails += skips
	if fails == 0 && status != 0 {
		fails = 1
	}
	_, err := fmt.Fprintf(out, "%d passed, %d failed\n", passes, fails)
	return err
}
