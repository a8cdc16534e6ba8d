package web

// GraphsView is what one machine, or several together, did over a stretch of
// time. The script draws it from the figures at Data.
type GraphsView struct {
	Data    string // where the figures are
	Ranges  []Tab
	Every   string // seconds between two looks for new figures
	Nothing string // why nothing is known of the stretch; "" when something is
	Note    string
	Graphs  []Graph
}

// Graph is what is drawn with one axis. Unit says how its figures are written:
// "percent", "bytes", "rate" for bytes a second, "count" for a number a second.
type Graph struct {
	ID, Title string
	Unit      string
	Top       string // where the axis ends, if that is known
	Label     string // read out in place of the drawing
	Lines     []GraphLine
	Rows      []GraphRow
}

// GraphLine is one line of a graph, with figures in words.
type GraphLine struct {
	Series           string // as the figures at Data name it
	Name             string // "Read"; "" where the graph has no other line
	Last, Mean, Peak string // "–" where nothing is known
}

// GraphRow is what was so at a time, by line.
type GraphRow struct {
	At     Instant
	Values []string
}

// swatch is the colour of a line, far from that of the other.
func (g Graph) swatch(n int) string {
	if len(g.Lines) == 1 {
		return "c2"
	}
	return []string{"c1", "c3"}[n]
}

// name is what a line is called in a table.
func (g Graph) name(n int) string {
	if g.Lines[n].Name == "" {
		return g.Title
	}
	return g.Lines[n].Name
}

// instanceTabs are the views of an instance.
func instanceTabs(url, current string) []Tab {
	tabs := []Tab{{Text: "Overview", URL: url}, {Text: "Graphs", URL: url + "/graphs"}}
	for n := range tabs {
		tabs[n].Current = tabs[n].URL == url+current
	}
	return tabs
}
