package worker

import "time"

// bell wakes one of those who wait for it. It remembers one ring that nobody has
// heard, so that none is lost between looking and waiting.
type bell chan struct{}

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// wait waits for a ring, and says whether the shift goes on.
func (b bell) wait(s shift) bool {
	select {
	case <-s.until.Done():
		return false
	case <-b:
		return s.until.Err() == nil
	}
}

// poll is how long what another process has written may go unnoticed.
const poll = 500 * time.Millisecond

// ringAll rings every bell when this process has written something, at the
// beginning of every second, and at every poll in between.
//
// Every instant that is worked out for an account or a task is a whole second.
// Who looks at the beginning of each is late by no more than a timer is,
// whichever process worked it out, and however long ago.
func (w *Worker) ringAll(s shift, bells []bell) {
	for s.until.Err() == nil {
		for _, b := range bells {
			b.ring()
		}
		tick := time.NewTimer(untilTick(time.Now()))
		select {
		case <-s.until.Done():
		case <-w.panel.Written():
		case <-tick.C:
		}
		tick.Stop()
	}
}

// untilTick is how long it is until the next second or the next poll within it.
func untilTick(now time.Time) time.Duration {
	return poll - time.Duration(now.Nanosecond())%poll
}
