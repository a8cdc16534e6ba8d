package billing

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Apportion writes the lines of a table and its total in the currency's
// smallest units so that the lines add up to the total (section 9). The total
// is the exact total, rounded half away from zero like Format. Lines are rounded
// down and then raised by one unit each in order of largest remainder, the
// earlier line first among equals, until they add up.
//
// Down is toward minus infinity, so that a remainder is never negative and a
// negative line is raised toward zero: one rule for every line. Each line is
// less than one unit away from what it is worth.
//
// The total must fit into 64 bits of units, as Total makes sure that the lines
// fit into Credits; an amount beyond that is held at the largest that fits.
func (c Currency) Apportion(lines []Credits) (units []int64, total int64) {
	step := pow10(moneyDecimals - c.Decimals)
	units = make([]int64, len(lines))
	remainders := make([]uint64, len(lines))
	var remainder uint64 // of the total
	raise := 0           // units that the remainders make together
	for i, line := range lines {
		units[i], remainders[i] = c.floor(line)
		total = saturate(total, units[i])
		if remainder += remainders[i]; remainder >= step {
			remainder -= step
			raise++
		}
	}
	total = saturate(total, int64(raise))
	if half := step - remainder; remainder > half || remainder == half && total >= 0 {
		total = saturate(total, 1)
		raise++
	}
	for _, i := range largest(remainders, raise) {
		units[i] = saturate(units[i], 1)
	}
	return units, total
}

// floor returns what x is worth, rounded down to the currency's smallest units,
// and the remainder in 10^-18 of the currency.
func (c Currency) floor(x Credits) (units int64, remainder uint64) {
	m, step := c.money(x), pow10(moneyDecimals-c.Decimals)
	hi, lo := bits.Mul64(m.whole, pow10(c.Decimals))
	lo, carry := bits.Add64(lo, m.rest/step, 0)
	n, err := signed(hi+carry, lo, m.negative)
	remainder = m.rest % step
	switch {
	case err != nil && m.negative:
		return math.MinInt64, 0
	case err != nil:
		return math.MaxInt64, 0
	case m.negative && remainder > 0:
		return saturate(int64(n), -1), step - remainder
	default:
		return int64(n), remainder
	}
}

// largest returns the indexes of the n largest remainders, earlier ones first
// among equals.
func largest(remainders []uint64, n int) []int {
	order := make([]int, len(remainders))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	return order[:n]
}

// saturate returns a + b, or the number nearest to it that 64 bits can hold.
func saturate(a, b int64) int64 {
	switch sum, err := Credits(a).Add(Credits(b)); {
	case err == nil:
		return int64(sum)
	case b > 0:
		return math.MaxInt64
	default:
		return math.MinInt64
	}
}
