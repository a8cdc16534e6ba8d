package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which Accrue this is",
		Example: "  accrue version",
		GroupID: groupRun,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			fmt.Fprintf(command.OutOrStdout(), "accrue %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// version is the version of the module that this was built from, or else the
// commit, as Go wrote it into the program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}
