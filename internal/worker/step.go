package worker

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// What Step does at most before it says that it does not come to an end.
const (
	maxRounds = 1_000
	maxTasks  = 1_000_000
)

// Step does everything that is due now, one thing after the other, and returns
// when nothing is: first all accounts, in the order of their instants and then of
// their IDs; then the settlement, if a full interval was reached; then tasks,
// which may have made more due. What it does and in which order depends on the
// database alone. It ends with the first error.
func (w *Worker) Step(ctx context.Context) error {
	_, err := w.StepNext(ctx)
	return err
}

// StepNext does what Step does, and returns what Next would.
func (w *Worker) StepNext(ctx context.Context) (next billing.Instant, err error) {
	for range maxRounds {
		waiting, err := w.panel.Agenda(ctx)
		if err != nil {
			return 0, err
		}
		busy, err := w.round(ctx, waiting)
		if err != nil || !busy {
			return nextOf(waiting), err
		}
	}
	return 0, fmt.Errorf("there is more to do after %d rounds", maxRounds)
}

// round does the first kind of thing that is due, and reports whether it may have
// made more due.
func (w *Worker) round(ctx context.Context, waiting panel.Agenda) (busy bool, err error) {
	if waiting.Account <= waiting.Now {
		return w.catchUp(ctx, 1, asItIs)
	}
	if waiting.Settle > w.settled {
		if more, err := w.settle(ctx, waiting.Settle); more || err != nil {
			return more, err
		}
	}
	if waiting.Task <= waiting.Now {
		return w.drain(ctx)
	}
	return false, nil
}

func asItIs(_ int64, err error) error { return err }

// drain runs the tasks of all lanes until none can run, and reports whether
// there were any.
func (w *Worker) drain(ctx context.Context) (busy bool, err error) {
	for _, lane := range lanes {
		for n := 0; ; n++ {
			err := w.runTask(ctx, lane.name, nil)
			if errors.Is(err, panel.ErrNotFound) {
				break
			}
			if err != nil {
				return busy, err
			}
			if n == maxTasks {
				return busy, fmt.Errorf("lane %s has more to do after %d tasks", lane.name, maxTasks)
			}
			busy = true
		}
	}
	return busy, nil
}

// Next is the next instant at which Step would do something if nobody did
// anything before: when an account or a task is due, or when a settlement is
// while anything accrues. It is Never when there is nothing to wait for.
func (w *Worker) Next(ctx context.Context) (billing.Instant, error) {
	waiting, err := w.panel.Agenda(ctx)
	return nextOf(waiting), err
}

func nextOf(waiting panel.Agenda) billing.Instant {
	next := min(waiting.Account, waiting.Task)
	if next == billing.Never {
		return next
	}
	return min(next, waiting.Again)
}
