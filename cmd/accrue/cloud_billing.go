package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) balanceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "balance", Short: "Show the balance, and how long it lasts", Example: "  accrue cloud balance",
		Args: noArguments, RunE: func(command *cobra.Command, _ []string) error { return c.balance(command) },
	}
}

func (c *cloud) balance(command *cobra.Command) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	b, err := fetch[client.Balance](command, panel, "/v1/billing/balance")
	if err != nil {
		return err
	}
	return c.answer(command, b, func(w io.Writer) {
		var f facts
		f.add("Balance", "%s", b.it.Balance.Display)
		f.add("Costs now", "%s an hour", b.it.PerHour.Display)
		f.add("This month", "%s; last month by now %s", b.it.MonthUsed.Display, b.it.LastUsed.Display)
		f.add("Used up", "%s", stampAhead(b.it.ZeroAt, b.it.At, "not in sight"))
		f.add("Suspension", "%s; it comes below %s", stampAhead(b.it.SuspendAt, b.it.At, "not in sight"), b.it.Thresholds.Suspension.Display)
		f.add("To resume", "%s", display(b.it.ToLift, ""))
		f.print(w)
		if b.it.ToLift != nil {
			fmt.Fprintln(w, "Instances are suspended. Top up at least that much: accrue cloud topup AMOUNT")
		}
	})
}

// usageQuery is a usage report that is wanted, as flags say.
type usageQuery struct {
	month, currency string
	exported
}

func (c *cloud) usageCommand() *cobra.Command {
	var q usageQuery
	command := &cobra.Command{
		Use:   "usage",
		Short: "Show what was used in a month, instance by instance",
		Long: `Show what was used in a month, instance by instance. --export writes the report
into a file: as JSON if its name ends in .json, otherwise as CSV, the same file
as the console's.`,
		Example: `  accrue cloud usage
  accrue cloud usage --month 2026-10 --export october.csv`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return q.run(c, command) },
	}
	flags := command.Flags()
	parse(flags, &q.month, "month", "YYYY-MM", "the month, such as 2026-10 (default: the one that runs)", parseMonth)
	flags.StringVar(&q.currency, "currency", "", "show amounts in the currency with this `CODE` instead of the account's")
	q.exported.flags(command)
	return command
}

func parseMonth(text string) (string, error) {
	if _, err := time.Parse("2006-01", text); err != nil {
		return "", fmt.Errorf("%q is not a month such as 2026-10", text)
	}
	return text, nil
}

func (q *usageQuery) run(c *cloud, command *cobra.Command) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	query := url.Values{}
	if q.month != "" {
		query.Set("month", q.month)
	}
	if q.currency != "" {
		query.Set("currency", q.currency)
	}
	if csv, err := q.asCSV(c); err != nil {
		return err
	} else if csv {
		return q.table(command, panel, withQuery("/v1/billing/usage.csv", query))
	}
	u, err := fetch[client.Usage](command, panel, withQuery("/v1/billing/usage", query))
	if err != nil {
		return err
	}
	return q.document(c, command, u, func(w io.Writer) { tellUsage(w, u.it) })
}

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func tellUsage(w io.Writer, u client.Usage) {
	until := "to " + stamp(u.Until)
	if u.Closed {
		until = "closed"
	}
	fmt.Fprintf(w, "Usage of %s, %s\n\n", u.Month, until)
	rows := newTable("INSTANCE", "PLAN", "LOCATION", "FOR", "RATE>", "HOURS>", "AMOUNT>")
	for _, line := range u.Lines {
		rows.row(refText(line.Instance), line.Plan, line.Location, usedFor(line), rate(line), hoursOf(line.Seconds), line.Amount.Display)
	}
	rows.print(w, "Nothing was used.")
	fmt.Fprintf(w, "\nTotal  %s", u.Total.Display)
	if !u.Closed {
		fmt.Fprintf(w, "; expected by the month's end %s", u.Expected.Display)
	}
	fmt.Fprintln(w)
}

// usedFor is what a line of a report is for.
func usedFor(line client.UsageLine) string {
	switch {
	case line.Kind == "traffic":
		return fmt.Sprintf("traffic, %.2f GiB", float64(line.Bytes)/(1<<30))
	case line.Kind != "usage":
		return line.Kind
	case line.Percent != 100:
		return fmt.Sprintf("time at %d %%", line.Percent)
	case line.Capped:
		return "time, capped"
	}
	return "time"
}

// rate is the price of a line of a report.
func rate(line client.UsageLine) string {
	switch {
	case line.Kind != "usage":
		return ""
	case line.Price.Hourly != nil:
		return line.Price.Hourly.Display + "/h"
	}
	return display(line.Price.Monthly, "") + "/month"
}

// hoursOf writes seconds as hours with two decimals.
func hoursOf(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	hundredths := (seconds*100 + 1800) / 3600
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

// ledgerQuery is which part of a ledger is wanted, as flags say.
type ledgerQuery struct {
	kind string
	most int
	exported
}

func (c *cloud) ledgerCommand() *cobra.Command {
	var q ledgerQuery
	command := &cobra.Command{
		Use: "ledger", Short: "Show what was posted to the account, newest first",
		Long: `Show what was posted to the account, newest first. --csv prints all of it as the
console's file has it, and --export writes that into a file, or the entries that
are asked for as JSON.`,
		Example: `  accrue cloud ledger --kind top-up
  accrue cloud ledger --export ledger.csv`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return q.run(c, command) },
	}
	flags := command.Flags()
	flags.StringVar(&q.kind, "kind", "", "only entries of a `KIND`: top-up, adjustment, voucher, usage, refund or reversal")
	flags.IntVar(&q.most, "limit", 50, "how many entries at most: `NUMBER`; 0: all")
	q.exported.flags(command)
	completeFlag(command, "kind", cobra.FixedCompletions([]cobra.Completion{"top-up", "adjustment", "voucher", "usage", "refund", "reversal"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (q *ledgerQuery) run(c *cloud, command *cobra.Command) error {
	if q.most < 0 {
		return misuse("--limit: %d is not a number of entries", q.most)
	}
	panel, err := c.panel()
	if err != nil {
		return err
	}
	if csv, err := q.asCSV(c); err != nil {
		return err
	} else if csv {
		if command.Flags().Changed("kind") || command.Flags().Changed("limit") {
			return misuse("as CSV a ledger is whole: leave out --kind and --limit")
		}
		return q.table(command, panel, "/v1/billing/ledger.csv")
	}
	query := url.Values{"limit": {"200"}}
	if q.kind != "" {
		query.Set("kind", q.kind)
	}
	entries, err := fetchSome[client.Entry](command, panel, withQuery("/v1/billing/ledger", query), q.most)
	if err != nil {
		return err
	}
	return q.document(c, command, entries, func(w io.Writer) {
		rows := newTable("ID>", "AT", "KIND", "DESCRIPTION", "AMOUNT>", "BALANCE>")
		for _, e := range entries {
			rows.row(fmt.Sprint(e.it.ID), stamp(e.it.At), e.it.Kind, cmp.Or(e.it.Description, "of "+e.it.Month), e.it.Amount.Display, e.it.Balance.Display)
		}
		rows.print(w, "Nothing was posted.")
	})
}

func (c *cloud) topUpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "topup AMOUNT",
		Short: "Announce a payment, and say how to make it",
		Long: `Announce a payment of an amount in the account's currency. What it becomes in
credit is fixed at once; the credit is there when the provider has seen the
money. Printed is how to pay, and the link to the page that says it.`,
		Example: `  accrue cloud topup 25`,
		Args:    takes("AMOUNT"),
		RunE:    func(command *cobra.Command, args []string) error { return c.topUp(command, args[0]) },
	}
}

func (c *cloud) topUp(command *cobra.Command, amount string) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	var p seen[client.Payment]
	if err := panel.Post(command.Context(), "/v1/billing/payments", client.NewPayment{Amount: amount}, &p); err != nil {
		return err
	}
	return c.answer(command, p, func(w io.Writer) {
		var f facts
		f.add("Pay", "%s %s", p.it.Amount, p.it.Currency)
		f.add("Reference", "%s", p.it.Reference)
		f.add("To", "%s", p.it.BankTo)
		f.add("Becomes", "%s credits", p.it.Credits)
		f.add("Link", "%s/billing/topup/%d", panel.URL, p.it.ID)
		f.print(w)
		if p.it.HowToPay != "" {
			fmt.Fprintf(w, "\n%s\n", p.it.HowToPay)
		}
	})
}
