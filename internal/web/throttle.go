package web

import (
	"sync"
	"time"
)

// throttle counts failed sign-ins, so that passwords cannot be tried out. It
// forgets what is older than its window and never holds more than its bound.
type throttle struct {
	mu     sync.Mutex
	now    func() time.Time
	failed map[string][]time.Time
}

const (
	throttleWindow = 15 * time.Minute
	throttleTries  = 10
	throttleBound  = 10_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, failed: map[string][]time.Time{}}
}

// wait is how long a key must wait before it may try again; 0 if it may now.
func (t *throttle) wait(key string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	recent := t.recent(key)
	if len(recent) < throttleTries {
		return 0
	}
	return recent[len(recent)-throttleTries].Add(throttleWindow).Sub(t.now())
}

// fail counts a failed try.
func (t *throttle) fail(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.failed) >= throttleBound {
		for key := range t.failed {
			if len(t.recent(key)) == 0 || len(t.failed) >= throttleBound {
				delete(t.failed, key)
			}
		}
	}
	t.failed[key] = append(t.recent(key), t.now())
}

// forget clears a key that has succeeded.
func (t *throttle) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failed, key)
}

func (t *throttle) recent(key string) []time.Time {
	from := t.now().Add(-throttleWindow)
	all := t.failed[key]
	for len(all) > 0 && all[0].Before(from) {
		all = all[1:]
	}
	return all
}
