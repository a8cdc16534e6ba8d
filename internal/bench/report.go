package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// Report is what a benchmark has found.
type Report struct {
	Figures []Figure `json:"figures"`
	Ratio   *Ratio   `json:"ratio,omitempty"`
}

// Figure is something that was measured.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Ratio compares what was measured with its yardstick, measured in the same
// run. It is what travels from one machine to another.
type Ratio struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

func (r *Report) add(name string, value float64, unit string) {
	r.Figures = append(r.Figures, Figure{name, value, unit})
}

// WriteJSON writes the report as one object.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range r.Figures {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, readable(f.Value), f.Unit)
	}
	if r.Ratio != nil {
		fmt.Fprintf(t, "%s\t%s\t\n", r.Ratio.Name, readable(r.Ratio.Value))
	}
	return t.Flush()
}

// readable writes three significant digits, and all of a whole part.
func readable(value float64) string {
	decimals := 0
	if size := math.Abs(value); size > 0 && size < 100 {
		decimals = min(2-int(math.Floor(math.Log10(size))), 6)
	}
	return strconv.FormatFloat(value, 'f', max(decimals, 0), 64)
}

// quantile returns the value below which a share of the values lies.
func quantile(values []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(share*float64(len(sorted)-1)+0.5)]
}

// middle is the median of figures.
func middle(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func median(values []time.Duration) time.Duration { return quantile(values, 0.5) }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
