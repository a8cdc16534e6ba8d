package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"accrue/internal/panel"
)

// How often a worker finds out which hypervisors it is to listen to, how long it
// waits before it listens to one again that it has lost, twice as long each time,
// and how far apart the looks are, at least, that come of what it hears.
const (
	listenEvery  = 5 * time.Second
	shortestDeaf = time.Second
	longestDeaf  = time.Minute
	looksApart   = 2 * time.Second
)

// keepListening listens to this worker's share of the hypervisors. What it hears
// brings the next look at one forward and does nothing else.
func (w *Worker) keepListening(s shift) {
	ears := map[panel.Listening]context.CancelFunc{}
	var listening sync.WaitGroup
	defer listening.Wait()
	for ; s.until.Err() == nil; s.pause(listenEvery) {
		share, err := w.panel.Listenings(s.work, w.name)
		if err != nil {
			w.report(s, "find out whom to listen to", err)
			continue
		}
		wanted := map[panel.Listening]bool{}
		for _, l := range share {
			wanted[l] = true
			if ears[l] != nil {
				continue
			}
			until, stop := context.WithCancel(s.until)
			ears[l] = stop
			h := &hints{hypervisor: l.HypervisorID, bell: make(bell, 1)}
			one := shift{until: until, work: s.work}
			listening.Go(func() { w.listen(one, h) })
			listening.Go(func() { w.lookWhenTold(one, h) })
		}
		for l, stop := range ears {
			if !wanted[l] {
				stop()
				delete(ears, l)
			}
		}
	}
	for _, stop := range ears {
		stop()
	}
}

// hints are what was heard of a hypervisor since it was last looked at.
type hints struct {
	hypervisor int64
	bell       bell
	mu         sync.Mutex
	byGuest    map[string]panel.Change // what no look can find out, by machine
}

func (h *hints) hear(c panel.Change) {
	if c.ByGuest {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.byGuest == nil {
			h.byGuest = map[string]panel.Change{}
		}
		h.byGuest[c.UID] = c
	}
	h.bell.ring()
}

// take returns what a look cannot find out and forgets it.
func (h *hints) take() (changes []panel.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.byGuest {
		changes = append(changes, c)
	}
	h.byGuest = nil
	return changes
}

// listen listens to a hypervisor, and does so again when the connection is lost.
func (w *Worker) listen(s shift, h *hints) {
	wait := shortestDeaf
	for s.until.Err() == nil {
		began := time.Now()
		err := guard(func() error { return w.panel.Listen(s.until, h.hypervisor, h.hear) })
		if errors.Is(err, errors.ErrUnsupported) || s.until.Err() != nil {
			return
		}
		if time.Since(began) > longestDeaf {
			wait = shortestDeaf
		}
		w.log.Warn("hypervisor is not heard", "hypervisor", h.hypervisor, "error", err, "again_in", wait)
		s.pause(wait)
		wait = min(2*wait, longestDeaf)
	}
}

// lookWhenTold looks at a hypervisor when something was heard of it: at once, but
// not again and again while there is much to hear.
func (w *Worker) lookWhenTold(s shift, h *hints) {
	for h.bell.wait(s) {
		err := guard(func() error { return w.panel.Watch(s.work, h.hypervisor, h.take()...) })
		if err != nil {
			w.report(s, "watch hypervisor", err, "hypervisor", h.hypervisor)
		}
		s.pause(looksApart)
	}
}
