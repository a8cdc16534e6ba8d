package worker

import (
	"time"

	"accrue/internal/panel"
)

// How often hypervisors are looked at and the worker shows that it is alive.
const (
	watchEvery = 10 * time.Second
	beatEvery  = 5 * time.Second
)

// keepWatch looks at every hypervisor again and again, and tells of what it finds.
// A round that is held up by hypervisors that do not answer is followed by the next
// one at once.
func (w *Worker) keepWatch(s shift) {
	round := time.NewTicker(watchEvery)
	defer round.Stop()
	for {
		w.each(s, "watch", w.panel.Heartbeat)
		if err := guard(func() error { return w.panel.MailFindings(s.work) }); err != nil {
			w.report(s, "tell of findings", err)
		}
		select {
		case <-s.until.Done():
			return
		case <-round.C:
		}
	}
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
