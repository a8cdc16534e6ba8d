package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func userCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "user",
		Short:   "Make people who sign in",
		GroupID: groupPeople,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	command.AddCommand(userCreateCommand())
	return command
}

// newUser is somebody to be made, as flags say.
type newUser struct {
	database
	email, name, currency, passwordFile string
	admin                               bool
	credit                              billing.Credits
}

func userCreateCommand() *cobra.Command {
	var u newUser
	command := &cobra.Command{
		Use:   "create",
		Short: "Make a customer, or with --admin an administrator",
		Long: `Make a customer with an account of their own, or with --admin somebody who
runs the panel.

The password is read from a file or, with --password-file -, from standard
input. Without that flag one is made up and printed this once. It is never
given on the command line, where others could read it.`,
		Example: `  accrue user create --data /var/lib/accrue --admin --email ida@example.org --name "Ida Berg"
  accrue user create --data /var/lib/accrue --email shop@example.com --name "The Shop" --currency EUR --credit 500`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return u.create(command) },
	}
	u.database.flags(command)
	flags := command.Flags()
	parse(flags, &u.email, "email", "ADDRESS", "where they are written to, and what they sign in with", identity.NormalizeEmail)
	flags.StringVar(&u.name, "name", "", "what they or their account are called: `NAME`")
	flags.BoolVar(&u.admin, "admin", false, "make an administrator")
	flags.StringVar(&u.currency, "currency", "", "show a customer amounts in the currency with this `CODE`, instead of the default one")
	parse(flags, &u.credit, "credit", "CREDITS", "credit that a customer begins with", billing.ParseCredits)
	flags.StringVar(&u.passwordFile, "password-file", "", "read the password from `FILE`; - is standard input")
	return command
}

func (u *newUser) create(command *cobra.Command) error {
	if err := require(command, "email", "name"); err != nil {
		return err
	}
	if u.admin && (u.currency != "" || u.credit != 0) {
		return misuse("--admin: an administrator has neither --currency nor --credit; make a customer for that")
	}
	password, generated := newPassword(), true
	if u.passwordFile != "" {
		var err error
		if password, err = readPassword(u.passwordFile, command.InOrStdin()); err != nil {
			return err
		}
		generated = false
	}
	ctx := command.Context()
	db, err := u.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	out := command.OutOrStdout()
	if u.admin {
		if _, err := deskPanel(db).CreateAdministrator(ctx, operator(), u.email, u.name, password); err != nil {
			return err
		}
		fmt.Fprintf(out, "Made administrator %s.\n", u.email)
	} else {
		account, _, err := deskPanel(db).CreateAccount(ctx, operator(), panel.NewAccount{
			Name: u.name, Email: u.email, Password: password, Currency: u.currency, Credit: u.credit,
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Made customer %s with account %d, in %s.\n", u.email, account.ID, account.Currency)
	}
	if generated {
		fmt.Fprintf(out, "Password: %s (shown this once)\n", password)
	}
	return nil
}
