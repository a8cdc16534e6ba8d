package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/internal/panel"
)

func verifyCommand() *cobra.Command {
	var data database
	var asJSON bool
	command := &cobra.Command{
		Use:   "verify",
		Short: "Prove that ledger, charges, meters and reservations agree",
		Long: `Replay every charge from its segments by the rules as they are written, and
compare: with what was derived, what was posted, what was frozen in statements,
what runs, and what is reserved. It only reads, and may run beside the panel.

Exit status: 0 when every law holds, 1 when one does not; what is wrong with
what is then printed below it.`,
		Example: `  accrue verify --data /var/lib/accrue
  accrue verify --db postgres://accrue@db/accrue --json`,
		GroupID: groupCheck,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			db, err := data.openExisting(command.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			laws, err := deskPanel(db).Verify(command.Context())
			if err != nil {
				return err
			}
			return reportLaws(command.OutOrStdout(), laws, asJSON)
		},
	}
	data.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}

var errBroken = errors.New("not every law holds")

// reportLaws prints what was found. The error says that something is wrong.
func reportLaws(out io.Writer, laws []panel.Law, asJSON bool) error {
	holds := true
	for _, law := range laws {
		holds = holds && len(law.Broken) == 0
	}
	if asJSON {
		if err := writeLawsJSON(out, laws, holds); err != nil {
			return err
		}
	} else {
		writeLaws(out, laws)
	}
	if !holds {
		return errBroken
	}
	return nil
}

func writeLaws(out io.Writer, laws []panel.Law) {
	for _, law := range laws {
		mark := "✓"
		if len(law.Broken) > 0 {
			mark = "✗"
		}
		fmt.Fprintf(out, "%s %7d  %s\n", mark, law.Checked, law.Name)
		for _, broken := range law.Broken {
			fmt.Fprintf(out, "           %s\n", broken)
		}
	}
}

func writeLawsJSON(out io.Writer, laws []panel.Law, holds bool) error {
	type law struct {
		Name    string   `json:"name"`
		Holds   bool     `json:"holds"`
		Checked int64    `json:"checked"`
		Broken  []string `json:"broken"`
	}
	found := struct {
		Holds bool  `json:"holds"`
		Laws  []law `json:"laws"`
	}{Holds: holds}
	for _, l := range laws {
		found.Laws = append(found.Laws, law{l.Name, len(l.Broken) == 0, l.Checked, append([]string{}, l.Broken...)})
	}
	return writeJSON(out, found)
}
