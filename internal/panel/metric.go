package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/metric"
)

// sampleEvery is how often the counters of a hypervisor's machines are read, and
// countEvery how often what they showed is counted, in seconds.
const (
	sampleEvery = 30
	countEvery  = 10 * 60
)

// SampleEvery is how often Sample is to be called for each hypervisor.
const SampleEvery = sampleEvery * time.Second

// Sample reads the counters of a hypervisor's machines, if its driver can, unless
// somebody just has. What they show is counted when it is time to.
func (p *Panel) Sample(ctx context.Context, id int64) error {
	var host Hypervisor
	var fresh bool
	err := p.view(ctx, func(tx Tx) (err error) {
		if host, err = tx.Hypervisor(id); err != nil {
			return err
		}
		_, last, err := tx.ReadingSpan(id)
		fresh = tx.Now()-last < sampleEvery/2
		return err
	})
	if err != nil || fresh || !host.Online {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return err
	}
	sampler, able := driver.(Sampler)
	if !able {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	samples, err := sampler.Samples(bounded)
	if err != nil {
		return err
	}
	return p.store.Update(ctx, func(tx Tx) error {
		if len(samples) > 0 {
			if err := tx.InsertReading(Reading{HypervisorID: id, At: tx.Now(), Samples: samples}); err != nil {
				return err
			}
		}
		first, _, err := tx.ReadingSpan(id)
		if err != nil || first.Floor(countEvery) == tx.Now().Floor(countEvery) {
			return err
		}
		return countReadings(tx, id)
	})
}

// readOut reads the counters of one machine that is on, because it is about to be
// switched off and they will be gone. If that does not succeed, what it sent
// since the last look is not counted, and nothing else is wrong.
func (p *Panel) readOut(ctx context.Context, m target) {
	sampler, able := m.driver.(Sampler)
	if !able || m.instance.Observed != fleet.PowerOn {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	samples, err := sampler.Samples(bounded)
	if err != nil {
		return
	}
	for _, s := range samples {
		if s.UID == m.machine.UID {
			_ = p.store.Update(ctx, func(tx Tx) error {
				return tx.InsertReading(Reading{HypervisorID: m.instance.HypervisorID, At: tx.Now(), Samples: []Sample{s}})
			})
		}
	}
}

// ExpireMetrics deletes blocks that are older than they are kept.
func (p *Panel) ExpireMetrics(ctx context.Context) error {
	const atOnce = 1000
	for _, r := range metric.Resolutions() {
		for deleted := int64(atOnce); deleted == atOnce; {
			err := p.store.Update(ctx, func(tx Tx) (err error) {
				deleted, err = tx.DeleteBlocks(r, tx.Now()-billing.Instant(r.Keep), atOnce)
				return err
			})
			if err != nil {
				return fmt.Errorf("delete old metrics: %w", err)
			}
		}
	}
	return nil
}

// MetricsRange is a stretch of time to be drawn.
type MetricsRange struct {
	From, To billing.Instant
	Step     int64 // seconds between points; 0: as it suits the length
}

// maxMetrics is the most points that are returned at once.
const maxMetrics = 3000

// metricSteps are the steps that suit a length.
var metricSteps = []int64{60, 300, 600, 1800, 3600, 3 * 3600}

// fit ends the range now if it has no end, chooses the step if there is none, and
// refuses what cannot be drawn.
func (r MetricsRange) fit(now billing.Instant) (MetricsRange, error) {
	if r.To == 0 {
		r.To = now
	}
	span := int64(r.To - r.From)
	for _, step := range metricSteps {
		if r.Step == 0 && span/step <= 400 {
			r.Step = step
		}
	}
	switch {
	case span <= 0:
		return r, invalid("end", "must be after the start")
	case r.Step < metric.Minutes.Step || r.Step%metric.Minutes.Step != 0:
		return r, invalid("step", "must be a number of whole minutes, in seconds")
	case span/r.Step > maxMetrics:
		return r, invalidf("step", "is too short: there would be more than %d points", maxMetrics)
	}
	return r, nil
}

// Metrics returns what an instance did over a stretch of time: the means of every
// series over each step in which anything is known of it, the oldest first, and
// the stretch with its step. What is older is known less closely: see package
// metric. Customers see their own account's instances.
func (p *Panel) Metrics(ctx context.Context, who identity.Who, instance int64, r MetricsRange) (points []metric.Point, drawn MetricsRange, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		i, err := visibleInstance(tx, who, instance)
		if err != nil {
			return err
		}
		if drawn, err = r.fit(tx.Now()); err != nil {
			return err
		}
		points, err = readMetrics(tx, i, drawn)
		return err
	})
	return points, drawn, err
}

func readMetrics(tx Tx, i Instance, r MetricsRange) (points []metric.Point, err error) {
	from := int64(r.From.Floor(billing.Instant(r.Step)))
	known := from // what comes before is known, or will never be
	add := func(more []metric.Point, step int64) {
		for _, p := range more {
			if p.At >= known && p.At < int64(r.To) {
				points, known = append(points, p), p.At+step
			}
		}
	}
	for _, resolution := range metric.Reading(from, r.Step, int64(tx.Now())) {
		blocks, err := tx.ListBlocks(i.ID, resolution, billing.Instant(resolution.Start(known)), r.To)
		if err != nil {
			return nil, err
		}
		for _, b := range blocks {
			add(b.Points, resolution.Step)
		}
	}
	recent, err := uncounted(tx, i)
	add(recent, metric.Minutes.Step)
	return metric.Condense(points, r.Step), err
}

// uncounted are the points of an instance that wait to be added to its blocks.
func uncounted(tx Tx, i Instance) (points []metric.Point, err error) {
	readings, err := tx.ListReadings(i.HypervisorID)
	if err != nil || len(readings) == 0 {
		return nil, err
	}
	size, err := tx.Allocation(i.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil // it is gone
	}
	if t := talliesOf(readings, map[string]counter{i.UID: {vcpus: size.Size.VCPUs}})[i.UID]; t != nil {
		points = t.points
	}
	return points, err
}
