package panel_test

import (
	"context"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/metric"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// counted is a provider whose machines' counters the test turns.
type counted struct {
	*provider
	samples map[string]*panel.Sample // by UID, of machines that are on
}

// counters are simulated hypervisors whose machines show what a test wants.
type counters struct {
	panel.Drivers
	of *counted
}

type counting struct {
	panel.Driver
	of *counted
}

func (c counters) Driver(h panel.Hypervisor) (panel.Driver, error) {
	d, err := c.Drivers.Driver(h)
	return counting{d, c.of}, err
}

func (c counting) Samples(context.Context) (samples []panel.Sample, err error) {
	for _, s := range c.of.samples {
		s.At = int64(c.of.clock.now)
		samples = append(samples, *s)
	}
	return samples, nil
}

func newCounted(t *testing.T, url string) *counted {
	t.Helper()
	c := &counted{provider: newProvider(t, url, 10), samples: map[string]*panel.Sample{}}
	c.Panel = panel.New(c.store, counters{c.world, c}, c.mail, identity.NewHasher(identity.TestParams, 4))
	hosts, err := c.HypervisorIDs(ctx)
	c.must(err)
	for _, id := range hosts {
		c.must(c.Watch(ctx, id))
	}
	return c
}

// on switches counters on, in an epoch of their own.
func (c *counted) on(i panel.Instance, epoch string) *panel.Sample {
	c.t.Helper()
	s := &panel.Sample{UID: i.UID, Epoch: epoch}
	c.samples[i.UID] = s
	return s
}

// look reads counters every half minute for a time, and calls do before each.
func (c *counted) look(seconds billing.Instant, do func()) {
	c.t.Helper()
	for range seconds / 30 {
		c.clock.now += 30
		do()
		c.must(c.Sample(ctx, 1))
		c.must(c.ChargeTraffic(ctx))
	}
}

func (c *counted) metrics(who identity.Who, id int64, r panel.MetricsRange) []metric.Point {
	c.t.Helper()
	points, _, err := c.Metrics(ctx, who, id, r)
	c.must(err)
	return points
}

// What a machine does is known from the second look on, at once, and stays known
// at every resolution as it grows old.
func TestMetricsGrowOld(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		c := newCounted(t, url)
		who := c.customer("ida", 10000*billing.Credit)
		web := c.create(who, "web")
		start := c.clock.now
		s := c.on(web, "1")
		last := panel.MetricsRange{From: start, To: start + 7*billing.Day}
		c.look(30, func() {})
		if got := c.metrics(who, web.ID, panel.MetricsRange{From: start}); len(got) != 0 {
			t.Errorf("one look gave %v", got)
		}
		busy := func() { s.NetOut, s.CPUNanos = s.NetOut+3000, s.CPUNanos+15e9 }
		c.look(60, busy)
		if got := c.metrics(who, web.ID, panel.MetricsRange{From: start}); len(got) == 0 || got[0].Of(metric.NetOut) != 100 || got[0].Of(metric.CPU) != 50 {
			t.Errorf("got %v, want 100 bytes a second at 50 %%", got)
		}
		c.look(5400, busy)
		points, drawn, err := c.Metrics(ctx, who, web.ID, panel.MetricsRange{From: start, Step: 60})
		c.must(err)
		if want := int(c.clock.now-start)/60 - 1; len(points) < want-1 || len(points) > want+1 || drawn.To != c.clock.now {
			t.Errorf("%d points in 90 minutes until %s, want about %d", len(points), drawn.To, want)
		}
		for i, p := range points {
			if p.Of(metric.NetOut) != 100 || p.Of(metric.CPU) != 50 || (i > 0 && p.At != points[i-1].At+60) {
				t.Fatalf("point %d is %v", i, p)
			}
		}
		idle := func() {}
		c.look(3600, idle)
		c.clock.now += 7*billing.Day - 3*3600
		c.must(c.Sample(ctx, 1))
		c.must(c.ExpireMetrics(ctx))
		last.Step = 600
		points = c.metrics(who, web.ID, last)
		if len(points) < 14 || points[0].Of(metric.NetOut) != 100 || points[0].At%600 != 0 {
			t.Errorf("a week later: %v, want points of ten minutes", points)
		}
		c.clock.now += 20 * billing.Day
		c.must(c.ExpireMetrics(ctx))
		last.To, last.Step = 0, 3600
		points = c.metrics(who, web.ID, last)
		if len(points) < 2 || points[0].At%3600 != 0 || points[0].Of(metric.NetOut) != 100 {
			t.Errorf("four weeks later: %v, want points of hours", points)
		}
		c.clock.now += 10 * billing.Day
		c.must(c.ExpireMetrics(ctx))
		if points = c.metrics(who, web.ID, panel.MetricsRange{From: start, Step: 86400}); len(points) != 0 {
			t.Errorf("long after: %v, want nothing", points)
		}
	})
}

func TestAHypervisorDidWhatItsInstancesDid(t *testing.T) {
	c := newCounted(t, storetest.SQLite(t))
	who := c.customer("ida", 10000*billing.Credit)
	a, b := c.create(who, "a"), c.create(who, "b")
	start := c.clock.now
	first, second := c.on(a, "1"), c.on(b, "1")
	c.look(120, func() { first.NetOut, second.NetOut = first.NetOut+3000, second.NetOut+6000 })
	points, _, err := c.HypervisorMetrics(ctx, admin, 1, panel.MetricsRange{From: start})
	c.must(err)
	if len(points) == 0 || points[0].Of(metric.NetOut) != 300 {
		t.Errorf("got %v, want 300 bytes a second", points)
	}
	if _, _, err := c.HypervisorMetrics(ctx, who, 1, panel.MetricsRange{From: start}); err != panel.ErrForbidden {
		t.Errorf("a customer asks: %v", err)
	}
}

func TestMetricsAreTheOwners(t *testing.T) {
	c := newCounted(t, storetest.SQLite(t))
	ida, bob := c.customer("ida", 100*billing.Credit), c.customer("bob", 100*billing.Credit)
	web := c.create(ida, "web")
	if _, _, err := c.Metrics(ctx, bob, web.ID, panel.MetricsRange{From: noon}); err != panel.ErrNotFound {
		t.Errorf("got %v, want that it is not found", err)
	}
	for field, r := range map[string]panel.MetricsRange{
		"end":  {From: noon + 1, To: noon},
		"step": {From: noon - 3600, To: noon, Step: 90},
	} {
		_, _, err := c.Metrics(ctx, ida, web.ID, r)
		invalidAt(t, err, field)
	}
	_, _, err := c.Metrics(ctx, ida, web.ID, panel.MetricsRange{From: noon - 30*billing.Day, To: noon, Step: 60})
	invalidAt(t, err, "step")
	if _, drawn, err := c.Metrics(ctx, ida, web.ID, panel.MetricsRange{From: noon - 30*billing.Day}); err != nil || drawn.Step != 3*3600 {
		t.Errorf("a month is drawn every %d s, %v", drawn.Step, err)
	}
}

// Bytes are counted whatever happens to counters and machines: restarts, looks
// that are missed, a panel that was off; nothing is counted twice.
func TestTrafficSurvivesEpochs(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		c := newCounted(t, url)
		who := c.customer("ida", 10000*billing.Credit)
		web := c.create(who, "web")
		s := c.on(web, "1")
		s.NetOut = 5000 // before anybody looked
		c.look(600, func() { s.NetOut += 100 })
		first := s.NetOut - 5000 - 100
		c.clock.now += 3 * 3600 // nobody looks
		s.NetOut += 40_000
		c.look(600, func() {})

		// What was sent since the last look is read before the power goes.
		s.NetOut += 777
		c.clock.now += 15
		_, err := c.StopInstance(ctx, who, web.ID)
		c.must(err)
		c.work()
		delete(c.samples, web.UID)
		c.look(600, func() {})
		_, err = c.StartInstance(ctx, who, web.ID)
		c.must(err)
		c.work()
		s = c.on(web, "2")
		c.look(600, func() { s.NetOut, s.NetIn = s.NetOut+10, s.NetIn+1 })
		after := s.NetOut
		s.NetOut = 0 // a reset that nobody says anything of
		c.look(600, func() { s.NetOut++ })
		c.look(600, func() {})
		want := first + 40_000 + 777 + after + s.NetOut - 1

		v := c.instance(who, web.ID)
		if v.Traffic.Out != want || v.Traffic.In != 20 {
			t.Errorf("counted %d bytes out and %d in, want %d and 20", v.Traffic.Out, v.Traffic.In, want)
		}
	})
}

// A plan that includes a GiB slows the port down beyond it, until the month ends.
func TestBeyondItsTransferAPortIsSlow(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		c := newCounted(t, url)
		plan, err := c.Plan(ctx, c.plan)
		c.must(err)
		plan.TransferGiB, plan.ThrottleMbit = 1, 10
		_, err = c.SavePlan(ctx, admin, plan, panel.PriceInput{})
		c.must(err)
		who := c.customer("ida", 10000*billing.Credit)
		c.clock.now = billing.NewMonth(2026, 7).Start() - 7200
		web := c.create(who, "web")
		s := c.on(web, "1")
		limit := func(want int64) {
			t.Helper()
			c.work()
			machines, err := c.world.Machines(ctx)
			c.must(err)
			if got := machines[0].Limits.PortMbitPerS; got != want {
				t.Errorf("at %s the port is limited to %d Mbit/s, want %d", c.clock.now, got, want)
			}
			if got := c.instance(who, web.ID).Throttle; got != want {
				t.Errorf("at %s the instance says it is limited to %d Mbit/s, want %d", c.clock.now, got, want)
			}
		}
		c.look(1200, func() { s.NetOut += billing.GiB / 50 })
		limit(0)
		c.look(1200, func() { s.NetOut += billing.GiB / 50 })
		limit(10)
		c.look(3600, func() {})
		limit(10)
		c.look(3600, func() {})
		limit(0)
	})
}

// What was counted is charged: the line has exactly the bytes beyond.
func TestCountedTrafficIsCharged(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		c := newCounted(t, url)
		c.metered()
		who := c.customer("ida", 10000*billing.Credit)
		web := c.create(who, "web")
		s := c.on(web, "1")
		c.look(30, func() {})
		c.look(3600, func() { s.NetOut += 27_654_321 })
		c.look(600, func() {})
		r := c.usage(who.AccountID, c.clock.now.Month())
		beyond := s.NetOut - billing.GiB
		if len(r.Lines) != 2 || r.Lines[1].Bytes != beyond {
			t.Fatalf("lines %+v, want %d bytes of traffic", r.Lines, beyond)
		}
		if want, err := billing.TrafficCharge(2*billing.Credit, 0, beyond); err != nil || r.Lines[1].Amount != want {
			t.Errorf("charged %s, want %s", r.Lines[1].Amount, want)
		}
		v := c.instance(who, web.ID)
		if v.Traffic.Out != s.NetOut || v.Traffic.Beyond != beyond || v.TrafficPrice != 2*billing.Credit {
			t.Errorf("got %+v at %s, want %d bytes, %d beyond", v.Traffic, v.TrafficPrice, s.NetOut, beyond)
		}
		c.verify()
	})
}
