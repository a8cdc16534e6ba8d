package billing

// MinimumCharge returns what is missing, when an instance is deleted, to the
// price of its first minimum seconds: the amount of a line of kind Minimum in
// the month of deletion. It is 0 when the instance has cost at least that much.
//
// first is the price the instance was created on and created the month it came
// up in; charged is everything it has cost in its life. A minimum of 0 seconds
// turns the rule off.
func MinimumCharge(first Price, created Month, charged Credits, minimum int64) Credits {
	if minimum <= 0 {
		return 0
	}
	floor := first.full(created.Seconds(), 100, minimum)
	if first.HasMonthly() {
		floor = min(floor, first.Monthly)
	}
	return max(0, floor-charged)
}
