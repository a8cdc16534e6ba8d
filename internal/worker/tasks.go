package worker

import (
	"context"
	"errors"
	"sync"

	"accrue/internal/panel"
)

// lanes are the queues of tasks. Machines have many runners because they wait
// most of their time, and because a few hypervisors that hang must leave some.
var lanes = []struct {
	name    panel.Lane
	runners int
}{
	{panel.LaneMoney, 2},
	{panel.LaneMachines, 16},
	{panel.LaneMail, 2},
}

// perHypervisor is how many tasks one hypervisor is given at once.
const perHypervisor = 4

// crew are the runners of a lane. One of them at a time looks for a task, and
// lets the next one look when it has found one: claims take turns in the
// database, where each that waits holds a connection and a look that finds
// nothing costs four turns of the wire.
type crew struct {
	lane    panel.Lane
	more    bell
	looking chan struct{} // is full while somebody looks
}

func newCrew(lane panel.Lane, more bell) *crew {
	return &crew{lane: lane, more: more, looking: make(chan struct{}, 1)}
}

// runTasks runs tasks of a lane, one after another.
func (w *Worker) runTasks(s shift, c *crew) {
	for {
		c.looking <- struct{}{}
		looked := sync.OnceFunc(func() { <-c.looking })
		if !c.more.wait(s) {
			looked()
			return
		}
		err := w.runTask(s.work, c.lane, func() {
			c.more.ring() // where there was one, there may be another
			looked()
		})
		looked()
		switch {
		case err == nil:
			c.more.ring() // something may have waited for this
		case !errors.Is(err, panel.ErrNotFound):
			w.trouble(s, "run a task", err, "lane", c.lane)
		}
	}
}

// runTask runs the next task of a lane, or returns panel.ErrNotFound. It calls
// claimed once there is one.
func (w *Worker) runTask(ctx context.Context, lane panel.Lane, claimed func()) error {
	claim := panel.Claim{Lane: lane, Worker: w.name, PerHypervisor: perHypervisor, Claimed: claimed}
	return guard(func() error { return w.panel.RunTask(ctx, claim) })
}
