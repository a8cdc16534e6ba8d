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

// Due is when something comes due, or Never.
type Due struct {
	Account billing.Instant // the earliest NextEventAt
	Task    billing.Instant // the earliest RunAt, or end of a lease, of a task that has not ended
}

// Agenda is what waits for a worker, and until when.
type Agenda struct {
	Due
	Now    billing.Instant
	Settle billing.Instant // the last full interval: everything is to be settled until here
	Again  billing.Instant // the next full interval
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
		a.Due, err = tx.NextDue()
		return err
	})
	return a, err
}
