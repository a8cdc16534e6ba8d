package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"accrue/internal/store"
)

func backupCommand() *cobra.Command {
	var data database
	var to string
	command := &cobra.Command{
		Use:   "backup",
		Short: "Write a backup while the panel runs",
		Long: `Write what the SQLite database of a panel has at this moment into a file, while
the panel goes on. The file is a database itself: to go back to it, stop the
panel and put it in the place of DIR/accrue.db, without the files beside that
end in -wal and -shm. It appears when it is complete and has been checked, and
never over another file.

PostgreSQL has means of its own, such as pg_dump.`,
		Example: `  accrue backup --data /var/lib/accrue --to /var/backups/accrue-$(date +%F).db`,
		GroupID: groupRun,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := require(command, "to"); err != nil {
				return err
			}
			if err := data.settle(); err != nil {
				return err
			}
			url := data.url
			if data.dir != "" {
				url = "sqlite:" + data.file("accrue.db")
			}
			err := store.Backup(command.Context(), url, to)
			if errors.Is(err, store.ErrOwnBackup) {
				return errors.New("PostgreSQL is backed up by its own means; with pg_dump --format=custom, for instance")
			}
			if err == nil {
				fmt.Fprintf(command.OutOrStdout(), "Wrote %s.\n", to)
			}
			return err
		},
	}
	data.flags(command)
	command.Flags().StringVar(&to, "to", "", "the `FILE` to write")
	return command
}
