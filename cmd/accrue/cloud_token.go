package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
)

func (c *cloud) tokensCommand() *cobra.Command {
	command := commandGroup("tokens", "Look after API tokens", "token")
	list := listingOf(c, "list", "List your tokens, without their text", "/v1/tokens", "There are no tokens.", func(all []seen[client.Token]) *table {
		rows := newTable("ID>", "NAME", "ENDS IN", "SCOPE", "GOOD UNTIL", "GOOD AT", "DAILY>", "LAST USED")
		for _, t := range all {
			rows.row(fmt.Sprint(t.it.ID), t.it.Name, t.it.Hint, t.it.Scope, stampIf(t.it.ExpiresAt, "for ever"), tokenPlaces(t.it), tokenDaily(t.it), stampIf(t.it.UsedAt, "never"))
		}
		return rows
	})
	list.Example = "  accrue cloud tokens list"
	command.AddCommand(list, c.tokenMakeCommand(), c.tokenRevokeCommand())
	return command
}

func tokenPlaces(t client.Token) string {
	if len(t.From) == 0 {
		return "anywhere"
	}
	return strings.Join(t.From, ",")
}

func tokenDaily(t client.Token) string {
	if strings.Trim(t.DailyCredits, "0.") == "" {
		return "no limit"
	}
	return t.DailyCredits
}

// tokenOrder is a token to be made, as flags say.
type tokenOrder struct {
	client.NewToken
	from, daily   string
	forEver       bool
	passwordStdin bool
}

func (c *cloud) tokenMakeCommand() *cobra.Command {
	var o tokenOrder
	command := &cobra.Command{
		Use:   "create",
		Short: "Make an API token and print it this once",
		Long: `Make an API token that acts for you, within what its scope allows: read, write or
billing. Your password is asked for, or read from standard input with
--password-stdin: no token can make another by itself. Where it may be used and
what it may order a day are as with the token that you use, unless you say it.

Standard output is the token and nothing else. Only its hash is kept, so it
cannot be shown again.`,
		Example: `  accrue cloud tokens create --name backup --scope read --days 90
  accrue cloud tokens create --name ci --scope write --days 30 --from 203.0.113.7 --daily 48`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return c.makeToken(command, o) },
	}
	flags := command.Flags()
	flags.StringVar(&o.Name, "name", "", "by which you will know it: `NAME`")
	parse(flags, &o.Scope, "scope", "SCOPE", "read, write or billing", func(text string) (string, error) {
		scope, err := parseScope(text)
		return string(scope), err
	})
	parse(flags, &o.Days, "days", "DAYS", "how long it is good for", parseDays)
	flags.BoolVar(&o.forEver, "for-ever", false, "it is good until it is revoked")
	parse(flags, &o.from, "from", "ADDRESSES", "where it may be used from, such as 203.0.113.7,10.0.0.0/8; 0.0.0.0/0,::/0 for anywhere", func(text string) (string, error) {
		_, err := identity.ParseRanges(text)
		return text, err
	})
	parse(flags, &o.daily, "daily", "CREDITS", "what its orders of a day may cost a day; 0: no limit", func(text string) (string, error) {
		_, err := billing.ParseCredits(text)
		return text, err
	})
	passwordFlag(command, &o.passwordStdin)
	return command
}

func passwordFlag(command *cobra.Command, fromStdin *bool) {
	command.Flags().BoolVar(fromStdin, "password-stdin", false, "read your password from standard input")
}

func (c *cloud) makeToken(command *cobra.Command, o tokenOrder) error {
	if err := require(command, "name", "scope"); err != nil {
		return err
	}
	if o.forEver == (o.Days != 0) {
		return misuse("say either --days, how long it is good for, or --for-ever")
	}
	panel, err := c.panel()
	if err != nil {
		return err
	}
	if o.from != "" {
		o.From = strings.Split(o.from, ",")
	}
	if o.daily != "" {
		o.DailyCredits = &o.daily
	}
	if o.Password, err = secret(command, o.passwordStdin, "password-stdin", "password"); err != nil {
		return err
	}
	var made seen[client.MadeToken]
	if err := panel.Post(command.Context(), "/v1/tokens", o.NewToken, &made); err != nil {
		return err
	}
	t := made.it.Token
	return c.answer(command, made, func(w io.Writer) {
		tellBeside(command, "%s has the scope %s and is good until %s, at %s; orders a day: %s. It is shown this once:",
			refText(client.Ref{ID: t.ID, Name: t.Name}), t.Scope, stampIf(t.ExpiresAt, "it is revoked"), tokenPlaces(t), tokenDaily(t))
		fmt.Fprintln(w, made.it.Text)
	})
}

func (c *cloud) tokenRevokeCommand() *cobra.Command {
	var passwordStdin, yes bool
	command := &cobra.Command{
		Use: "revoke TOKEN", Short: "Revoke an API token",
		Long:    "Revoke an API token: programs that use it are refused from now on. Your password is\nasked for, unless it is the token that you use.",
		Example: "  accrue cloud tokens revoke backup",
		Args:    takes("TOKEN"), ValidArgsFunction: completer(c, 1, tokenCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			return c.revokeToken(command, args[0], passwordStdin, yes)
		},
	}
	passwordFlag(command, &passwordStdin)
	command.Flags().BoolVar(&yes, "yes", false, "do not ask whether to revoke the token that you use")
	return command
}

func (c *cloud) revokeToken(command *cobra.Command, text string, passwordStdin, yes bool) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	tokens, err := tokenCandidates(command, panel)
	if err != nil {
		return err
	}
	token, err := pick("token", text, tokens)
	if err != nil {
		return err
	}
	me, err := fetch[client.Me](command, panel, "/v1/me")
	if err != nil {
		return err
	}
	var body client.TokenRevocation
	if token.it.ID == me.it.Token.ID {
		err = confirm(command, yes, fmt.Sprintf("Revoke %s? It is the token that you use; you need another one then.", token.it.Name))
	} else {
		body.Password, err = secret(command, passwordStdin, "password-stdin", "password")
	}
	if err != nil {
		return err
	}
	if err := panel.Post(command.Context(), fmt.Sprintf("/v1/tokens/%d/revoke", token.it.ID), body, nil); err != nil {
		return err
	}
	return c.answer(command, token, func(w io.Writer) { fmt.Fprintf(w, "%s is revoked.\n", token.it.Name) })
}
