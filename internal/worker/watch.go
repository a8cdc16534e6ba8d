package worker

import (
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/panel"
)

// How often hypervisors are looked at and the worker shows that it is alive.
const (
	watchEvery = 10 * time.Second
	beatEvery  = 5 * time.Second
)

// keepWatch looks at every hypervisor again and again. A round that is held up by
// hypervisors that do not answer is followed by the next one at once.
func (w *Worker) keepWatch(s shift) {
	round := time.NewTicker(watchEvery)
	defer round.Stop()
	for {
		w.watchAll(s)
		select {
		case <-s.until.Done():
			return
		case <-round.C:
		}
	}
}

// watchAll looks at every hypervisor, many together.
func (w *Worker) watchAll(s shift) {
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
			if err := guard(func() error { return w.panel.Watch(s.work, id) }); err != nil {
				w.report(s, "watch hypervisor", err, "hypervisor", id)
			}
			return nil
		})
	}
	_ = group.Wait() // nothing in it fails
}

// keepBeating shows that the worker is alive.
func (w *Worker) keepBeating(s shift) {
	beat := panel.Beat{Worker: w.name}
	for ; s.until.Err() == nil; s.pause(beatEvery) {
		now, err := w.panel.Now(s.work)
		if err == nil {
			if beat.StartedAt == 0 {
				beat.StartedAt = now
			}
			err = w.panel.Beat(s.work, beat)
		}
		if err != nil {
			w.report(s, "show that the worker is alive", err)
		}
	}
}
