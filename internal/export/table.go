// Package export writes reports as files to be kept, the same whichever door
// they are asked for at.
package export

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// Table is a report as a file: its name without an ending, and its rows, of which
// the first one names the columns.
type Table struct {
	Name string
	Rows [][]string
}

// CSV writes the table as RFC 4180 has it. Its texts are harmless: no spreadsheet
// takes one for a formula.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	for n, row := range t.Rows {
		if n > 0 {
			for i := range row {
				row[i] = harmless(row[i])
			}
		}
		_ = out.Write(row) // a buffer takes everything
	}
	out.Flush()
	return b.Bytes()
}

// harmless keeps a spreadsheet from taking a text for a formula. Numbers, which
// may begin with a sign, are left as they are.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsAny(cell[:1], "=+-@\t\r") || isNumber(cell) {
		return cell
	}
	return "'" + cell
}

// isNumber says whether a cell is a plain decimal number.
func isNumber(cell string) bool {
	digits := strings.TrimPrefix(cell, "-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") <= 1
}

func text(n int64) string { return strconv.FormatInt(n, 10) }
