package web

import (
	"math"
	"strconv"

	"accrue/internal/billing"
)

// ticks writes the steps of an axis in a currency, from the top down to zero,
// with no more decimals than the steps need.
func ticks(c billing.Currency, top float64, steps int) []string {
	step := top / float64(steps)
	decimals := 0
	for scale := 1.0; decimals < billing.MaxDecimals && math.Abs(math.Round(step*scale)-step*scale) > 1e-6; scale *= 10 {
		decimals++
	}
	if decimals > 0 {
		decimals = max(decimals, c.Decimals)
	}
	written := make([]string, 0, steps+1)
	for n := steps; n > 0; n-- {
		written = append(written, c.Prefix+strconv.FormatFloat(step*float64(n), 'f', decimals, 64)+c.Suffix)
	}
	return append(written, c.Prefix+"0"+c.Suffix)
}
