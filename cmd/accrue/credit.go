package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func creditCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "credit",
		Short:   "Add credit to accounts, or take it away",
		GroupID: groupPeople,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	command.AddCommand(creditAddCommand())
	return command
}

// newCredit is credit to be added, as flags say.
type newCredit struct {
	database
	email   string
	account int64
	panel.Credit
}

func creditAddCommand() *cobra.Command {
	var c newCredit
	command := &cobra.Command{
		Use:   "add",
		Short: "Add credit to an account; a negative amount takes it away",
		Long: `Post an adjustment to an account's ledger. The balance may cross thresholds by
it: what was suspended for billing runs again when there is enough, and is
suspended when there no longer is.

Under one --request an adjustment is posted once, however often it is asked for.`,
		Example: `  accrue credit add --data /var/lib/accrue --email shop@example.com --amount 2500 --reason "Voucher of the fair"
  accrue credit add --data /var/lib/accrue --account 12 --amount -50 --reason "Paid twice" --request ticket-4711`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return c.add(command) },
	}
	c.database.flags(command)
	flags := command.Flags()
	parse(flags, &c.email, "email", "ADDRESS", "somebody who signs in for the account", identity.NormalizeEmail)
	parse(flags, &c.account, "account", "NUMBER", "the account's number", parseAccount)
	parse(flags, &c.Amount, "amount", "CREDITS", "how much, such as 12.50", parseAmount)
	flags.StringVar(&c.Reason, "reason", "", "why: `TEXT` that the customer reads in the ledger")
	flags.StringVar(&c.Request, "request", "", "a `KEY` of your own, under which this is posted once (default: a new one)")
	return command
}

func parseAccount(text string) (int64, error) {
	account, err := strconv.ParseInt(text, 10, 64)
	if err != nil || account < 1 {
		return 0, fmt.Errorf("%q is not the number of an account such as 12", text)
	}
	return account, nil
}

func parseAmount(text string) (billing.Credits, error) {
	amount, err := billing.ParseCredits(text)
	if err == nil && amount == 0 {
		err = errors.New("must not be zero")
	}
	return amount, err
}

func (c *newCredit) add(command *cobra.Command) error {
	if err := require(command, "amount", "reason"); err != nil {
		return err
	}
	if (c.email == "") == (c.account == 0) {
		return misuse("name the account by --email or by --account, and not by both")
	}
	if c.Request == "" {
		c.Request = "cli-" + rand.Text()
	}
	ctx := command.Context()
	db, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	p := deskPanel(db)
	if c.email != "" {
		who, err := userWho(command, p, c.email)
		if err != nil {
			return err
		}
		if who.AccountID == 0 {
			return fmt.Errorf("--email: %s is an administrator and has no account", c.email)
		}
		c.account = who.AccountID
	}
	posted, err := p.AddCredit(ctx, operator(), c.account, c.Credit)
	if errors.Is(err, panel.ErrNotFound) {
		return fmt.Errorf("there is no account %d", c.account)
	}
	if err != nil {
		return err
	}
	after, err := p.Summary(ctx, operator(), c.account)
	if err != nil {
		return err
	}
	fmt.Fprintf(command.OutOrStdout(), "Transaction %d of %s gives account %d (%s) %s credits.\nIts balance is %s credits.\n",
		posted.ID, posted.At, c.account, after.Account.Name, c.Amount.Short(), after.Balance)
	return nil
}
