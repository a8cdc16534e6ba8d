package sim

import (
	"context"
	"sync"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// watchers are those who want to hear when something happens on a hypervisor that
// nobody has asked for.
type watchers struct {
	mu  sync.Mutex
	all map[*watcher]bool
}

type watcher struct {
	hypervisor int64
	heard      chan panel.Change
}

// tell lets the watchers of a hypervisor know. One that does not keep up hears of
// the first changes only, which is enough to look.
func (w *World) tell(hypervisor int64, change panel.Change) {
	w.watchers.mu.Lock()
	defer w.watchers.mu.Unlock()
	for one := range w.watchers.all {
		if hypervisor != everywhere && hypervisor != one.hypervisor {
			continue
		}
		select {
		case one.heard <- change:
		default:
		}
	}
}

// Watch tells of what this World did to a hypervisor by its own methods. What
// drivers were asked for, and what was done in other processes, it does not see.
func (d *driver) Watch(ctx context.Context, changed func(panel.Change)) error {
	if err := d.look(ctx); err != nil {
		return d.named("watch", err)
	}
	one := &watcher{hypervisor: d.id, heard: make(chan panel.Change, 64)}
	all := &d.world.watchers
	all.mu.Lock()
	if all.all == nil {
		all.all = map[*watcher]bool{}
	}
	all.all[one] = true
	all.mu.Unlock()
	defer func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.all, one)
	}()
	changed(panel.Change{Power: fleet.PowerUnknown})
	for {
		select {
		case <-ctx.Done():
			return d.named("watch", ctx.Err())
		case change := <-one.heard:
			changed(change)
		}
	}
}
