package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) consoleCommand() *cobra.Command {
	var serial bool
	command := &cobra.Command{
		Use: "console INSTANCE", Short: "Open an instance's screen or serial port",
		Long: `Print the address of a WebSocket with an instance's screen, as VNC viewers speak
it, or with its serial port. It is all that a viewer needs, so keep it to
yourself; it is good once, and for 30 seconds.`,
		Example: "  accrue cloud console web-1 --serial",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, i, err := c.instance(command, args[0])
			if err != nil {
				return err
			}
			ask, what := client.NewConsole{Kind: "screen"}, "screen"
			if serial {
				ask.Kind, what = "serial", "serial port"
			}
			var opened seen[client.Console]
			if err := panel.Post(command.Context(), fmt.Sprintf("/v1/instances/%d/console", i.it.ID), ask, &opened); err != nil {
				return err
			}
			return c.answer(command, opened, func(w io.Writer) {
				tellBeside(command, "The %s of %s, good once and until %s:", what, i.it.Name, opened.it.ExpiresAt.UTC().Format("15:04:05 UTC"))
				fmt.Fprintln(w, opened.it.URL)
			})
		},
	}
	command.Flags().BoolVar(&serial, "serial", false, "its serial port instead of its screen")
	return command
}
