package web

import (
	"reflect"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

func pointAt(at int64, cpu, memory int64) metric.Point {
	p := metric.Point{At: at}
	p.Values[metric.CPU], p.Values[metric.Memory] = cpu, memory
	return p
}

func TestSeriesHaveGapsWhereNothingIsKnown(t *testing.T) {
	drawn := panel.MetricsRange{From: 130, To: 330, Step: 60}
	got := plottedOf([]metric.Point{pointAt(120, 1250, 512), pointAt(240, 0, 0)}, drawn)
	if want := []int64{120, 180, 240, 300}; !reflect.DeepEqual(got.At, want) {
		t.Errorf("instants: got %v, want %v", got.At, want)
	}
	var known []any
	for _, x := range got.Series["cpu"] {
		if x == nil {
			known = append(known, nil)
			continue
		}
		known = append(known, *x)
	}
	if want := []any{12.5, nil, 0.0, nil}; !reflect.DeepEqual(known, want) {
		t.Errorf("CPU: got %v, want %v", known, want)
	}
	if got := *got.Series["memory"][0]; got != 512<<20 {
		t.Errorf("memory: got %v bytes, want 512 MiB", got)
	}
}

func TestGraphsSayWhatTheyShow(t *testing.T) {
	start := int64(billing.NewMonth(2026, 11).Start())
	view := graphsView("/instances/1", graphRanges[1], []metric.Point{pointAt(start, 1000, 512), pointAt(start+3600, 3000, 768)}, 1024)
	cpu := view.Graphs[0]
	if want := "CPU over the last day; mean 20 %, highest 30 %"; cpu.Label != want {
		t.Errorf("got %q, want %q", cpu.Label, want)
	}
	if got, want := cpu.Rows[0].Values[0], "30 %"; got != want {
		t.Errorf("the newest row: got %q, want %q", got, want)
	}
	if got, want := view.Graphs[1].Lines[0].Last, "768 MiB"; got != want {
		t.Errorf("memory: got %q, want %q", got, want)
	}
}

func TestFigures(t *testing.T) {
	for _, test := range []struct {
		unit string
		x    float64
		want string
	}{
		{"percent", 0, "0 %"}, {"percent", 3.14, "3.1 %"}, {"percent", 99.7, "100 %"},
		{"rate", 1536, "1.50 KiB/s"}, {"count", 12345.6, "12,346/s"}, {"bytes", 1 << 30, "1.00 GiB"},
	} {
		if got := figure(test.unit, test.x); got != test.want {
			t.Errorf("%v %s: got %q, want %q", test.x, test.unit, got, test.want)
		}
	}
}

func sampleGraphs() GraphsView {
	start := int64(billing.NewMonth(2026, 11).Start())
	var points []metric.Point
	for n := range int64(200) {
		points = append(points, pointAt(start+300*n, 100*(n%60), 400+n))
	}
	return graphsView("/instances/ins_web1", graphRanges[1], points, 2048)
}

func emptyGraphs() GraphsView {
	view := graphsView("/instances/ins_web1", graphRanges[0], nil, 2048)
	view.Nothing = "The first figures come about a minute after the instance has started. They appear here by themselves."
	return view
}
