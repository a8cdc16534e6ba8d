package web

import (
	"fmt"
	"math"
	"strconv"
)

// Chart is a bar chart. Its values are only for drawing: floats that have been
// rounded for the eye, never figures to reckon with.
type Chart struct {
	Label   string   // read out in place of the drawing
	Top     float64  // the value at the top of the axis
	Ticks   []string // of the axis, from the top down to zero
	Columns []Column
	Labels  []string // below, spread over the width; nil: one below each column
	Month   int      // the column at which the current month begins; 0 for none
	Small   bool
	Legend  []string // one per series, from the bottom of the bars
}

// Column is one bar, a stack of parts from the bottom up.
type Column struct {
	Label   string // below the bar, where each has one
	Parts   []Part
	Past    bool // of an earlier month
	Partial bool // not over yet
}

// Part is a stretch of a bar. Title is shown when the pointer rests on it.
type Part struct {
	Series int // its colour, counted from 0
	Value  float64
	Title  string
}

// ChartAxis returns a round value at or above the largest, and how many steps
// of the axis divide it well.
func ChartAxis(largest float64) (top float64, steps int) {
	if largest <= 0 {
		return 1, 2
	}
	unit := math.Pow(10, math.Floor(math.Log10(largest)))
	for _, scale := range []struct {
		top   float64
		steps int
	}{{1, 2}, {2, 4}, {3, 3}, {4, 4}, {5, 5}, {6, 3}, {8, 4}, {10, 5}} {
		if largest <= scale.top*unit*(1+1e-9) {
			return scale.top * unit, scale.steps
		}
	}
	return 10 * unit, 5
}

const barPitch, barWidth = 20, 14

func (c Chart) width() int { return barPitch * max(len(c.Columns), 1) }

func (c Chart) viewBox() string { return fmt.Sprintf("0 0 %d 100", c.width()) }

// gridLines returns how far below the top each tick but the last lies.
func (c Chart) gridLines() []string {
	lines := []string{}
	for i := range len(c.Ticks) - 1 {
		lines = append(lines, coordinate(100*float64(i)/float64(len(c.Ticks)-1)))
	}
	return lines
}

// bar is a rectangle of the drawing.
type bar struct {
	class, x, y, height, title string
}

func (c Chart) bars() []bar {
	bars := []bar{}
	for i, column := range c.Columns {
		base := 100.0
		for _, part := range column.Parts {
			height := 100 * part.Value / c.Top
			if height <= 0 {
				continue
			}
			drawn := height
			if c.stacked() {
				drawn = max(height-0.5, 0.2) // a hairline between the parts
			}
			bars = append(bars, bar{
				class:  c.barClass(column, part),
				x:      strconv.Itoa(i*barPitch + (barPitch-barWidth)/2),
				y:      coordinate(base - height),
				height: coordinate(drawn),
				title:  part.Title,
			})
			base -= height
		}
	}
	return bars
}

func (c Chart) stacked() bool { return len(c.Legend) > 1 }

func (c Chart) barClass(column Column, part Part) string {
	switch {
	case c.stacked():
		return seriesClass(part.Series)
	case column.Past:
		return "bar is-past"
	case column.Partial:
		return "bar is-part"
	}
	return "bar"
}

// seriesClass is the colour of a series; beyond the fourth all are the rest.
func seriesClass(series int) string {
	if series < 4 {
		return "c" + strconv.Itoa(series+1)
	}
	return "c-rest"
}

// isKeyDay tells whether a narrow axis still labels this column.
func isKeyDay(column int) bool { return column == 0 || (column+1)%5 == 0 }

// axisClass spreads the labels below the columns they belong to.
func (c Chart) axisClass() string {
	if c.Labels != nil {
		return "axis-x"
	}
	return "axis-x by-day is-" + strconv.Itoa(len(c.Columns))
}

func (c Chart) monthLine() string { return strconv.Itoa(c.Month * barPitch) }

func coordinate(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

func (m Meter) width() string {
	return strconv.FormatFloat(min(max(m.Percent, 0), 100), 'f', 1, 64) + "%"
}

func (m Meter) fill() string {
	if m.Kind == "" {
		return "fill"
	}
	return "fill is-" + m.Kind
}
