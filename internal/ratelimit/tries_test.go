package ratelimit

import (
	"fmt"
	"testing"
	"time"
)

func TestTriesAreCountedUntilOneSucceeds(t *testing.T) {
	now := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	tries := NewTries(func() time.Time { return now })
	spend := func(key string) (made int) {
		for tries.Take(key) {
			made++
		}
		return made
	}
	if got := spend("ida"); got != triesMost {
		t.Errorf("got %d tries, want %d", got, triesMost)
	}
	if !tries.Take("bob") {
		t.Error("another key is refused with it")
	}
	now = now.Add(triesWindow + time.Second)
	if got := spend("ida"); got != triesMost {
		t.Errorf("after the window: got %d tries, want %d", got, triesMost)
	}
	tries.Forget("ida")
	if got := spend("ida"); got != triesMost {
		t.Errorf("after a success: got %d tries, want %d", got, triesMost)
	}
}

func TestTriesAreBounded(t *testing.T) {
	now := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	tries := NewTries(func() time.Time { return now })
	for n := range triesBound + 100 {
		tries.Take(fmt.Sprint(n))
	}
	if got := len(tries.tried); got > triesBound {
		t.Errorf("it holds %d keys, want %d at most", got, triesBound)
	}
}
