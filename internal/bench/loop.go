package bench

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// oneByOne settles some accounts in the way of a plain loop, with a transaction
// for each instance's charge, and returns how long one charge takes.
func (m *settling) oneByOne(ctx context.Context) (time.Duration, error) {
	const sample = 100 // accounts
	m.site.clock.set(m.site.clock.instant() + billing.Hour)
	at := m.site.clock.instant()
	charges := 0
	took, err := timed(func() error {
		for id := int64(1); id <= int64(min(sample, m.size.Accounts)); id++ {
			n, err := m.site.chargeEach(ctx, id, at)
			if err != nil {
				return fmt.Errorf("account %d: %w", id, err)
			}
			charges += n
		}
		return nil
	})
	return took / time.Duration(max(charges, 1)), err
}

// chargeEach posts the last hour of each of an account's instances, and returns
// how many they are.
func (s *site) chargeEach(ctx context.Context, account int64, at billing.Instant) (charges int, err error) {
	var open []billing.Segment
	err = s.store.View(ctx, func(tx panel.Tx) (err error) {
		open, err = tx.OpenSegments(account)
		return err
	})
	for n := range open {
		if err == nil {
			err = s.store.Update(ctx, func(tx panel.Tx) error { return charge(tx, account, open, n, at) })
		}
	}
	return len(open), err
}

func charge(tx panel.Tx, account int64, open []billing.Segment, n int, at billing.Instant) error {
	a, err := tx.LockAccount(account)
	if err != nil {
		return err
	}
	if a, err = a.Settled(open); err != nil {
		return err
	}
	s := open[n]
	usage := s.Charge(a.SettledAt, at)
	a.Posted += usage
	_, err = tx.InsertTransaction(panel.Transaction{
		Key: fmt.Sprintf("usage/loop/%d/%d", s.Instance, at), Kind: panel.Usage, At: at, Month: at.Month(),
		Postings: []panel.Posting{
			{AccountID: account, Amount: -usage, Credited: a.Credited, Used: a.Posted}, {AccountID: panel.BookRevenue, Amount: usage},
		},
	})
	if err != nil {
		return err
	}
	if a.SeenAt = at; n == len(open)-1 {
		a.SettledAt = at
	}
	return tx.UpdateAccount(a)
}
