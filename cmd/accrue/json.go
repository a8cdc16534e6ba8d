package main

import (
	"encoding/json"
	"io"
)

// writeJSON writes a document for programs, as every command does: indented, and
// with signs as they are.
func writeJSON(out io.Writer, document any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
