package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"accrue/client"
)

// carriedOut follows a command to an instance to its end and says what has become
// of the instance. For programs it prints the order as it has come to an end. The
// password that the order made is told first.
func (c *cloud) carriedOut(command *cobra.Command, panel *client.Client, ordered seen[client.Ordered], noWait bool, said func(client.Instance) string) error {
	i, action := ordered.it.Instance, ordered.it.Action
	if !c.json {
		tellRootPassword(command.OutOrStdout(), ordered.it)
	}
	if action == nil {
		return c.answer(command, ordered, func(w io.Writer) { fmt.Fprintf(w, "%s is %s already; there is nothing to do.\n", i.Name, i.Status) })
	}
	if noWait {
		return c.answer(command, ordered, func(w io.Writer) {
			fmt.Fprintf(w, "%s is %s; action %d is under way.\n", refText(client.Ref{ID: i.ID, Name: i.Name}), i.Status, action.ID)
		})
	}
	ended, err := c.follow(command, panel, *action)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("it goes on without you; see how far it is with: accrue cloud instances show %d", i.ID)
	}
	if err != nil {
		return err
	}
	now, err := fetch[client.Instance](command, panel, fmt.Sprintf("/v1/instances/%d", i.ID))
	if err != nil {
		return err
	}
	document := struct {
		Instance seen[client.Instance] `json:"instance"`
		Action   seen[client.Action]   `json:"action"`
		Password string                `json:"root_password,omitempty"`
	}{now, ended, ordered.it.RootPassword}
	failure := failureOf(ended.it)
	return errors.Join(c.answer(command, document, func(w io.Writer) {
		if failure == nil {
			fmt.Fprintln(w, printable(said(now.it)))
		}
	}), failure)
}

// failureOf is why an action has not succeeded, nil if it has.
func failureOf(a client.Action) error {
	switch {
	case a.State == "succeeded":
		return nil
	case a.Error != nil:
		return errors.New(a.Error.Message)
	}
	return fmt.Errorf("the action is %s", a.State)
}

// slowest is how long is waited between looks at an action at most.
const slowest = 5 * time.Second

// follow waits until an action has ended, and shows how far it is: on a terminal
// in one line, otherwise with a line for each step.
func (c *cloud) follow(command *cobra.Command, panel *client.Client, a client.Action) (ended seen[client.Action], err error) {
	progress := newProgress(command.ErrOrStderr())
	defer progress.end()
	began := time.Now()
	for pause := c.pause; ; pause = min(pause*5/4, slowest) {
		ended, err = fetch[client.Action](command, panel, fmt.Sprintf("/v1/actions/%d", a.ID))
		if err != nil || ended.it.Ended() {
			return ended, err
		}
		progress.show(ended.it, time.Since(began))
		select {
		case <-command.Context().Done():
			return ended, command.Context().Err()
		case <-time.After(pause):
		}
	}
}

// sentenceOf says what an action is doing.
func sentenceOf(a client.Action) string {
	switch {
	case a.State == "waiting" && a.Error != nil:
		return strings.TrimSuffix(a.Error.Message, ".")
	case a.Step != "":
		return a.Step
	case a.State == "queued":
		return "Waiting for its turn"
	}
	return "Beginning"
}

// progress shows how far an action is.
type progress struct {
	out   io.Writer
	live  bool // a terminal, whose line can be written again
	shown string
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, live: ok && term.IsTerminal(int(file.Fd()))}
}

func (p *progress) show(a client.Action, since time.Duration) {
	text := printable(sentenceOf(a))
	if p.live {
		fmt.Fprintf(p.out, "\r\033[K%s, %d %%, %s", text, a.Progress, lasting(since))
	} else if text != p.shown {
		fmt.Fprintln(p.out, text)
	}
	p.shown = text
}

func (p *progress) end() {
	if p.live && p.shown != "" {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
