package panel

import (
	"context"

	"accrue/internal/billing"
)

// Beat notes that a worker is alive.
func (p *Panel) Beat(ctx context.Context, b Beat) error {
	return p.store.Update(ctx, func(tx Tx) error {
		b.SeenAt = tx.Now()
		if err := tx.DeleteRequests(b.SeenAt - RequestsKept); err != nil {
			return err
		}
		return tx.SaveBeat(b)
	})
}

// Agenda is what waits for a worker, and until when.
type Agenda struct {
	Now     billing.Instant
	Account billing.Instant // when the next account is due, or Never
	Task    billing.Instant // when the next task is, or Never
	Settle  billing.Instant // the last full interval: everything is to be settled until here
	Again   billing.Instant // the next full interval
}

// Agenda returns what waits for a worker.
func (p *Panel) Agenda(ctx context.Context) (a Agenda, err error) {
	err = p.view(ctx, func(tx Tx) error {
		settings, err := tx.Settings()
		if err != nil {
			return err
		}
		a.Now = tx.Now()
		a.Settle = a.Now.Floor(settings.SettlementInterval.Seconds())
		a.Again = a.Settle + settings.SettlementInterval.Seconds()
		if a.Account, err = tx.NextDue(); err != nil {
			return err
		}
		a.Task, err = tx.NextTask()
		return err
	})
	return a, err
}
