package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"accrue/client"
)

// table is rows for people, under headings. Columns whose heading ends with ">"
// are numbers and stand at the right.
type table struct {
	heads []string
	rows  [][]string
}

func newTable(heads ...string) *table { return &table{heads: heads} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table, or what there is to say when it is empty.
func (t *table) print(w io.Writer, empty string) {
	if len(t.rows) == 0 {
		fmt.Fprintln(w, empty)
		return
	}
	heads := make([]string, len(t.heads))
	right := make([]bool, len(t.heads))
	for n, head := range t.heads {
		heads[n], right[n] = strings.CutSuffix(head, ">")
	}
	writeRows(w, append([][]string{heads}, t.rows...), right)
}

// facts are what there is to say of one thing, line by line.
type facts [][]string

func (f *facts) add(name, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" {
		*f = append(*f, []string{name, text})
	}
}

func (f *facts) print(w io.Writer) { writeRows(w, *f, []bool{false, false}) }

// writeRows writes rows in columns two spaces apart.
func writeRows(w io.Writer, rows [][]string, right []bool) {
	width := make([]int, len(right))
	for _, row := range rows {
		for n, cell := range row {
			row[n] = printable(cell)
			width[n] = max(width[n], utf8.RuneCountInString(row[n]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for n, cell := range row {
			space := strings.Repeat(" ", width[n]-utf8.RuneCountInString(cell))
			if right[n] {
				line.WriteString(space + cell + "  ")
			} else {
				line.WriteString(cell + space + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// printable keeps what a panel says from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

// stamp is a point in time.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// stampIf is a point in time that may not be there.
func stampIf(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return stamp(*t)
}

// stampAhead is a point in time to come, and how far off it is.
func stampAhead(t *time.Time, now time.Time, none string) string {
	if t == nil {
		return none
	}
	if !t.After(now) {
		return "now"
	}
	return fmt.Sprintf("%s, in %s", stamp(*t), lasting(t.Sub(now)))
}

// lasting is a time in its one or two largest units.
func lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 3*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= day:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// display is an amount that may not be there.
func display(m *client.Money, none string) string {
	if m == nil {
		return none
	}
	return m.Display
}

// refText is a thing by its name and ID.
func refText(r client.Ref) string { return fmt.Sprintf("%s (%d)", r.Name, r.ID) }

// resourcesText is what an instance has.
func resourcesText(r client.Resources) string {
	text := fmt.Sprintf("%d vCPU, %s memory, %d GiB disk", r.VCPUs, memoryText(r.MemoryMiB), r.DiskGiB)
	if r.GPUs > 0 {
		text += fmt.Sprintf(", %d GPU", r.GPUs)
	}
	return text
}

func memoryText(mib int64) string {
	if mib%1024 == 0 {
		return fmt.Sprintf("%d GiB", mib/1024)
	}
	return fmt.Sprintf("%d MiB", mib)
}

// labelled is labels as flags take them.
func labelled(l client.Labels) string {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(l)) {
		pairs = append(pairs, key+"="+l[key])
	}
	return strings.Join(pairs, ",")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
