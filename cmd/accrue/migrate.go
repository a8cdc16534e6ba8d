package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func migrateCommand() *cobra.Command {
	var data database
	command := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database up to date",
		Long: `Bring a database up to date, or make it if there is none. The panel does so by
itself when it starts; this is for doing it at another time, or as another user
of the database.`,
		Example: `  accrue migrate --data /var/lib/accrue
  accrue migrate --db postgres://accrue@db/accrue`,
		GroupID: groupRun,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			db, err := data.open(command.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			fmt.Fprintf(command.OutOrStdout(), "The %s database is up to date.\n", db.Engine())
			return nil
		},
	}
	data.flags(command)
	return command
}
