package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// Options are what every benchmark takes.
type Options struct {
	DB       string       // postgres://...: a fresh schema there; empty: a fresh SQLite file
	Seed     uint64       // of the data
	Runs     int          // how often what is compared is measured; figures are medians
	Progress func(string) // is told what goes on; nil: nobody is
}

func (o Options) runs() int { return max(o.Runs, 1) }

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// site is the application on a database of its own, with a clock that the
// benchmark turns and hypervisors that answer at once.
type site struct {
	*panel.Panel
	ground  ground
	store   *store.Store
	noticed *noticing // the store as the panel has it
	world   *sim.World
	worker  *worker.Worker
	clock   *clock
	close   []func() error
}

// clock is set by the benchmark and read by everything else.
type clock struct {
	now   atomic.Int64
	since atomic.Pointer[time.Time] // it runs from now on since then; nil: it stands
}

func (c *clock) time() time.Time {
	now := time.Unix(c.now.Load(), 0).UTC()
	if since := c.since.Load(); since != nil {
		now = now.Add(time.Since(*since))
	}
	return now
}

func (c *clock) instant() billing.Instant { return billing.At(c.time()) }
func (c *clock) set(at billing.Instant)   { c.now.Store(int64(at)) }

// run lets the clock run from an instant on, in step with seconds of the machine:
// that is when workers look. It returns when that instant was.
func (c *clock) run(from billing.Instant) time.Time {
	begun := time.Now().Truncate(time.Second)
	c.set(from)
	c.since.Store(&begun)
	return begun
}

// open makes a fresh database and the application on it, at an instant.
func open(ctx context.Context, o Options, at billing.Instant) (s *site, err error) {
	s = &site{clock: new(clock)}
	s.clock.set(at)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.ground, err = newGround(ctx, o.DB); err != nil {
		return nil, err
	}
	s.close = append(s.close, s.ground.remove)
	if s.world, err = sim.Open("", sim.Options{Instant: true, Now: s.clock.time}); err != nil {
		return nil, err
	}
	s.close = append(s.close, s.world.Close)
	return s, s.connect(ctx, s.ground.url())
}

// connect gives the site its panel, on a database.
func (s *site) connect(ctx context.Context, url string) (err error) {
	if s.store, err = store.Open(ctx, store.Options{URL: url, Now: s.clock.time}); err != nil {
		return err
	}
	s.close = append(s.close, s.store.Close)
	s.noticed = &noticing{Store: s.store}
	s.Panel = panel.New(s.noticed, s.world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 1))
	s.worker = worker.New(s.Panel, slog.New(slog.DiscardHandler), worker.Options{Name: "bench"})
	return nil
}

// beside is another panel on the site's database, at another URL. It is closed
// before the site is.
func (s *site) beside(ctx context.Context, url string) (*site, error) {
	other := &site{ground: s.ground, world: s.world, clock: s.clock}
	return other, other.connect(ctx, url)
}

// Close removes everything that was made.
func (s *site) Close() error {
	var errs []error
	for n := len(s.close) - 1; n >= 0; n-- {
		errs = append(errs, s.close[n]())
	}
	return errors.Join(errs...)
}

// prove fails unless every law of `accrue verify` holds.
func (s *site) prove(ctx context.Context) error {
	laws, err := s.Verify(ctx)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	for _, law := range laws {
		if len(law.Broken) > 0 {
			return fmt.Errorf("verify: %s: %s (and %d more)", law.Name, law.Broken[0], len(law.Broken)-1)
		}
	}
	return nil
}

// timed measures how long something takes.
func timed(do func() error) (time.Duration, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun), err
}
