package metric

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Resolution is how closely something is kept, and for how long, in seconds.
type Resolution struct {
	Step  int64 // between two points
	Block int64 // the time that a block spans
	Keep  int64 // how old a block may be
}

const (
	hour = 3600
	day  = 24 * hour
)

// The resolutions that are kept, from the finest to the coarsest. The shortest
// graph of each lasts a little less than what is kept for it.
var (
	Minutes    = Resolution{Step: 60, Block: hour, Keep: 26 * hour}
	TenMinutes = Resolution{Step: 600, Block: day, Keep: 8*day + 2*hour}
	Hours      = Resolution{Step: hour, Block: day, Keep: 31 * day}
)

// Resolutions are all of them, from the finest to the coarsest.
func Resolutions() []Resolution { return []Resolution{Minutes, TenMinutes, Hours} }

// Start is when the block begins that an instant is in.
func (r Resolution) Start(at int64) int64 { return at - at%r.Block }

// Reading returns the resolutions from which points from an instant on and a step
// apart are best read now: the coarsest that is fine enough and reaches back that
// far, or the finest that does; and then the finer ones, for what is not in it
// yet.
func Reading(from, step, now int64) []Resolution {
	all := Resolutions()
	best := len(all) - 1
	for i, r := range all {
		if now-from <= r.Keep-r.Block {
			best = i
			break
		}
	}
	for best+1 < len(all) && all[best+1].Step <= step {
		best++
	}
	chosen := all[:best+1]
	slices.Reverse(chosen)
	return chosen
}

// Condense returns the means of points over steps of a number of seconds. Points
// are in the order of time, and so is what comes back.
func Condense(points []Point, step int64) []Point {
	var all []Point
	for len(points) > 0 {
		at := points[0].At - points[0].At%step
		n := 1
		for n < len(points) && points[n].At < at+step {
			n++
		}
		all = append(all, Point{At: at, Values: mean(points[:n])})
		points = points[n:]
	}
	return all
}

// mean is the mean of each series. Where a guest did not say what memory it uses,
// that does not count.
func mean(points []Point) (v Values) {
	said := int64(0)
	for _, p := range points {
		for s := range p.Values {
			v[s] += p.Values[s]
		}
		if p.Values[Memory] > 0 {
			said++
		}
	}
	for s := range v {
		n := int64(len(points))
		if Series(s) == Memory {
			n = max(said, 1)
		}
		v[s] = (v[s] + n/2) / n
	}
	return v
}

// Merge returns points with others put in their places; of two at one instant the
// other counts. Both are in the order of time, and so is what comes back.
func Merge(points, others []Point) []Point {
	merged := slices.Concat(points, others)
	slices.SortStableFunc(merged, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
	kept := merged[:0]
	for _, p := range merged {
		if last := len(kept) - 1; last >= 0 && kept[last].At == p.At {
			kept[last] = p
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// PackPoints writes points, which are a step apart or a multiple of it, in few
// bytes. Column by column it writes by how much each figure differs from the one
// before, and of figures that do not differ how many there are: an idle machine
// takes next to nothing.
func PackPoints(points []Point, step int64) []byte {
	packed := binary.AppendUvarint(nil, uint64(len(points)))
	if len(points) == 0 {
		return packed
	}
	packed = binary.AppendVarint(packed, points[0].At)
	column := make([]int64, len(points))
	for i := 1; i < len(points); i++ {
		column[i] = (points[i].At-points[i-1].At)/step - 1
	}
	packed = appendColumn(packed, column)
	for s := range seriesCount {
		before := int64(0)
		for i := range points {
			column[i], before = points[i].Values[s]-before, points[i].Values[s]
		}
		packed = appendColumn(packed, column)
	}
	return packed
}

func appendColumn(packed []byte, column []int64) []byte {
	for i := 0; i < len(column); i++ {
		packed = binary.AppendVarint(packed, column[i])
		if column[i] != 0 {
			continue
		}
		run := 0
		for i+1 < len(column) && column[i+1] == 0 {
			i, run = i+1, run+1
		}
		packed = binary.AppendUvarint(packed, uint64(run))
	}
	return packed
}

// maxPoints bounds what a block can have.
const maxPoints = 10_000

// UnpackPoints reads what PackPoints wrote with the same step.
func UnpackPoints(packed []byte, step int64) ([]Point, error) {
	r := reader{packed}
	n := r.count()
	if r.left == nil || n > maxPoints {
		return nil, errBroken
	}
	points := make([]Point, n)
	if n == 0 {
		return points, nil
	}
	at := r.number() - step
	r.column(len(points), func(i int, gap int64) {
		at += (gap + 1) * step
		points[i].At = at
	})
	for s := range seriesCount {
		value := int64(0)
		r.column(len(points), func(i int, more int64) {
			value += more
			points[i].Values[s] = value
		})
	}
	if r.left == nil {
		return nil, errBroken
	}
	return points, nil
}

// column yields the numbers of a column.
func (r *reader) column(n int, each func(i int, number int64)) {
	for i := 0; i < n; {
		number, run := r.number(), uint64(0)
		if number == 0 {
			run = r.count()
		}
		if r.left == nil || run >= uint64(n-i) {
			r.left = nil
			return
		}
		for range run + 1 {
			each(i, number)
			i++
		}
	}
}
