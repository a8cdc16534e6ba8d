package libvirt

import (
	"context"
	"slices"
	"sync"
	"time"

	"accrue/internal/libvirt/rpc"
)

// locks are locks by name that can be waited for with a context.
type locks struct {
	mu   sync.Mutex
	held map[string]*lock
}

type lock struct {
	token   chan struct{}
	waiters int
}

// acquire takes a lock, and returns what releases it. Who gives up has done
// nothing.
func (l *locks) acquire(ctx context.Context, name string) (release func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*lock{}
	}
	k := l.held[name]
	if k == nil {
		k = &lock{token: make(chan struct{}, 1)}
		l.held[name] = k
	}
	k.waiters++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.waiters--; k.waiters == 0 {
			delete(l.held, name)
		}
	}
	select {
	case k.token <- struct{}{}:
		return func() { <-k.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, &rpc.Lost{Sent: false, Err: ctx.Err()}
	}
}

// flights are what takes long and goes on when who began it gives up, so that
// the next one finds it further, or done.
type flights struct {
	mu      sync.Mutex
	present map[string]*flight
}

type flight struct {
	landed chan struct{}
	err    error
}

// join begins what is named, or waits for it if it has begun.
func (f *flights) join(ctx, alive context.Context, name string, do func(context.Context) error) error {
	f.mu.Lock()
	if f.present == nil {
		f.present = map[string]*flight{}
	}
	present := f.present[name]
	if present == nil {
		present = &flight{landed: make(chan struct{})}
		f.present[name] = present
		go func() {
			present.err = do(alive)
			f.mu.Lock()
			delete(f.present, name)
			f.mu.Unlock()
			close(present.landed)
		}()
	}
	f.mu.Unlock()
	select {
	case <-present.landed:
		return present.err
	case <-ctx.Done():
		return &rpc.Lost{Sent: true, Err: ctx.Err()}
	}
}

// reboots tells who waits for it that a guest has rebooted.
type reboots struct {
	mu      sync.Mutex
	waiting map[rpc.UUID][]chan struct{}
}

// wait returns a channel that is closed with the domain's next reboot, and what
// ends the waiting.
func (r *reboots) wait(uuid rpc.UUID) (rebooted <-chan struct{}, leave func()) {
	c := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = map[rpc.UUID][]chan struct{}{}
	}
	r.waiting[uuid] = append(r.waiting[uuid], c)
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.waiting[uuid] = slices.DeleteFunc(r.waiting[uuid], func(other chan struct{}) bool { return other == c })
	}
}

// seen takes an event of a reboot.
func (r *reboots) seen(e rpc.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.waiting[e.Domain.UUID] {
		close(c)
	}
	delete(r.waiting, e.Domain.UUID)
}

// pause waits for a moment, or until the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &rpc.Lost{Sent: true, Err: ctx.Err()}
	}
}
