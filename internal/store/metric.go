package store

import (
	"cmp"
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

func (t *tx) InsertReading(r panel.Reading) error {
	_, err := t.exec(`INSERT INTO readings (hypervisor_id, read_at, samples) VALUES ($1, $2, $3)`,
		r.HypervisorID, r.At, metric.PackSamples(r.Samples))
	return err
}

func (t *tx) ReadingSpan(hypervisor int64) (first, last billing.Instant, err error) {
	_, err = one(t, func(r row) (none struct{}, err error) { return none, r.Scan(&first, &last) },
		`SELECT COALESCE(MIN(read_at), 0), COALESCE(MAX(read_at), 0) FROM readings WHERE hypervisor_id = $1`, hypervisor)
	return first, last, err
}

func scanReading(r row) (reading panel.Reading, err error) {
	var samples []byte
	if err := r.Scan(&reading.HypervisorID, &reading.At, &samples); err != nil {
		return reading, err
	}
	if reading.Samples, err = metric.UnpackSamples(samples); err != nil {
		err = fmt.Errorf("reading of hypervisor %d at %s: %w", reading.HypervisorID, reading.At, err)
	}
	return reading, err
}

func (t *tx) ListReadings(hypervisor int64) ([]panel.Reading, error) {
	return many(t, scanReading, `
		SELECT hypervisor_id, read_at, samples FROM readings WHERE hypervisor_id = $1 ORDER BY read_at, id`, hypervisor)
}

// TakeReadings deletes what it returns, and nothing that came in between.
func (t *tx) TakeReadings(hypervisor int64) ([]panel.Reading, error) {
	if err := t.store.engine.takeTurns(t, fmt.Sprintf("readings/%d", hypervisor)); err != nil {
		return nil, err
	}
	taken, err := many(t, scanReading, `
		DELETE FROM readings WHERE hypervisor_id = $1 RETURNING hypervisor_id, read_at, samples`, hypervisor)
	slices.SortStableFunc(taken, func(a, b panel.Reading) int { return cmp.Compare(a.At, b.At) })
	return taken, err
}

func (t *tx) SaveBlock(b panel.Block) error {
	_, err := t.exec(`
		INSERT INTO metric_blocks (instance_id, step, starts_at, points) VALUES ($1, $2, $3, $4)
		ON CONFLICT (instance_id, step, starts_at) DO UPDATE SET points = excluded.points`,
		b.InstanceID, b.Resolution.Step, b.Start, metric.PackPoints(b.Points, b.Resolution.Step))
	return err
}

// blocks returns the blocks of a resolution that a query selects.
func (t *tx) blocks(r metric.Resolution, from string, args ...any) ([]panel.Block, error) {
	return many(t, func(row row) (panel.Block, error) {
		b := panel.Block{Resolution: r}
		var points []byte
		err := row.Scan(&b.InstanceID, &b.Start, &points)
		if err != nil {
			return b, err
		}
		if b.Points, err = metric.UnpackPoints(points, r.Step); err != nil {
			err = fmt.Errorf("block of instance %d at %s: %w", b.InstanceID, b.Start, err)
		}
		return b, err
	}, `SELECT instance_id, starts_at, points FROM metric_blocks`+from, args...)
}

func (t *tx) ListBlocks(instance int64, r metric.Resolution, from, to billing.Instant) ([]panel.Block, error) {
	return t.blocks(r, ` WHERE instance_id = $1 AND step = $2 AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at`,
		instance, r.Step, from, to)
}

func (t *tx) BlocksOn(hypervisor int64, r metric.Resolution, from, to billing.Instant) ([]panel.Block, error) {
	return t.blocks(r, ` JOIN instances i ON i.id = instance_id
		WHERE i.hypervisor_id = $1 AND step = $2 AND starts_at >= $3 AND starts_at < $4`, hypervisor, r.Step, from, to)
}

func (t *tx) DeleteBlocks(r metric.Resolution, before billing.Instant, limit int) (int64, error) {
	return t.exec(`
		DELETE FROM metric_blocks WHERE (instance_id, step, starts_at) IN (
			SELECT instance_id, step, starts_at FROM metric_blocks WHERE step = $1 AND starts_at < $2 ORDER BY starts_at LIMIT $3)`,
		r.Step, before, limit)
}
