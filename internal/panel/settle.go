package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
)

// settleShards is into how many tasks the batches of a settlement are dealt, for
// workers to share. A shard has some batches at least.
const (
	settleShards = 8
	shardBatches = 4
)

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

// LastInterval is the last full interval: everything is to be settled until then.
func (p *Panel) LastInterval(ctx context.Context) (at billing.Instant, err error) {
	err = p.view(ctx, func(tx Tx) error {
		settings, err := tx.Settings()
		at = tx.Now().Floor(settings.SettlementInterval.Seconds())
		return err
	})
	return at, err
}

// OrderSettlement makes sure that everything is settled at an instant, which is a
// full interval that has come. The first batch is settled with the order, so that
// where there is no other an hour is one transaction. The others are dealt out to
// tasks with keys of their own, so any number of workers may give the order. It
// reports whether there are such tasks.
func (p *Panel) OrderSettlement(ctx context.Context, at billing.Instant) (more bool, err error) {
	err = p.update(ctx, func(tx Tx) error {
		more, err = orderSettlement(tx, at)
		return err
	})
	return more, err
}

func orderSettlement(tx Tx, at billing.Instant) (more bool, err error) {
	first, last, err := tx.Batches()
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	late, err := settleBatch(tx, at, first)
	if err != nil || (last == first && len(late) == 0) {
		return false, err
	}
	shards := min(settleShards, 1+(last-first)/shardBatches)
	for shard := range shards {
		_, err := tx.InsertTask(Task{
			Kind: TaskSettle, Key: settleKey(at, shard, shards), RequestedBy: "accrue",
			State: TaskQueued, CreatedAt: at, RunAt: at, ExpiresAt: billing.Never,
		})
		if err != nil && !errors.Is(err, ErrExists) {
			return false, err
		}
	}
	return true, nil
}

// settleKey says which batches a task settles, and when they are settled.
func settleKey(at billing.Instant, shard, shards int64) string {
	return fmt.Sprintf("settle/%d/%d/%d", at, shard, shards)
}

func parseSettleKey(key string) (at billing.Instant, shard, shards int64, err error) {
	if _, err = fmt.Sscanf(key, "settle/%d/%d/%d", &at, &shard, &shards); err == nil && shards < 1 {
		err = errors.New("there are no shards")
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("settlement %q: %w", key, err)
	}
	return at, shard, shards, nil
}

// performSettle posts what has accrued until the task's instant, for every
// account of its batches that has anything to post. Accounts that have changed
// since, or that must first live through something, are settled on their own.
func (p *Panel) performSettle(ctx context.Context, t *Task) error {
	at, shard, shards, err := parseSettleKey(t.Key)
	if err != nil {
		return err
	}
	if err := p.step(ctx, t, StepSettle); err != nil {
		return err
	}
	for from := int64(0); ; {
		batch, late, err := p.settleNext(ctx, at, from, shard, shards)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("settle at %s from batch %d on: %w", at, from, err)
		}
		for _, account := range late {
			if err := p.onAccount(ctx, account, (*book).settle); err != nil {
				return err
			}
		}
		from = batch + 1
	}
}

// settleNext settles the next batch of a shard, from a batch on. It returns which
// one that was and who has to be settled on their own, or ErrNotFound at the end.
func (p *Panel) settleNext(ctx context.Context, at billing.Instant, from, shard, shards int64) (batch int64, late []int64, err error) {
	err = p.store.Update(ctx, func(tx Tx) error {
		for batch = from; ; {
			batch += (shard - batch%shards + shards) % shards // the next one of the shard
			next, err := tx.NextBatch(batch)
			if err != nil {
				return err
			}
			if next == batch {
				break
			}
			batch = next
		}
		late, err = settleBatch(tx, at, batch)
		return err
	})
	return batch, late, err
}

// settleBatch settles a batch, unless that has happened. It returns those of its
// accounts that have to be settled on their own.
func settleBatch(tx Tx, at billing.Instant, batch int64) (late []int64, err error) {
	accounts, done, err := tx.AccountsToSettle(at, batch)
	if err != nil {
		return nil, err
	}
	s := Settlement{Batch: batch, Key: fmt.Sprintf("usage/%d/batch/%d", at, batch), At: at, Month: (at - 1).Month()}
	for i := range accounts {
		a := &accounts[i]
		if done || a.NextEventAt <= at || a.SeenAt > at {
			s.Late = append(s.Late, a.AccountID)
			continue
		}
		usage, err := a.usage()
		if err != nil {
			return nil, fmt.Errorf("account %d: %w", a.AccountID, err)
		}
		if s.Total, err = s.Total.Add(usage.Amount); err != nil {
			return nil, err
		}
		s.Usage = append(s.Usage, usage)
	}
	if s.Total == 0 {
		return s.Late, nil
	}
	return s.Late, tx.PostUsage(s)
}
