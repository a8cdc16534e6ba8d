package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	done    = 0
	failed  = 1
	misused = 2
)

func main() {
	syscall.Umask(0o077) // what is written is for its owner only
	tuneMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs a command line and returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return execute(ctx, root, stderr)
}

// execute runs a command, says what went wrong, and returns the exit status.
func execute(ctx context.Context, root *cobra.Command, stderr io.Writer) int {
	command, err := root.ExecuteContextC(ctx)
	var misuse *usageError
	switch {
	case err == nil:
		return done
	case errors.As(err, &misuse):
		fmt.Fprintf(stderr, "%s: %v\nRun '%s --help' to see how it is used.\n", command.CommandPath(), err, command.CommandPath())
		return misused
	case strings.HasPrefix(command.CommandPath(), "accrue cloud "):
		fmt.Fprintf(stderr, "%s: %s\n", command.CommandPath(), explained(err))
		return cloudStatus(err)
	default:
		fmt.Fprintf(stderr, "%s: %v\n", command.CommandPath(), inFlags(command, err))
		return failed
	}
}

// The groups in which help shows the commands.
const (
	groupRun    = "run"
	groupPeople = "people"
	groupCheck  = "check"
	groupCloud  = "cloud"
)

func rootCommand() *cobra.Command {
	cobra.EnableCommandSorting = false // the order below is by what one needs first
	root := &cobra.Command{
		Use:   "accrue",
		Short: "A control panel for hypervisors that sells instances by the second",
		Long: `Accrue is a control panel for hypervisors that sells instances by the second,
at hourly prices. This one command is the panel and the tools around it.

To have a look around, run: accrue demo

Exit status: 0 when it was done, 1 when it was not, 2 when the command line
makes no sense. The customer's commands have more: see accrue cloud --help.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          needsCommand,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(
		&cobra.Group{ID: groupRun, Title: "Running the panel:"},
		&cobra.Group{ID: groupPeople, Title: "People and credit:"},
		&cobra.Group{ID: groupCheck, Title: "Trying and proving:"},
		&cobra.Group{ID: groupCloud, Title: "As a customer:"},
	)
	root.AddCommand(
		demoCommand(),
		serveCommand(),
		hypervisorCommand(),
		migrateCommand(),
		backupCommand(),
		userCommand(),
		tokenCommand(),
		creditCommand(),
		simulateCommand(),
		verifyCommand(),
		benchCommand(),
		cloudCommand(),
		versionCommand(),
	)
	return root
}
