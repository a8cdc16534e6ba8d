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
	for range maxRounds {
		crossed, err := w.catchUp(ctx, 1, asItIs)
		if err != nil {
			return err
		}
		if err := w.orderSettlement(ctx); err != nil {
			return err
		}
		ran, err := w.drain(ctx)
		if err != nil {
			return err
		}
		if !crossed && !ran {
			return nil
		}
	}
	return fmt.Errorf("there is more to do after %d rounds", maxRounds)
}

func asItIs(_ int64, err error) error { return err }

// drain runs the tasks of all lanes until none can run, and reports whether
// there were any.
func (w *Worker) drain(ctx context.Context) (busy bool, err error) {
	for _, lane := range lanes {
		for n := 0; ; n++ {
			err := w.runTask(ctx, lane.name)
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
	next, err := w.panel.NextDue(ctx)
	if err != nil || next == billing.Never {
		return next, err
	}
	settings, err := w.panel.Settings(ctx)
	if err != nil {
		return next, err
	}
	now, err := w.panel.Now(ctx)
	if err != nil {
		return next, err
	}
	interval := settings.SettlementInterval.Seconds()
	return min(next, now.Floor(interval)+interval), nil
}
