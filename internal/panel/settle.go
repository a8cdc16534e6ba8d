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
// of workers may give it.
func (p *Panel) OrderSettlement(ctx context.Context, known billing.Instant) (at billing.Instant, err error) {
	err = p.view(ctx, func(tx Tx) error {
		settings, err := tx.Settings()
		at = tx.Now().Floor(settings.SettlementInterval.Seconds())
		return err
	})
	if err != nil || at <= known {
		return known, err
	}
	err = p.update(ctx, func(tx Tx) error {
		return insertTask(tx, Task{Kind: TaskSettle, Key: fmt.Sprintf("settle/%d", at), RequestedBy: "accrue"}, at)
	})
	if errors.Is(err, ErrExists) {
		err = nil
	}
	return at, err
}

// performSettle posts what has accrued until the task's instant, for every
// account that has anything to post. Accounts that have changed since, or that
// must first live through something, are settled on their own.
func (p *Panel) performSettle(ctx context.Context, t *Task) error {
	at := t.CreatedAt
	if err := p.step(ctx, t, StepSettle); err != nil {
		return err
	}
	for after := int64(0); ; {
		var last int64
		var late []int64
		err := p.store.Update(ctx, func(tx Tx) (err error) {
			last, late, err = settleFrom(tx, at, after)
			return err
		})
		if err != nil {
			return fmt.Errorf("settle at %s after account %d: %w", at, after, err)
		}
		for _, account := range late {
			if err := p.onAccount(ctx, account, (*book).settle); err != nil {
				return err
			}
		}
		if last == 0 {
			return nil
		}
		after = last
	}
}

// settleFrom settles one chunk of accounts. It returns the last of them, or 0
// when there are no more, and those that have to be settled on their own.
func settleFrom(tx Tx, at billing.Instant, after int64) (last int64, late []int64, err error) {
	accounts, err := tx.AccountsToSettle(at, after, settleChunk)
	if err != nil || len(accounts) == 0 {
		return 0, nil, err
	}
	last = accounts[len(accounts)-1].AccountID
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
			return 0, nil, fmt.Errorf("account %d: %w", a.AccountID, err)
		}
		if usage == 0 {
			continue
		}
		if revenue, err = revenue.Add(usage); err != nil {
			return 0, nil, err
		}
		t.Postings = append(t.Postings, Posting{AccountID: a.AccountID, Amount: -usage})
	}
	if len(t.Postings) == 0 {
		return last, late, nil
	}
	t.Postings = append(t.Postings, Posting{AccountID: BookRevenue, Amount: revenue})
	return last, late, tx.PostUsage(t)
}
