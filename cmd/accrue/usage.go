package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"accrue/internal/panel"
)

// usageError is a command line that makes no sense.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func misuse(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// flagError says what is wrong with a flag, and which.
func flagError(_ *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return misuse("--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
	}
	return misuse("%v", err)
}

// noArguments refuses what is neither a flag nor a subcommand.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misuse("%q: there is nothing to do with it; flags begin with --", args[0])
	}
	return nil
}

// needsCommand shows what there is, or says that something is not.
func needsCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return command.Help()
	}
	message := fmt.Sprintf("there is no command %q", args[0])
	if near := command.SuggestionsFor(args[0]); len(near) > 0 {
		message += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return misuse("%s", message)
}

// require refuses a command line without one of the flags that it needs.
func require(command *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if f := command.Flags().Lookup(name); f.Value.String() == "" {
			_, usage := pflag.UnquoteUsage(f)
			return misuse("--%s: is needed: %s", name, usage)
		}
	}
	return nil
}

// inFlags names the flag that the panel's complaint about a field is about.
func inFlags(command *cobra.Command, err error) error {
	var invalid *panel.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	name := strings.ReplaceAll(invalid.Field, "_", "-")
	if command.Flags().Lookup(name) == nil {
		return err
	}
	return fmt.Errorf("--%s: %s", name, invalid.Message)
}

// parsed is a flag that is read by a function, whose error says what it wants.
type parsed[T any] struct {
	to   *T
	read func(string) (T, error)
	text string
	kind string
}

func (p *parsed[T]) Set(text string) (err error) {
	value, err := p.read(text)
	if err == nil {
		*p.to, p.text = value, text
	}
	return err
}

func (p *parsed[T]) String() string { return p.text }
func (p *parsed[T]) Type() string   { return p.kind }

// parse adds a flag that is read by a function. Help calls its value kind.
func parse[T any](flags *pflag.FlagSet, to *T, name, kind, usage string, read func(string) (T, error)) {
	flags.Var(&parsed[T]{to: to, read: read, kind: kind}, name, usage)
}
