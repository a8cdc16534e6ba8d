package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
	"accrue/internal/export"
)

// export prints a document, or writes it to a file.
func (c *cloud) export(command *cobra.Command, document any, table export.Table, asCSV bool, name string, tell func(io.Writer)) error {
	if asCSV && c.json {
		return misuse("--csv and --json are two forms; choose one")
	}
	if name == "" {
		if asCSV {
			_, err := command.OutOrStdout().Write(table.CSV())
			return err
		}
		return c.answer(command, document, tell)
	}
	var text bytes.Buffer
	if c.json || !asCSV && strings.HasSuffix(name, ".json") {
		if err := writeJSON(&text, document); err != nil {
			return err
		}
	} else {
		text.Write(table.CSV())
	}
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	tellBeside(command, "Wrote %s.", name)
	return nil
}

// usageTable is a usage report with the columns of the console's file.
func usageTable(u client.Usage) export.Table {
	rows := [][]string{{
		"month", "instance_id", "instance", "plan", "location", "kind", "percent",
		"hourly_credits", "monthly_credits", "seconds", "bytes", "capped", "credits", "amount", "currency",
		"snapshot_id", "snapshot",
	}}
	for _, line := range u.Lines {
		var snapshot, name string
		if line.Snapshot != nil {
			snapshot, name = fmt.Sprint(line.Snapshot.ID), line.Snapshot.Name
		}
		rows = append(rows, []string{
			u.Month, fmt.Sprint(line.Instance.ID), line.Instance.Name, line.Plan, line.Location, line.Kind, fmt.Sprint(line.Percent),
			creditsOf(line.Price.Hourly), creditsOf(line.Price.Monthly), fmt.Sprint(line.Seconds), fmt.Sprint(line.Bytes), fmt.Sprint(line.Capped),
			line.Amount.Credits, line.Amount.Amount, line.Amount.Currency,
			snapshot, name,
		})
	}
	return export.Table{Rows: rows}
}

// ledgerTable is a ledger with the columns of the console's file.
func ledgerTable(entries []seen[client.Entry]) export.Table {
	rows := [][]string{{"id", "at", "kind", "description", "paid", "credits", "balance_credits", "corrects"}}
	for _, e := range entries {
		rows = append(rows, []string{
			fmt.Sprint(e.it.ID), e.it.At.UTC().Format("2006-01-02T15:04:05Z"), e.it.Kind, e.it.Description, e.it.Paid,
			e.it.Amount.Credits, e.it.Balance.Credits, fmt.Sprint(e.it.Corrects),
		})
	}
	return export.Table{Rows: rows}
}

// creditsOf are the credits of an amount that may not be there.
func creditsOf(m *client.Money) string {
	if m == nil {
		return "0.000000"
	}
	return m.Credits
}
