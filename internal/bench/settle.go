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

// Settle settles everything for an hour, as the server does it, and compares with
// the floor, with a loop that has a transaction for each charge, and with a tenth
// of the accounts and instances. On PostgreSQL with a synchronous standby it also
// settles without waiting for that.
func Settle(ctx context.Context, o Options, size Size) (*Report, error) {
	tenth := settling{options: o, size: Size{max(1, size.Accounts/10), max(1, size.Instances/10)}}
	if err := tenth.with(ctx, tenth.compare); err != nil {
		return nil, err
	}
	m := settling{options: o, size: size}
	if err := m.with(ctx, m.measure); err != nil {
		return nil, err
	}
	r := m.report()
	r.add("settlement of a tenth", milliseconds(median(tenth.settled)), "ms")
	r.add("settlement / settlement of a tenth", median(m.settled).Seconds()/median(tenth.settled).Seconds(), "times")
	return r, nil
}

type settling struct {
	*site
	options Options
	size    Size

	settled, floors []time.Duration
	standby, alone  []time.Duration // waiting for a standby or not, where there is one
	loop            time.Duration   // of one charge
	logged          int64           // bytes of one settlement
	memory          int64           // bytes at most, while settling
	stalls          []stall         // of top-ups beside settlements
}

// with does something on a site that is filled, and proves that it was right.
func (m *settling) with(ctx context.Context, do func(context.Context) error) (err error) {
	if m.site, err = open(ctx, m.options, noon); err != nil {
		return err
	}
	defer m.Close()
	m.options.say("filling with %d accounts and %d instances", m.size.Accounts, m.size.Instances)
	if err := m.fill(ctx, m.options.Seed, customers{accounts: m.size.Accounts, instances: m.size.Instances, credit: plenty}); err != nil {
		return err
	}
	if _, err := m.hour(ctx, m.settle); err != nil { // everything since the month began
		return err
	}
	if err := do(ctx); err != nil {
		return err
	}
	m.options.say("verifying")
	return m.prove(ctx)
}

// compare settles and lets the floor settle, in turns.
func (m *settling) compare(ctx context.Context) error {
	for run := range m.options.runs() {
		m.options.say("run %d of %d", run+1, m.options.runs())
		watch := watchMemory()
		took, err := m.hour(ctx, m.settle)
		m.memory = max(m.memory, watch.stop())
		if err != nil {
			return err
		}
		m.settled = append(m.settled, took)
		if took, err = m.hour(ctx, m.site.floor); err != nil {
			return err
		}
		m.floors = append(m.floors, took)
	}
	return nil
}

func (m *settling) measure(ctx context.Context) (err error) {
	if err := m.compare(ctx); err != nil {
		return err
	}
	if err := m.settleUnwaiting(ctx); err != nil {
		return err
	}
	m.options.say("log")
	m.logged, err = m.ground.logged(ctx, func() error {
		_, err := m.hour(ctx, m.settle)
		return err
	})
	if err != nil {
		return err
	}
	m.options.say("loop")
	if m.loop, err = m.oneByOne(ctx); err != nil {
		return err
	}
	m.options.say("top-ups beside settlements")
	for range m.options.runs() {
		_, err := m.hour(ctx, func(ctx context.Context) error {
			found, err := m.topUpsBeside(ctx, int64(m.size.Accounts), m.settle)
			m.stalls = append(m.stalls, found)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// settleUnwaiting settles by commits that wait for no standby, and once more by
// those that do, in turns: so both meet the machine as it is now.
func (m *settling) settleUnwaiting(ctx context.Context) error {
	url, err := m.ground.unwaiting(ctx)
	if err != nil || url == "" {
		return err
	}
	other, err := m.beside(ctx, url)
	if err != nil {
		return err
	}
	defer other.Close()
	for range m.options.runs() {
		m.options.say("without and with the standby")
		took, err := m.hour(ctx, other.settle)
		if err != nil {
			return err
		}
		m.alone = append(m.alone, took)
		if took, err = m.hour(ctx, m.settle); err != nil {
			return err
		}
		m.standby = append(m.standby, took)
	}
	return nil
}

// hour turns the clock by an hour and does something.
func (m *settling) hour(ctx context.Context, do func(context.Context) error) (time.Duration, error) {
	m.clock.set(m.clock.instant() + billing.Hour)
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
	settled, floor := median(m.settled), median(m.floors)
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
	reportStalls(r, m.stalls)
	if len(m.alone) > 0 {
		r.add("settlement without waiting for the standby", milliseconds(median(m.alone)), "ms")
		r.add("settlement that waits for the standby", milliseconds(median(m.standby)), "ms")
		r.add("waiting / not waiting", median(m.standby).Seconds()/median(m.alone).Seconds(), "times")
	}
	r.Ratio = &Ratio{"settlement / floor", settled.Seconds() / floor.Seconds()}
	return r
}
