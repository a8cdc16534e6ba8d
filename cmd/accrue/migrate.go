package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accrue/internal/panel"
	"accrue/internal/store"
)

// migration is a database to be brought up to date, or to be moved, as flags say.
type migration struct {
	database
	from, to string
}

func migrateCommand() *cobra.Command {
	var m migration
	command := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database up to date, or move it to another one",
		Long: `Bring a database up to date, or make it if there is none. The panel does so by
itself when it starts; this is for doing it at another time, or as another user
of the database.

With --from and --to, move everything from one database to another, of the same
kind or of the other: from SQLite to PostgreSQL, and back. The target must be
empty, and the panel must not run. Every row is read back and compared, and the
laws of accrue verify are proven of what arrived, before anything is kept: the
target has all of it in the end, or nothing. The source is only read.`,
		Example: `  accrue migrate --data /var/lib/accrue
  accrue migrate --db postgres://accrue@db/accrue
  accrue migrate --from sqlite:///var/lib/accrue/accrue.db --to postgres://accrue@db/accrue`,
		GroupID: groupRun,
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return m.run(command) },
	}
	m.database.flags(command)
	command.Flags().StringVar(&m.from, "from", "", "move everything from the database at `URL`, such as sqlite:///var/lib/accrue/accrue.db")
	command.Flags().StringVar(&m.to, "to", "", "move everything to the empty database at `URL`, such as postgres://accrue@db/accrue")
	return command
}

func (m *migration) run(command *cobra.Command) error {
	ctx, out := command.Context(), command.OutOrStdout()
	switch {
	case m.from == "" && m.to == "":
		db, err := m.open(ctx)
		if err != nil {
			return err
		}
		defer db.Close()
		fmt.Fprintf(out, "The %s database is up to date.\n", db.Engine())
		return nil
	case m.dir != "" || m.url != "":
		return misuse("--from and --to name the databases; leave out --data and --db")
	case m.from == "" || m.to == "":
		return misuse("--from and --to go together")
	}
	return m.move(ctx, out)
}

// move moves everything and says what it was.
func (m *migration) move(ctx context.Context, out io.Writer) error {
	began := time.Now()
	var all int64
	move := store.Move{
		From:   m.from,
		To:     m.to,
		Source: wantIdle,
		Target: func(ctx context.Context, db panel.Store) error {
			laws, err := panel.New(db, noDrivers{}, nil, nil).Verify(ctx)
			if err != nil {
				return err
			}
			return reportLaws(out, laws, false)
		},
		Moved: func(table string, rows int64) {
			all += rows
			fmt.Fprintf(out, "→ %7d  %s\n", rows, strings.ReplaceAll(table, "_", " "))
		},
	}
	if err := move.Run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "Moved %d rows in %.1f seconds. Start the panel on the new database, and put the old one away.\n", all, time.Since(began).Seconds())
	return nil
}

// wantIdle refuses a panel that is at work: what it writes while it is copied, or
// after, would be lost.
func wantIdle(ctx context.Context, db panel.Store) error {
	health, err := panel.New(db, noDrivers{}, nil, nil).Health(ctx)
	if err == nil && health.Alive() {
		err = errors.New("a panel is at work on it, or was a minute ago; stop it first")
	}
	return err
}
