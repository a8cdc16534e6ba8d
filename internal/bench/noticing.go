package bench

import (
	"context"
	"sync/atomic"

	"accrue/internal/panel"
)

// noticing is a store that counts transactions, and notices who is suspended.
type noticing struct {
	panel.Store
	n         atomic.Int64
	suspended func(account int64) // is told after the commit; nil: nobody is
}

func (s *noticing) View(ctx context.Context, read func(panel.Tx) error) error {
	s.n.Add(1)
	return s.Store.View(ctx, read)
}

func (s *noticing) Update(ctx context.Context, write func(panel.Tx) error) error {
	s.n.Add(1)
	if s.suspended == nil {
		return s.Store.Update(ctx, write)
	}
	var found []int64
	err := s.Store.Update(ctx, func(tx panel.Tx) error {
		found = nil
		return write(&noticingTx{tx, &found})
	})
	for _, account := range found {
		if err == nil {
			s.suspended(account)
		}
	}
	return err
}

type noticingTx struct {
	panel.Tx
	suspended *[]int64
}

func (t *noticingTx) UpdateAccount(a panel.Account) error {
	if a.Taken.Suspended {
		*t.suspended = append(*t.suspended, a.ID)
	}
	return t.Tx.UpdateAccount(a)
}
