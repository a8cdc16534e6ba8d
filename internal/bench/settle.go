package bench

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/worker"
)

// Size is how many accounts a benchmark is about, and how many instances they
// have together.
type Size struct{ Accounts, Instances int }

// noon is when the benchmarks begin: in the middle of a month, at a full hour.
var noon = march.Start() + 9*billing.Day + 12*billing.Hour

// Settle settles everything for an hour, as the server does it, and compares
// with the floor and with a loop that has a transaction for each charge.
func Settle(ctx context.Context, o Options, size Size) (*Report, error) {
	s, err := open(ctx, o, noon)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	o.say("filling with %d accounts and %d instances", size.Accounts, size.Instances)
	if err := s.fill(ctx, o.Seed, customers{accounts: size.Accounts, instances: size.Instances, credit: plenty}); err != nil {
		return nil, err
	}
	m := settling{site: s, options: o, size: size}
	if err := m.measure(ctx); err != nil {
		return nil, err
	}
	o.say("verifying")
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	return m.report(), nil
}

type settling struct {
	site    *site
	options Options
	size    Size

	settled, floor []time.Duration
	loop           time.Duration // of one charge
	logged         int64         // bytes of one settlement
	memory         int64         // bytes at most, while settling
	stall          stall
}

func (m *settling) measure(ctx context.Context) (err error) {
	if _, err = m.hour(ctx, m.site.settle); err != nil { // everything since the month began
		return err
	}
	for run := range m.options.runs() {
		m.options.say("run %d of %d", run+1, m.options.runs())
		watch := watchMemory()
		took, err := m.hour(ctx, m.site.settle)
		m.memory = max(m.memory, watch.stop())
		if err != nil {
			return err
		}
		m.settled = append(m.settled, took)
		if took, err = m.hour(ctx, m.site.floor); err != nil {
			return err
		}
		m.floor = append(m.floor, took)
	}
	m.options.say("log")
	m.logged, err = m.site.ground.logged(ctx, func() error {
		_, err := m.hour(ctx, m.site.settle)
		return err
	})
	if err != nil {
		return err
	}
	m.options.say("loop")
	if m.loop, err = m.oneByOne(ctx); err != nil {
		return err
	}
	m.options.say("top-ups beside a settlement")
	_, err = m.hour(ctx, func(ctx context.Context) (err error) {
		m.stall, err = m.site.topUpsBeside(ctx, int64(m.size.Accounts), m.site.settle)
		return err
	})
	return err
}

// hour turns the clock by an hour and does something.
func (m *settling) hour(ctx context.Context, do func(context.Context) error) (time.Duration, error) {
	m.site.clock.set(m.site.clock.instant() + billing.Hour)
	return timed(func() error { return do(ctx) })
}

// settle lets workers do what is due, as many as the panel has for money.
func (s *site) settle(ctx context.Context) error {
	var group errgroup.Group
	for range 2 {
		w := worker.New(s.Panel, slog.New(slog.DiscardHandler), worker.Options{})
		group.Go(func() error { return w.Step(ctx) })
	}
	return group.Wait()
}

// floor settles everything until now with nothing but what has to be read and
// written.
func (s *site) floor(ctx context.Context) error {
	at := s.clock.instant()
	return s.ground.floor(ctx, panel.Transaction{Key: fmt.Sprintf("usage/floor/%d", at), Kind: panel.Usage, At: at, Month: at.Month()})
}

func (m *settling) report() *Report {
	r := &Report{}
	settled, floor := median(m.settled), median(m.floor)
	accounts, instances := float64(m.size.Accounts), float64(m.size.Instances)
	r.add("settlement", milliseconds(settled), "ms")
	r.add("floor", milliseconds(floor), "ms")
	r.add("accounts settled", accounts/settled.Seconds(), "1/s")
	r.add("instances settled", instances/settled.Seconds(), "1/s")
	r.add("log written per account", float64(m.logged)/accounts, "bytes")
	r.add("rows written per instance", 0, "rows")
	r.add("memory at most", float64(m.memory)/(1<<20), "MiB")
	r.add("one charge in a transaction of its own", float64(m.loop.Nanoseconds())/1000, "µs")
	r.add("a loop over all charges", m.loop.Seconds()*instances, "s")
	r.add("loop / settlement", m.loop.Seconds()*instances/settled.Seconds(), "times")
	m.stall.report(r)
	r.Ratio = &Ratio{"settlement / floor", settled.Seconds() / floor.Seconds()}
	return r
}
