package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

// export prints a document, or writes it to a file.
func (c *cloud) export(command *cobra.Command, document any, rows [][]string, asCSV bool, name string, tell func(io.Writer)) error {
	if asCSV && c.json {
		return misuse("--csv and --json are two forms; choose one")
	}
	if name == "" {
		if asCSV {
			return writeCSV(command.OutOrStdout(), rows)
		}
		return c.answer(command, document, tell)
	}
	var text bytes.Buffer
	if c.json || !asCSV && strings.HasSuffix(name, ".json") {
		out := json.NewEncoder(&text)
		out.SetIndent("", "  ")
		if err := out.Encode(document); err != nil {
			return err
		}
	} else if err := writeCSV(&text, rows); err != nil {
		return err
	}
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	tellBeside(command, "Wrote %s.", name)
	return nil
}

func writeCSV(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// usageRows are a usage report with the columns of the console's file.
func usageRows(u client.Usage) [][]string {
	rows := [][]string{{
		"month", "instance_id", "instance", "plan", "location", "kind", "percent",
		"hourly_credits", "monthly_credits", "seconds", "bytes", "capped", "credits", "amount", "currency",
	}}
	for _, line := range u.Lines {
		rows = append(rows, []string{
			u.Month, fmt.Sprint(line.Instance.ID), harmless(line.Instance.Name), harmless(line.Plan), harmless(line.Location), line.Kind, fmt.Sprint(line.Percent),
			creditsOf(line.Price.Hourly), creditsOf(line.Price.Monthly), fmt.Sprint(line.Seconds), fmt.Sprint(line.Bytes), fmt.Sprint(line.Capped),
			line.Amount.Credits, line.Amount.Amount, line.Amount.Currency,
		})
	}
	return rows
}

// ledgerRows are entries with the columns of the console's file.
func ledgerRows(entries []seen[client.Entry]) [][]string {
	rows := [][]string{{"id", "at", "kind", "description", "paid", "credits", "balance_credits", "corrects"}}
	for _, e := range entries {
		rows = append(rows, []string{
			fmt.Sprint(e.it.ID), e.it.At.UTC().Format("2006-01-02T15:04:05Z"), e.it.Kind, harmless(e.it.Description), harmless(e.it.Paid),
			e.it.Amount.Credits, e.it.Balance.Credits, fmt.Sprint(e.it.Corrects),
		})
	}
	return rows
}

// creditsOf are the credits of an amount that may not be there.
func creditsOf(m *client.Money) string {
	if m == nil {
		return "0.000000"
	}
	return m.Credits
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}
