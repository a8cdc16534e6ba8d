package main

import (
	"github.com/spf13/cobra"

	"accrue/internal/scenario"
)

func simulateCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "simulate FILE",
		Short: "Try prices and thresholds on a scenario before they go live",
		Long: `Run a scenario on a simulated clock through the real application: the same use
cases, billing, worker and placement as the server, with simulated hypervisors
that answer at once. It needs no database and leaves nothing behind.

FILE is YAML or JSON; docs/billing.md describes it.

Exit status: 0 when the scenario was run, 1 when it cannot be; one line then says
which event, or which line of the file, and why.`,
		Example: `  accrue simulate prices.yaml
  accrue simulate --json prices.yaml`,
		GroupID: groupCheck,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse("name one scenario FILE, not %d", len(args))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			s, err := scenario.Load(args[0])
			if err != nil {
				return err
			}
			result, err := s.Run(command.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return result.WriteJSON(command.OutOrStdout())
			}
			return result.WriteTables(command.OutOrStdout())
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}
