package ratelimit

import (
	"sync"
	"time"
)

// Tries counts tries of secrets that people make up, so that passwords cannot be
// tried out. It forgets what is older than its window and never holds more than
// its bound.
type Tries struct {
	mu    sync.Mutex
	now   func() time.Time
	tried map[string][]time.Time
}

const (
	triesWindow = 15 * time.Minute
	triesMost   = 10
	triesBound  = 10_000
)

// NewTries counts by a clock.
func NewTries(now func() time.Time) *Tries {
	return &Tries{now: now, tried: map[string][]time.Time{}}
}

// Take counts a try under a key before it is made, and says whether it may be:
// those that are made at once are counted, too. One that succeeds is followed by
// Forget.
func (t *Tries) Take(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	recent := t.recent(key)
	if len(recent) >= triesMost {
		return false
	}
	if len(t.tried) >= triesBound {
		for key := range t.tried {
			if len(t.recent(key)) == 0 || len(t.tried) >= triesBound {
				delete(t.tried, key)
			}
		}
	}
	t.tried[key] = append(recent, t.now())
	return true
}

// Forget clears a key that has succeeded.
func (t *Tries) Forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tried, key)
}

func (t *Tries) recent(key string) []time.Time {
	from := t.now().Add(-triesWindow)
	all := t.tried[key]
	for len(all) > 0 && all[0].Before(from) {
		all = all[1:]
	}
	return all
}
