package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
)

// settleChunk is how many accounts are settled in one transaction: large enough
// to be fast, small enough that nobody waits for it.
const settleChunk = 1000

// DueAccounts returns accounts whose next event has come, the earliest first.
func (p *Panel) DueAccounts(ctx context.Context, limit int) (due []int64, err error) {
	err = p.view(ctx, func(tx Tx) error {
		due, err = tx.DueAccounts(tx.Now(), limit)
		return err
	})
	return due, err
}

// CatchUp lets an account live through what has come due.
func (p *Panel) CatchUp(ctx context.Context, account int64) error {
	return p.onAccount(ctx, account, func(*book) error { return nil })
}

// OrderSettlement makes sure that everything is settled at the last full
// interval, unless that is not after the one a worker knows it has ordered, and
// returns the instant. The order is a task with a key of its own, so any number
// of workers may give it. The first chunk is settled with it: where there is no
// other, an hour is one transaction.
func (p *Panel) OrderSettlement(ctx context.Context, known billing.Instant) (at billing.Instant, err error) {
	err = p.view(ctx, func(tx Tx) error {
		settings, err := tx.Settings()
		at = tx.Now().Floor(settings.SettlementInterval.Seconds())
		return err
	})
	if err != nil || at <= known {
		return known, err
	}
	err = p.update(ctx, func(tx Tx) error { return orderSettlement(tx, at) })
	if errors.Is(err, ErrExists) {
		err = nil
	}
	return at, err
}

func orderSettlement(tx Tx, at billing.Instant) (err error) {
	t := Task{
		Kind: TaskSettle, Key: fmt.Sprintf("settle/%d", at), RequestedBy: "accrue",
		State: TaskQueued, CreatedAt: at, RunAt: at, ExpiresAt: billing.Never,
	}
	if t.ID, err = tx.InsertTask(t); err != nil {
		return err
	}
	_, late, more, err := settleFrom(tx, at, 0)
	if err != nil || more || len(late) > 0 {
		return err
	}
	t.Step, t.Attempt, t.StartedAt = StepSettle, 1, tx.Now()
	return finish(tx, &t, TaskSucceeded)
}

// performSettle posts what has accrued until the task's instant, for every
// account that has anything to post. Accounts that have changed since, or that
// must first live through something, are settled on their own.
func (p *Panel) performSettle(ctx context.Context, t *Task) error {
	at := t.CreatedAt
	if err := p.step(ctx, t, StepSettle); err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		var late []int64
		from := after
		err := p.store.Update(ctx, func(tx Tx) (err error) {
			after, late, more, err = settleFrom(tx, at, from)
			return err
		})
		if err != nil {
			return fmt.Errorf("settle at %s after account %d: %w", at, from, err)
		}
		for _, account := range late {
			if err := p.onAccount(ctx, account, (*book).settle); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleFrom settles one chunk of accounts. It returns the last of them, those
// that have to be settled on their own, and whether there may be more.
func settleFrom(tx Tx, at billing.Instant, after int64) (last int64, late []int64, more bool, err error) {
	accounts, err := tx.AccountsToSettle(at, after, settleChunk)
	if err != nil || len(accounts) == 0 {
		return after, nil, false, err
	}
	last, more = accounts[len(accounts)-1].AccountID, len(accounts) == settleChunk
	t := Transaction{
		Key:   fmt.Sprintf("usage/%d/%d", at, accounts[0].AccountID),
		Kind:  Usage,
		At:    at,
		Month: (at - 1).Month(),
	}
	var revenue billing.Credits
	for _, a := range accounts {
		if a.NextEventAt <= at || a.SeenAt > at {
			late = append(late, a.AccountID)
			continue
		}
		usage, err := a.usage(at)
		if err != nil {
			return last, nil, more, fmt.Errorf("account %d: %w", a.AccountID, err)
		}
		if usage == 0 {
			continue
		}
		if revenue, err = revenue.Add(usage); err != nil {
			return last, nil, more, err
		}
		t.Postings = append(t.Postings, Posting{AccountID: a.AccountID, Amount: -usage})
	}
	if len(t.Postings) == 0 {
		return last, late, more, nil
	}
	t.Postings = append(t.Postings, Posting{AccountID: BookRevenue, Amount: revenue})
	return last, late, more, tx.PostUsage(t)
}
