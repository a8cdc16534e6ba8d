package worker

import (
	"context"
	"errors"
	"time"

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

// moment is how long it takes at most to find out that there is no task. A
// runner that is busy for longer has found one, and lets the next one look.
const moment = 10 * time.Millisecond

// runTasks runs tasks of a lane, one after another. Of all runners of a lane
// only one at a time looks for a task, so that it costs next to nothing that
// there are many.
func (w *Worker) runTasks(s shift, lane panel.Lane, more bell) {
	for more.wait(s) {
		handOn := time.AfterFunc(moment, more.ring)
		err := w.runTask(s.work, lane)
		handOn.Stop()
		switch {
		case err == nil:
			more.ring()
		case !errors.Is(err, panel.ErrNotFound):
			w.trouble(s, "run a task", err, "lane", lane)
		}
	}
}

// runTask runs the next task of a lane, or returns panel.ErrNotFound.
func (w *Worker) runTask(ctx context.Context, lane panel.Lane) error {
	claim := panel.Claim{Lane: lane, Worker: w.name, PerHypervisor: perHypervisor}
	return guard(func() error { return w.panel.RunTask(ctx, claim) })
}
