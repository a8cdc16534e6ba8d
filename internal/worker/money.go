package worker

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
)

// keepMoney lets accounts live through what has come due, and orders
// settlements.
func (w *Worker) keepMoney(s shift, due bell) {
	const together = 4
	for due.wait(s) {
		if _, err := w.catchUp(s.work, together, w.putOff); err != nil {
			w.trouble(s, "look for accounts that are due", err)
		}
		if err := w.settleWhenDue(s.work); err != nil {
			w.trouble(s, "order settlement", err)
		}
	}
}

// dueAtOnce is how many accounts are looked up together.
const dueAtOnce = 200

// catchUp lets accounts live through what has come due, the earliest first and
// some of them together, until none is due any more. An account that fails is
// given to failed, which returns nil if the others are to go on. It reports
// whether there were any.
func (w *Worker) catchUp(ctx context.Context, together int, failed func(account int64, err error) error) (busy bool, err error) {
	for {
		due, err := w.panel.DueAccounts(ctx, dueAtOnce+w.ailing.count())
		if err != nil {
			return busy, err
		}
		if due = w.ailing.without(due, time.Now()); len(due) == 0 {
			return busy, nil
		}
		busy = true
		var group errgroup.Group
		group.SetLimit(together)
		for _, account := range due {
			group.Go(func() error {
				err := guard(func() error { return w.panel.CatchUp(ctx, account) })
				if err != nil {
					return failed(account, err)
				}
				w.ailing.heal(account)
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return busy, err
		}
	}
}

// putOff notes that an account could not be brought up to date. It is tried
// again later and later, and keeps nobody else waiting.
func (w *Worker) putOff(account int64, err error) error {
	wait := w.ailing.fail(account, time.Now())
	w.log.Error("account does not catch up", "account", account, "error", err, "again_in", wait)
	return nil
}

// settle sees to it that usage is posted until an instant, and reports whether
// that takes tasks.
func (w *Worker) settle(ctx context.Context, at billing.Instant) (more bool, err error) {
	more, err = w.panel.OrderSettlement(ctx, at)
	if err == nil {
		w.settled = at
	}
	return more, err
}

// settleWhenDue sees to it that usage is posted at every full interval.
func (w *Worker) settleWhenDue(ctx context.Context) error {
	at, err := w.panel.LastInterval(ctx)
	if err != nil || at <= w.settled {
		return err
	}
	_, err = w.settle(ctx, at)
	return err
}
