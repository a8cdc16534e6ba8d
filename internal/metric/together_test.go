package metric

import (
	"reflect"
	"testing"
)

func TestTogetherMachinesShareTheirHypervisor(t *testing.T) {
	point := func(at, cpu, in int64) Point {
		p := Point{At: at}
		p.Values[CPU], p.Values[NetIn] = cpu, in
		return p
	}
	got := Together([]Machine{
		{VCPUs: 2, Points: []Point{point(60, 5000, 10), point(120, 10000, 20)}},
		{VCPUs: 4, Points: []Point{point(120, 2500, 5), point(180, 10000, 1)}},
	}, 8)
	want := []Point{point(60, 1250, 10), point(120, 3750, 25), point(180, 5000, 1)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Together(nil, 0); len(got) != 0 {
		t.Errorf("no machines did %v", got)
	}
}
