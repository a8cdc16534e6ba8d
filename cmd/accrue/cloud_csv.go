package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

// exported is the form in which a report is wanted, as flags say.
type exported struct {
	csv  bool
	file string
}

// flags adds the flags that say it.
func (e *exported) flags(command *cobra.Command) {
	command.Flags().BoolVar(&e.csv, "csv", false, "print CSV")
	command.Flags().StringVar(&e.file, "export", "", "write it to `FILE`, as JSON if its name ends in .json, otherwise as CSV")
}

// asCSV says whether it is a table.
func (e exported) asCSV(c *cloud) (bool, error) {
	if e.csv && c.json {
		return false, misuse("--csv and --json are two forms; choose one")
	}
	return e.csv || e.file != "" && !c.json && !strings.HasSuffix(e.file, ".json"), nil
}

// document prints a document, or writes it to the file.
func (e exported) document(c *cloud, command *cobra.Command, document any, tell func(io.Writer)) error {
	if e.file == "" {
		return c.answer(command, document, tell)
	}
	var text bytes.Buffer
	if err := writeJSON(&text, document); err != nil {
		return err
	}
	return e.keep(command, text.Bytes())
}

// keep prints what is exported, or writes it to the file.
func (e exported) keep(command *cobra.Command, text []byte) error {
	if e.file == "" {
		_, err := command.OutOrStdout().Write(text)
		return err
	}
	if err := os.WriteFile(e.file, text, 0o600); err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	tellBeside(command, "Wrote %s.", e.file)
	return nil
}

// table exports a table of the panel's as it is.
func (e exported) table(command *cobra.Command, panel *client.Client, path string) error {
	var text bytes.Buffer
	if err := panel.Get(command.Context(), path, &text); err != nil {
		return err
	}
	return e.keep(command, text.Bytes())
}
