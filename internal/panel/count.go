package panel

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/metric"
)

// tally is what a machine has done since its hypervisor's readings were counted.
type tally struct {
	metric.Track
	points  []metric.Point
	in, out int64
}

func (t *tally) next(s Sample, vcpus int64) {
	points, in, out := t.Next(s, vcpus)
	t.points = append(t.points, points...)
	t.in, t.out = t.in+in, t.out+out
}

// countReadings counts what a hypervisor's readings show: points go into blocks,
// traffic to its month. One reading is left, where the next count begins: the
// last sample of every machine whose instance is still there.
func countReadings(tx Tx, hypervisor int64) error {
	readings, err := tx.TakeReadings(hypervisor)
	if err != nil || len(readings) == 0 {
		return err
	}
	counters, err := countersOn(tx, hypervisor)
	if err != nil {
		return err
	}
	points, next := map[int64][]metric.Point{}, Reading{HypervisorID: hypervisor, At: tx.Now()}
	tallies := talliesOf(readings, counters)
	for _, uid := range slices.Sorted(maps.Keys(counters)) {
		i, t := counters[uid], tallies[uid]
		if t == nil {
			continue
		}
		points[i.ID] = t.points
		next.Samples = append(next.Samples, t.Last)
		if err := countTraffic(tx, i, t.in, t.out); err != nil {
			return fmt.Errorf("traffic of instance %d: %w", i.ID, err)
		}
	}
	if err := addPoints(tx, hypervisor, readings[0].At, points); err != nil || len(next.Samples) == 0 {
		return err
	}
	return tx.InsertReading(next)
}

// talliesOf goes through readings and returns what each machine has done. Samples
// are taken in the order of their own instants: looks can overtake each other.
func talliesOf(readings []Reading, counters map[string]counter) map[string]*tally {
	var samples []Sample
	for _, reading := range readings {
		samples = append(samples, reading.Samples...)
	}
	slices.SortStableFunc(samples, func(a, b Sample) int { return cmp.Compare(a.At, b.At) })
	tallies := map[string]*tally{}
	for _, s := range samples {
		i, ours := counters[s.UID]
		if !ours {
			continue
		}
		if tallies[s.UID] == nil {
			tallies[s.UID] = &tally{}
		}
		tallies[s.UID].next(s, i.vcpus)
	}
	return tallies
}

// countersOn returns the live instances on a hypervisor, by the UID of their
// machines.
func countersOn(tx Tx, hypervisor int64) (map[string]counter, error) {
	instances, err := tx.ListInstances(InstanceFilter{HypervisorID: hypervisor, LiveOnly: true})
	if err != nil {
		return nil, err
	}
	names, err := loadNames(tx)
	if err != nil {
		return nil, err
	}
	throttles, err := tx.ListThrottles(hypervisor)
	if err != nil {
		return nil, err
	}
	vcpus, err := vcpusOn(tx, hypervisor)
	if err != nil {
		return nil, err
	}
	counters := make(map[string]counter, len(instances))
	for _, i := range instances {
		counters[i.UID] = counter{
			Instance: i, plan: names.plans[i.PlanID], price: names.prices[i.PriceID], throttle: throttles[i.ID], vcpus: vcpus[i.ID],
		}
	}
	return counters, nil
}

// addPoints adds points of a minute to the blocks of instances on a hypervisor,
// and what an hour that has ended comes to to the coarser ones. Blocks have
// everything until since.
func addPoints(tx Tx, hypervisor int64, since billing.Instant, points map[int64][]metric.Point) error {
	now := tx.Now()
	for _, p := range points {
		if len(p) > 0 {
			since = min(since, billing.Instant(p[0].At))
		}
	}
	minutes, err := loadBlocks(tx, hypervisor, metric.Minutes, since, now)
	if err != nil {
		return err
	}
	for instance, more := range points {
		minutes.add(instance, more)
	}
	if err := minutes.save(tx); err != nil {
		return err
	}
	if hour := now.Floor(billing.Hour); since.Floor(billing.Hour) == hour {
		return nil
	}
	for _, r := range []metric.Resolution{metric.TenMinutes, metric.Hours} {
		coarse, err := loadBlocks(tx, hypervisor, r, since, now)
		if err != nil {
			return err
		}
		for key, fine := range minutes.points {
			if key.start < now.Floor(billing.Hour) {
				coarse.add(key.instance, metric.Condense(fine, r.Step))
			}
		}
		if err := coarse.save(tx); err != nil {
			return err
		}
	}
	return nil
}

// blocks are those of many instances at one resolution.
type blocks struct {
	resolution metric.Resolution
	points     map[blockKey][]metric.Point
	changed    map[blockKey]bool
}

type blockKey struct {
	instance int64
	start    billing.Instant
}

// loadBlocks loads the blocks of instances on a hypervisor that are about a
// stretch of time.
func loadBlocks(tx Tx, hypervisor int64, r metric.Resolution, from, to billing.Instant) (blocks, error) {
	b := blocks{r, map[blockKey][]metric.Point{}, map[blockKey]bool{}}
	found, err := tx.BlocksOn(hypervisor, r, billing.Instant(r.Start(int64(from))), to+1)
	for _, block := range found {
		b.points[blockKey{block.InstanceID, block.Start}] = block.Points
	}
	return b, err
}

// add puts points of an instance into the blocks that they belong to.
func (b *blocks) add(instance int64, points []metric.Point) {
	for len(points) > 0 {
		key := blockKey{instance, billing.Instant(b.resolution.Start(points[0].At))}
		n := 1
		for n < len(points) && billing.Instant(b.resolution.Start(points[n].At)) == key.start {
			n++
		}
		b.points[key] = metric.Merge(b.points[key], points[:n])
		b.changed[key] = true
		points = points[n:]
	}
}

// save writes the blocks that have changed.
func (b *blocks) save(tx Tx) error {
	keys := slices.SortedFunc(maps.Keys(b.changed), func(x, y blockKey) int {
		return cmp.Or(cmp.Compare(x.instance, y.instance), cmp.Compare(x.start, y.start))
	})
	for _, key := range keys {
		if err := tx.SaveBlock(Block{InstanceID: key.instance, Resolution: b.resolution, Start: key.start, Points: b.points[key]}); err != nil {
			return fmt.Errorf("metrics of instance %d: %w", key.instance, err)
		}
	}
	return nil
}
