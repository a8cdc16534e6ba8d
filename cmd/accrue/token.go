package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func tokenCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "token",
		Short:   "Make API tokens",
		GroupID: groupPeople,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	command.AddCommand(tokenCreateCommand())
	return command
}

// newToken is a token to be made, as flags say.
type newToken struct {
	database
	email string
	panel.NewToken
}

func tokenCreateCommand() *cobra.Command {
	t := newToken{NewToken: panel.NewToken{Scope: identity.ScopeWrite}}
	command := &cobra.Command{
		Use:   "create",
		Short: "Make an API token for somebody and print it this once",
		Long: `Make an API token that acts for somebody, within what its scope allows:

  read     see everything, change nothing
  write    see and change everything but passwords and tokens; the default
  billing  see what it costs, and nothing else

Standard output is the token, 64 characters, and nothing else. Only its hash is
kept, so it cannot be shown again.`,
		Example: `  accrue token create --data /var/lib/accrue --email ida@example.org --name backup --scope read --days 90`,
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return t.create(command) },
	}
	t.database.flags(command)
	flags := command.Flags()
	parse(flags, &t.email, "email", "ADDRESS", "for whom it acts", identity.NormalizeEmail)
	flags.StringVar(&t.Name, "name", "", "by which its owner will know it: `NAME`")
	parse(flags, &t.Scope, "scope", "SCOPE", "read, write or billing (default write)", parseScope)
	parse(flags, &t.Days, "days", "DAYS", "how long it is good for (default: for ever)", parseDays)
	parse(flags, &t.Ranges, "from", "ADDRESSES", "where it may be used from, such as 203.0.113.7,10.0.0.0/8 (default: anywhere)", identity.ParseRanges)
	parse(flags, &t.DailyCredits, "daily", "CREDITS", "what its orders of a day may cost a day (default: no limit)", billing.ParseCredits)
	return command
}

func parseScope(text string) (identity.Scope, error) {
	scope, known := identity.ParseScope(text)
	if !known {
		return "", fmt.Errorf("%q is not read, write or billing", text)
	}
	return scope, nil
}

func parseDays(text string) (int64, error) {
	days, err := strconv.ParseInt(text, 10, 32)
	if err != nil || days < 1 {
		return 0, fmt.Errorf("%q is not a number of days such as 90", text)
	}
	return days, nil
}

func (t *newToken) create(command *cobra.Command) error {
	if err := require(command, "email", "name"); err != nil {
		return err
	}
	ctx := command.Context()
	db, err := t.openExisting(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	p := deskPanel(db)
	who, err := userWho(command, p, t.email)
	if err != nil {
		return err
	}
	token, kept, err := p.CreateToken(ctx, who, t.NewToken)
	if err != nil {
		return err
	}
	until := "for ever"
	if kept.ExpiresAt != billing.Never {
		until = "until " + kept.ExpiresAt.Time().Format("2006-01-02 15:04 UTC")
	}
	fmt.Fprintf(command.ErrOrStderr(), "Token %q acts for %s, scope %s, %s. It is shown this once:\n", kept.Name, who.Email, kept.Scope, until)
	fmt.Fprintln(command.OutOrStdout(), token.Reveal())
	return nil
}

// userWho returns the user that --email names.
func userWho(command *cobra.Command, p *panel.Panel, email string) (identity.Who, error) {
	who, err := p.UserWho(command.Context(), email)
	switch {
	case errors.Is(err, panel.ErrNotFound):
		return who, fmt.Errorf("--email: there is no user %s", email)
	case errors.Is(err, panel.ErrUnauthorized):
		return who, fmt.Errorf("--email: the user %s is disabled", email)
	}
	return who, err
}
