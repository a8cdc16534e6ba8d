package panel

import (
	"context"
	"errors"
	"sync"
	"time"

	"accrue/internal/billing"
)

// Lease is for how many seconds a claimed task stays with its worker without a
// sign of life. After that any worker may take it over.
const Lease billing.Instant = 12

// A worker gives a sign of life every renewEvery. When none has come through for
// letGo it lets go of the task: its lease, which the database's clock counts in
// whole seconds, runs out only after that.
const (
	renewEvery = 4 * time.Second
	letGo      = 10 * time.Second
)

// whileHeld does what a task is about and keeps its lease for as long as that
// takes. When the task is no longer this worker's, or may soon be another's, do
// is told to give up, and what it did not finish is ErrReplaced.
func (p *Panel) whileHeld(ctx context.Context, t *Task, do func(context.Context, *Task) error) error {
	ctx, drop := context.WithCancelCause(ctx)
	id, fence := t.ID, t.Fence // the task itself is do's meanwhile
	var keeping sync.WaitGroup
	keeping.Go(func() { p.keepLease(ctx, id, fence, drop) })
	err := do(ctx, t)
	drop(nil)
	keeping.Wait()
	if err != nil && errors.Is(context.Cause(ctx), ErrReplaced) {
		return ErrReplaced
	}
	return err
}

// keepLease renews a lease until ctx ends, and drops the task when it cannot.
func (p *Panel) keepLease(ctx context.Context, id, fence int64, drop context.CancelCauseFunc) {
	tooLate := time.AfterFunc(letGo, func() { drop(ErrReplaced) })
	defer tooLate.Stop()
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		err := p.store.Update(ctx, func(tx Tx) error { return tx.RenewLease(id, fence, tx.Now()+Lease) })
		switch {
		case err == nil:
			tooLate.Reset(letGo - time.Since(asked))
		case errors.Is(err, ErrReplaced):
			drop(ErrReplaced)
		}
	}
}
