package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

// graphRange is a stretch of time that can be looked at, until now.
type graphRange struct {
	name, text string
	length     billing.Instant
	row        int64  // seconds that a row of the table stands for
	at         string // how a time is written in it
	often      string // seconds after which there is something new
}

var graphRanges = []graphRange{
	{"hour", "Hour", billing.Hour, 300, "15:04", "60"},
	{"day", "Day", billing.Day, 3600, "2 Jan 15:04", "120"},
	{"week", "Week", 7 * billing.Day, 6 * 3600, "2 Jan 15:04", "600"},
	{"month", "30 days", 30 * billing.Day, 24 * 3600, "2 Jan", "600"},
}

// lookedAt is the stretch of time that a visitor wants to see: a day if they do
// not say.
func lookedAt(v *visit) graphRange {
	for _, r := range graphRanges {
		if r.name == v.field("range") {
			return r
		}
	}
	return graphRanges[1]
}

// axis is a graph before its figures are known.
type axis struct {
	id, title, unit string
	lines           []axisLine
}

type axisLine struct {
	series metric.Series
	name   string
}

var graphAxes = []axis{
	{"cpu", "CPU", "percent", []axisLine{{metric.CPU, ""}}},
	{"memory", "Memory", "bytes", []axisLine{{metric.Memory, ""}}},
	{"disk", "Disk throughput", "rate", []axisLine{{metric.DiskRead, "Read"}, {metric.DiskWrite, "Written"}}},
	{"operations", "Disk operations", "count", []axisLine{{metric.DiskReads, "Reads"}, {metric.DiskWrites, "Writes"}}},
	{"network", "Network", "rate", []axisLine{{metric.NetIn, "In"}, {metric.NetOut, "Out"}}},
	{"packets", "Packets", "count", []axisLine{{metric.PacketsIn, "In"}, {metric.PacketsOut, "Out"}}},
}

// figureOf is the figure of a series as graphs have it: percent, bytes, or
// something a second.
func figureOf(p metric.Point, s metric.Series) float64 {
	if s == metric.Memory {
		return p.Of(s) * (1 << 20)
	}
	return p.Of(s)
}

// figure writes a figure in its unit: "12.5 %", "1.20 GiB", "3.4 MiB/s", "120/s".
func figure(unit string, x float64) string {
	switch unit {
	case "percent":
		return decimal(x) + " %"
	case "bytes":
		return byteSize(int64(x))
	case "rate":
		return byteSize(int64(x)) + "/s"
	}
	return decimal(x) + "/s"
}

// decimal writes a number with a decimal below ten, and none otherwise.
func decimal(x float64) string {
	if x < 9.95 && x >= 0.05 {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return grouped(int64(math.Round(x)))
}

// graphsView puts into words what is known of a stretch of time. memory is how
// much there is, in MiB.
func graphsView(url string, r graphRange, points []metric.Point, memory int64) GraphsView {
	view := GraphsView{Data: url + "/metrics?range=" + r.name, Every: r.often}
	for _, other := range graphRanges {
		view.Ranges = append(view.Ranges, Tab{Text: other.text, URL: url + "/graphs?range=" + other.name, Current: other.name == r.name})
	}
	for _, a := range graphAxes {
		view.Graphs = append(view.Graphs, a.graph(r, points, memory))
	}
	return view
}

func (a axis) graph(r graphRange, points []metric.Point, memory int64) Graph {
	g := Graph{ID: a.id, Title: a.title, Unit: a.unit, Label: a.title + " over the last " + r.name}
	switch {
	case a.id == "cpu":
		g.Top = "100"
	case a.id == "memory":
		g.Top = strconv.FormatInt(memory<<20, 10)
	}
	for _, l := range a.lines {
		line := GraphLine{Series: l.series.String(), Name: l.name, Last: "–", Mean: "–", Peak: "–"}
		if len(points) > 0 {
			sum, peak := 0.0, 0.0
			for _, p := range points {
				sum += figureOf(p, l.series)
				peak = max(peak, figureOf(p, l.series))
			}
			line.Last = figure(a.unit, figureOf(points[len(points)-1], l.series))
			line.Mean, line.Peak = figure(a.unit, sum/float64(len(points))), figure(a.unit, peak)
			g.Label += "; " + strings.TrimSpace(fmt.Sprintf("%s mean %s, highest %s", strings.ToLower(l.name), line.Mean, line.Peak))
		}
		g.Lines = append(g.Lines, line)
	}
	rows := metric.Condense(points, r.row)
	for n := len(rows) - 1; n >= 0; n-- {
		at := billing.Instant(rows[n].At)
		row := GraphRow{At: Instant{Text: at.Time().Format(r.at), Machine: at.String()}}
		for _, l := range a.lines {
			row.Values = append(row.Values, figure(a.unit, figureOf(rows[n], l.series)))
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// plotted are the figures for the script: a place for each step, and nothing in it
// where nothing is known.
type plotted struct {
	From   int64                 `json:"from"`
	To     int64                 `json:"to"`
	At     []int64               `json:"at"`
	Series map[string][]*float64 `json:"series"`
}

func plottedOf(points []metric.Point, drawn panel.MetricsRange) plotted {
	first := int64(drawn.From.Floor(billing.Instant(drawn.Step)))
	s := plotted{From: int64(drawn.From), To: int64(drawn.To), At: []int64{}, Series: map[string][]*float64{}}
	for at := first; at < int64(drawn.To); at += drawn.Step {
		s.At = append(s.At, at)
	}
	for _, known := range metric.All() {
		values := make([]*float64, len(s.At))
		for _, p := range points {
			if n := (p.At - first) / drawn.Step; n >= 0 && n < int64(len(values)) {
				value := figureOf(p, known)
				values[n] = &value
			}
		}
		s.Series[known.String()] = values
	}
	return s
}

// stretch is the range of a panel's metrics that a visitor wants to see.
func (s *server) stretch(v *visit) (graphRange, panel.MetricsRange, error) {
	r := lookedAt(v)
	now, err := s.Panel.Now(v.Context())
	return r, panel.MetricsRange{From: now - r.length, To: now}, err
}

func (s *server) instanceGraphs(w http.ResponseWriter, v *visit) error {
	view, i, err := s.instanceView(v)
	if err != nil {
		return err
	}
	r, stretch, err := s.stretch(v)
	if err != nil {
		return err
	}
	points, _, err := s.Panel.Metrics(v.Context(), v.who, i.ID, stretch)
	if err != nil {
		return err
	}
	g := graphsView(view.URL, r, points, i.Size.MemoryMiB)
	g.Note = "CPU is the share of all its processors together. What it sent this month, and what its plan includes, is on the overview."
	switch {
	case len(points) > 0:
	case i.Facts.Observed == fleet.PowerOn:
		g.Nothing = "The first figures come about a minute after the instance has started. They appear here by themselves."
	default:
		g.Nothing = "The instance was off, or not there yet. Figures are kept for 30 days."
	}
	p, err := s.page(w, v, "Graphs of "+i.Name)
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, InstanceGraphsPage(p, view, g))
}

func (s *server) instanceMetrics(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	_, stretch, err := s.stretch(v)
	if err != nil {
		return err
	}
	points, drawn, err := s.Panel.Metrics(v.Context(), v.who, i.ID, stretch)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, plottedOf(points, drawn))
}

func (s *server) hypervisorGraphs(w http.ResponseWriter, v *visit) error {
	h, _, err := s.hypervisor(v)
	if err != nil {
		return err
	}
	r, stretch, err := s.stretch(v)
	if err != nil {
		return err
	}
	points, _, err := s.Panel.HypervisorMetrics(v.Context(), v.who, h.ID, stretch)
	if err != nil {
		return err
	}
	url := "/admin/hypervisors/" + text(h.ID)
	g := graphsView(url, r, points, h.Capacity.MemoryMiB)
	g.Note = "CPU is the share of the hypervisor's threads that its instances used."
	if len(points) == 0 {
		g.Nothing = "Nothing that is on it has run in this time, or its driver has no counters to read."
	}
	return s.adminShow(w, v, http.StatusOK, "Graphs of "+h.Name, func(p Page) templ.Component {
		return HypervisorGraphsPage(p, Link{Text: h.Name, URL: url}, g)
	})
}

func (s *server) hypervisorMetrics(w http.ResponseWriter, v *visit) error {
	_, stretch, err := s.stretch(v)
	if err != nil {
		return err
	}
	points, drawn, err := s.Panel.HypervisorMetrics(v.Context(), v.who, v.id(), stretch)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, plottedOf(points, drawn))
}
