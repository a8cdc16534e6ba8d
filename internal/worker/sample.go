package worker

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/panel"
)

// keepSampling reads the counters of every hypervisor's machines again and again,
// charges what traffic has come to, and deletes what is older than it is kept.
func (w *Worker) keepSampling(s shift) {
	round := time.NewTicker(panel.SampleEvery)
	defer round.Stop()
	for {
		w.each(s, "sample", w.panel.Sample)
		for doing, do := range map[string]func(context.Context) error{
			"charge traffic": w.panel.ChargeTraffic, "expire metrics": w.panel.ExpireMetrics,
		} {
			if err := guard(func() error { return do(s.work) }); err != nil {
				w.report(s, doing, err)
			}
		}
		select {
		case <-s.until.Done():
			return
		case <-round.C:
		}
	}
}

// each does something to every hypervisor, to many together.
func (w *Worker) each(s shift, doing string, do func(ctx context.Context, hypervisor int64) error) {
	const together = 32
	ids, err := w.panel.HypervisorIDs(s.work)
	if err != nil {
		w.report(s, "look for hypervisors", err)
		return
	}
	var group errgroup.Group
	group.SetLimit(together)
	for _, id := range ids {
		group.Go(func() error {
			if err := guard(func() error { return do(s.work, id) }); err != nil {
				w.report(s, doing+" hypervisor", err, "hypervisor", id)
			}
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
}
