package metric

import (
	"cmp"
	"slices"
)

// Machine is what is known of one machine of several.
type Machine struct {
	VCPUs  int64
	Points []Point
}

// Together returns what machines did together on a hypervisor with a number of
// threads: CPU as a share of all its threads, and the sums of the other series.
// What is not known of a machine at an instant counts as nothing. The points of
// each machine are in the order of time, and so is what comes back.
func Together(machines []Machine, threads int64) []Point {
	var all []Point
	for _, m := range machines {
		for _, p := range m.Points {
			p.Values[CPU] *= m.VCPUs
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
	sums := all[:0]
	for _, p := range all {
		last := len(sums) - 1
		if last < 0 || sums[last].At != p.At {
			sums = append(sums, p)
			continue
		}
		for s := range p.Values {
			sums[last].Values[s] += p.Values[s]
		}
	}
	for n := range sums {
		sums[n].Values[CPU] /= max(threads, 1)
	}
	return sums
}
