package metric

// Bounds of the time between two samples that make a figure, in seconds. Closer
// ones say little, because their instants are whole seconds; what happened
// between distant ones is not known.
const (
	minSpan = 20
	maxSpan = 300
)

// No machine does more than this between two samples that make a figure, and
// none sends faster. What claims to is no counter of ours.
const (
	maxGrowth = 1 << 50
	maxRate   = 1 << 37 // bytes per second
)

// Rates returns what a machine with a number of vCPUs did from one sample to a
// later one, and false where that is not known: because they are too close or too
// far apart, or because a counter ran backwards within an epoch. In a new epoch
// counters began at zero, some time after the first sample.
func Rates(a, b Sample, vcpus int64) (v Values, known bool) {
	span := b.At - a.At
	if span < minSpan || span > maxSpan {
		return v, false
	}
	from, to := a.counters(), b.counters()
	if a.Epoch != b.Epoch {
		clear(from[:])
	}
	for i := range to {
		growth := to[i] - from[i]
		if growth < 0 || growth > maxGrowth {
			return Values{}, false
		}
		if i == 0 {
			v[CPU] = share(growth, span, vcpus)
			continue
		}
		s := DiskRead + Series(i-1)
		v[s] = (growth*s.scale() + span/2) / span
	}
	v[Memory] = max(0, b.MemoryMiB)
	return v, true
}

// share is how much of some vCPUs was used in a span, in hundredths of a percent.
// Seconds are whole, so that a busy machine can seem to have used more than all.
func share(nanos, span, vcpus int64) int64 {
	const full = 100 * 100
	if vcpus <= 0 {
		return 0
	}
	return min(full, nanos/100_000/(span*vcpus))
}

// Transferred returns how many bytes a machine received and sent from one sample
// to a later one, as far as that is certain. In a new epoch that is all its
// counters show; where one ran backwards within an epoch it is nothing.
func Transferred(a, b Sample) (in, out int64) {
	if a.Epoch != b.Epoch {
		a.NetIn, a.NetOut = 0, 0
	}
	most := max(1, b.At-a.At) * maxRate
	return certain(b.NetIn-a.NetIn, most), certain(b.NetOut-a.NetOut, most)
}

func certain(bytes, most int64) int64 {
	if bytes < 0 || bytes > most {
		return 0
	}
	return bytes
}

// Track follows a machine from sample to sample. The zero Track has seen none.
type Track struct {
	Last  Sample // the newest one
	base  Sample // from which the next figures count
	known bool
}

// Next takes the next sample of the machine, which then has a number of vCPUs. It
// returns a point for every minute that has begun since the sample before, and
// how many bytes were received and sent since. The first sample gives nothing.
func (t *Track) Next(s Sample, vcpus int64) (points []Point, in, out int64) {
	if !t.known {
		t.Last, t.base, t.known = s, s, true
		return nil, 0, 0
	}
	if s.At < t.Last.At {
		return nil, 0, 0 // two looks have overtaken each other
	}
	in, out = Transferred(t.Last, s)
	t.Last = s
	minute, until := t.base.At/Minutes.Step+1, s.At/Minutes.Step
	if until < minute || s.At-t.base.At < minSpan {
		return nil, in, out
	}
	if v, known := Rates(t.base, s, vcpus); known {
		for ; minute <= until; minute++ {
			points = append(points, Point{At: minute * Minutes.Step, Values: v})
		}
	}
	t.base = s
	return points, in, out
}
