package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	command, err := root.ExecuteContextC(ctx)
	var misuse *usageError
	switch {
	case err == nil:
		return done
	case errors.As(err, &misuse):
		fmt.Fprintf(stderr, "%s: %v\nRun '%s --help' to see how it is used.\n", command.CommandPath(), err, command.CommandPath())
		return misused
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
makes no sense.`,
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
	)
	root.AddCommand(
		demoCommand(),
		serveCommand(),
		migrateCommand(),
		backupCommand(),
		userCommand(),
		tokenCommand(),
		creditCommand(),
		simulateCommand(),
		verifyCommand(),
		benchCommand(),
		versionCommand(),
	)
	return root
}
