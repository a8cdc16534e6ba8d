package worker_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/worker"
)

// clock is a time that stands still until it is turned.
type clock struct{ now billing.Instant }

func (c *clock) time() time.Time { return c.now.Time() }

var start = billing.At(time.Date(2026, 1, 30, 21, 17, 3, 0, time.UTC))

// stepped returns a provider on a clock of its own, and two customers: one whose
// credit is used up within two days, and one who has enough.
func stepped(t *testing.T) (p *provider, c *clock, short, long identity.Who) {
	t.Helper()
	c = &clock{start}
	p = newProvider(t, with{now: c.time})
	short, long = p.customer("short", 30*billing.Credit), p.customer("long", 5000*billing.Credit)
	for _, order := range []struct {
		who  identity.Who
		name string
	}{{short, "a"}, {long, "b"}, {long, "c"}} {
		p.order(order.who, order.name)
	}
	p.must(p.worker.Step(t.Context()))
	return p, c, short, long
}

// live turns the clock to an instant and stops wherever there is something to do.
func (p *provider) live(c *clock, to billing.Instant) (stops int) {
	p.t.Helper()
	for {
		next, err := p.worker.Next(p.t.Context())
		p.must(err)
		if next > to {
			c.now = to
			return stops
		}
		if next <= c.now {
			p.t.Fatalf("at %s the next instant is %s", c.now, next)
		}
		c.now = next
		p.must(p.worker.Step(p.t.Context()))
		stops++
	}
}

// totals are what must not depend on when a worker was at work.
type totals struct {
	Balance        billing.Credits
	Taken          billing.Conditions
	SuspendedSince billing.Instant
	Months         map[string][]billing.Line
	Mails          []panel.MailKind
}

func (p *provider) totals(who identity.Who) totals {
	p.t.Helper()
	ctx := p.t.Context()
	s, err := p.Summary(ctx, who, who.AccountID)
	p.must(err)
	sum := totals{Balance: s.Balance, Taken: s.Account.Taken, Months: map[string][]billing.Line{}}
	sum.SuspendedSince, _ = p.suspended(who)
	for month := start.Month(); month <= s.Now.Month(); month++ {
		report, err := p.Usage(ctx, who, who.AccountID, month, "")
		p.must(err)
		for _, line := range report.Lines {
			sum.Months[month.String()] = append(sum.Months[month.String()], line.Line)
		}
	}
	mails, err := p.Mails(ctx, admin, 0, 100)
	p.must(err)
	for _, m := range mails {
		if m.AccountID == who.AccountID {
			sum.Mails = append(sum.Mails, m.Kind)
		}
	}
	return sum
}

// Three days in which a month ends and an account is warned and suspended.
func TestThreeDaysOffEndAsThreeDaysOfWork(t *testing.T) {
	end := start + 3*billing.Day
	if testing.Short() {
		end = start + 33*billing.Hour // everything has happened by then
	}
	always, c, short, long := stepped(t)
	if stops := always.live(c, end); billing.Instant(stops) < (end-start)/billing.Hour {
		t.Errorf("it stopped %d times until %s, want every hour at least", stops, end)
	}
	off, c, _, _ := stepped(t)
	c.now = end
	off.must(off.worker.Step(t.Context()))
	for _, who := range []identity.Who{short, long} {
		want, got := always.totals(who), off.totals(who)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-always at work +off for three days):\n%s", who.Name, diff)
		}
		if who == short && (want.SuspendedSince == 0 || len(want.Months) != 2 || len(want.Mails) != 3) {
			t.Errorf("too little happened to %s: %+v", who.Name, want)
		}
	}
	always.verify()
	off.verify()
}

func TestStepDoesNothingTwice(t *testing.T) {
	p, c, _, long := stepped(t)
	c.now = start.Floor(billing.Hour) + billing.Hour
	p.must(p.worker.Step(t.Context()))
	count := func() (entries, tasks int) {
		ledger, err := p.Ledger(t.Context(), admin, panel.LedgerFilter{Limit: 1000})
		p.must(err)
		all, err := p.Tasks(t.Context(), admin, panel.TaskFilter{Limit: 1000})
		p.must(err)
		return len(ledger), len(all)
	}
	entries, tasks := count()
	p.must(p.worker.Step(t.Context()))
	other := worker.New(p.Panel, slog.New(slog.DiscardHandler), worker.Options{})
	p.must(other.Step(t.Context()))
	if e, n := count(); e != entries || n != tasks {
		t.Errorf("got %d entries and %d tasks, then %d and %d", entries, tasks, e, n)
	}
	usage, err := p.Ledger(t.Context(), long, panel.LedgerFilter{AccountID: long.AccountID, Kind: panel.Usage, Limit: 10})
	p.must(err)
	if len(usage) != 1 || usage[0].At != c.now {
		t.Errorf("got %+v, want one entry of usage at %s", usage, c.now)
	}
}

func TestNext(t *testing.T) {
	c := &clock{start}
	p := newProvider(t, with{now: c.time})
	next := func() billing.Instant {
		t.Helper()
		at, err := p.worker.Next(t.Context())
		p.must(err)
		return at
	}
	p.must(p.worker.Step(t.Context()))
	if got := next(); got != billing.Never {
		t.Errorf("of an empty panel: got %s", got)
	}
	who := p.customer("ida", 12*billing.Credit)
	if got := next(); got != billing.Never {
		t.Errorf("of an account without instances: got %s", got)
	}
	p.order(who, "web-1")
	if got := next(); got != start {
		t.Errorf("with a task that waits: got %s, want now", got)
	}
	p.must(p.worker.Step(t.Context()))
	if got, want := next(), start.Floor(billing.Hour)+billing.Hour; got != want {
		t.Errorf("while an instance runs: got %s, want the full hour", got)
	}
	p.must(p.ChangeSettings(t.Context(), admin, func(s *panel.Settings) { s.SettlementInterval = panel.SettleDaily }))
	p.must(p.worker.Step(t.Context()))
	if got, want := next(), start+2*billing.Hour; got != want {
		t.Errorf("with 12 credits and a notice at 10: got %s, want in two hours", got)
	}
}
