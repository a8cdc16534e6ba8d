package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) tokensCommand() *cobra.Command {
	command := commandGroup("tokens", "Look after API tokens", "token")
	list := listingOf(c, "list", "List your tokens, without their text", "/v1/tokens", "There are no tokens.", func(all []seen[client.Token]) *table {
		rows := newTable("ID>", "NAME", "ENDS IN", "SCOPE", "GOOD UNTIL", "GOOD AT", "DAILY>", "LAST USED")
		for _, t := range all {
			where := strings.Join(t.it.From, ",")
			if where == "" {
				where = "anywhere"
			}
			daily := t.it.DailyCredits
			if strings.Trim(daily, "0.") == "" {
				daily = "no limit"
			}
			rows.row(fmt.Sprint(t.it.ID), t.it.Name, t.it.Hint, t.it.Scope, stampIf(t.it.ExpiresAt, "for ever"), where, daily, stampIf(t.it.UsedAt, "never"))
		}
		return rows
	})
	list.Example = "  accrue cloud tokens list"
	command.AddCommand(list)
	return command
}
