package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// errDeclined is the answer no.
var errDeclined = errors.New("nothing was done")

// terminal is the terminal that somebody sits at, if anybody does.
func terminal(command *cobra.Command) (*os.File, bool) {
	file, ok := command.InOrStdin().(*os.File)
	return file, ok && term.IsTerminal(int(file.Fd()))
}

// confirm asks whether to go on. Where nobody could answer it is an error: what
// costs something or cannot be undone is then only done with --yes.
func confirm(command *cobra.Command, yes bool, question string) error {
	if yes {
		return nil
	}
	file, ok := terminal(command)
	if !ok {
		return misuse("%s There is nobody to ask, as this is no terminal: say --yes", question)
	}
	fmt.Fprintf(command.ErrOrStderr(), "%s [y/N] ", question)
	line, err := bufio.NewReader(file).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errDeclined
}

// secret reads what nobody may see: a line of standard input, or what somebody
// types at the terminal, which does not show it.
func secret(command *cobra.Command, fromStdin bool, flag, what string) (string, error) {
	if fromStdin {
		const most = 4096
		text, err := io.ReadAll(io.LimitReader(command.InOrStdin(), most))
		if err != nil {
			return "", fmt.Errorf("--%s: %w", flag, err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		return strings.TrimSpace(line), nil
	}
	file, ok := terminal(command)
	if !ok {
		return "", misuse("there is nobody to ask for %s, as this is no terminal: say --%s", what, flag)
	}
	fmt.Fprintf(command.ErrOrStderr(), "%s (not shown): ", strings.ToUpper(what[:1])+what[1:])
	text, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(command.ErrOrStderr())
	return strings.TrimSpace(string(text)), err
}
