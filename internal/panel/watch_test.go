package panel_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// watch lets half a minute pass, looks at a hypervisor, and does what follows.
func (p *provider) watch(hypervisor int64, changes ...panel.Change) {
	p.t.Helper()
	p.pass(30)
	p.must(p.Watch(ctx, hypervisor, changes...))
	p.work()
}

// fill orders instances and brings them up.
func (p *provider) fill(who identity.Who, n int) (all []panel.Instance) {
	p.t.Helper()
	for i := range n {
		all = append(all, p.create(who, fmt.Sprintf("i%d", i)))
	}
	return all
}

func (p *provider) wantStatus(who identity.Who, i panel.Instance, when string, want fleet.Status) {
	p.t.Helper()
	if got := p.instance(who, i.ID).Status; got != want {
		p.t.Errorf("%s %s is %s, want %s", when, i.Name, got, want)
	}
}

// happened are the kinds of an instance's events, the oldest first.
func (p *provider) happened(who identity.Who, i panel.Instance) (kinds []string) {
	p.t.Helper()
	events, err := p.Events(ctx, who, panel.EventFilter{AccountID: who.AccountID, InstanceID: i.ID, Limit: 100})
	p.must(err)
	for _, e := range slices.Backward(events) {
		kinds = append(kinds, strings.TrimPrefix(e.Kind, "instance."))
	}
	return kinds
}

// alarms are the open ones, as kind and machine.
func (p *provider) alarms() (open []string) {
	p.t.Helper()
	found, err := p.AdminAlarms(ctx, admin, false)
	p.must(err)
	for _, f := range found {
		open = append(open, string(f.Kind))
	}
	slices.Sort(open)
	return open
}

func (p *provider) wantAlarms(when string, want ...string) {
	p.t.Helper()
	if got := p.alarms(); !slices.Equal(got, want) {
		p.t.Errorf("%s: got the alarms %q, want %q", when, got, want)
	}
}

// powered is what a machine is, whatever the panel thinks.
func (p *provider) powered(i panel.Instance) fleet.Power {
	p.t.Helper()
	machines, err := p.world.Machines(ctx)
	p.must(err)
	for _, m := range machines {
		if m.UID == i.UID {
			return m.Power
		}
	}
	return fleet.PowerAbsent
}

func TestAGuestThatDoesNotStayUpIsGivenUp(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	for n, wait := range []billing.Instant{0, 15, 60} {
		p.must(p.world.Crash(web.UID))
		p.must(p.Watch(ctx, web.HypervisorID))
		if p.work(); wait > 0 {
			p.pass(wait - 1)
			p.wantStatus(who, web, fmt.Sprintf("before restart %d", n+1), fleet.StatusError)
			p.pass(1)
		}
		p.wantStatus(who, web, fmt.Sprintf("after restart %d", n+1), fleet.StatusRunning)
		p.wantAlarms("while it is restarted")
	}
	p.must(p.world.Crash(web.UID))
	for range 30 { // longer than the window in which restarts count
		p.watch(web.HypervisorID)
	}
	p.wantStatus(who, web, "given up", fleet.StatusError)
	p.wantAlarms("given up", "crashing")
	if got := p.happened(who, web); !slices.Equal(got, []string{"ordered", "created", "crashed"}) {
		t.Errorf("got the events %q, want that it does not stay up, once", got)
	}
	if got := p.instance(who, web.ID).Percent; got != 100 {
		t.Errorf("billed at %d%%, want 100: its room is kept and its guest is its owner's", got)
	}
	_, err := p.StartInstance(ctx, who, web.ID)
	p.must(err)
	p.work()
	p.wantStatus(who, web, "started by its owner", fleet.StatusRunning)
	p.watch(web.HypervisorID)
	p.wantAlarms("started by its owner")
	p.must(p.world.Crash(web.UID))
	p.watch(web.HypervisorID)
	p.wantStatus(who, web, "crashed again", fleet.StatusRunning)
	p.verify()
}

func TestAGuestThatGoesOffUnheardIsSwitchedOnSoon(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	p.must(p.world.Destroy(web.UID))
	p.watch(web.HypervisorID)
	p.pass(4)
	p.wantStatus(who, web, "at first", fleet.StatusStarting)
	p.pass(1)
	p.wantStatus(who, web, "then", fleet.StatusRunning)
	p.verify()
}

// A guest that its owner shut down from within stays off, and costs what the plan
// says for stopped instances, from when that was seen.
func TestAGuestThatShutsItselfDownStaysOff(t *testing.T) {
	for name, late := range map[string]bool{"heard at once": false, "heard after it was seen": true} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t, storetest.SQLite(t), 10)
			who := p.customer("ida", 100*billing.Credit)
			web := p.create(who, "web")
			p.pass(3600)
			p.must(p.world.ShutDown(web.UID))
			if late {
				p.must(p.Watch(ctx, web.HypervisorID)) // which orders a restart
			}
			p.must(p.Watch(ctx, web.HypervisorID, panel.Change{UID: web.UID, Power: fleet.PowerOff, ByGuest: true}))
			p.pass(3600)
			p.watch(web.HypervisorID)
			p.wantStatus(who, web, "afterwards", fleet.StatusStopped)
			if p.powered(web) != fleet.PowerOff {
				t.Error("its machine was switched on")
			}
			if got, want := p.summary(who).Balance, 100*billing.Credit-billing.Credit-billing.Credit/2; got > want || got < want-billing.Credit/100 {
				t.Errorf("balance %s, want %s and some seconds at half the price", got, want)
			}
			if got := p.happened(who, web); !slices.Equal(got, []string{"ordered", "created", "stopped"}) {
				t.Errorf("got the events %q, want it stopped, once", got)
			}
			p.verify()
		})
	}
}

// What a hypervisor that has booted should run comes up, five at a time, and
// nothing else does.
func TestARebootedHypervisorBringsBackWhatShouldRun(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 40)
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	all, held := p.fill(ida, 13), p.create(bob, "held")
	host := held.HypervisorID
	_, err := p.StopInstance(ctx, ida, all[12].ID)
	p.must(err)
	p.must(p.PlaceHold(ctx, admin, bob.AccountID, fleet.HoldAdmin, "unpaid"))
	p.work()
	p.watch(host)
	p.must(p.world.RestartHost(host))
	p.clock.now += 10
	p.must(p.Heartbeat(ctx, host)) // which sees that it has booted
	booted := p.clock.now
	var due []billing.Instant
	tasks, err := p.Tasks(ctx, admin, panel.TaskFilter{Kind: panel.TaskPower, State: panel.TaskQueued, Limit: 100})
	p.must(err)
	for _, task := range slices.Backward(tasks) {
		due = append(due, task.RunAt-booted)
	}
	if want := []billing.Instant{0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 20, 20}; !slices.Equal(due, want) {
		t.Errorf("ordered after %d seconds, want %d", due, want)
	}
	for range 3 {
		p.pass(10)
		p.must(p.Heartbeat(ctx, host))
	}
	for _, i := range all[:12] {
		p.wantStatus(ida, i, "afterwards", fleet.StatusRunning)
	}
	if p.powered(all[12]) != fleet.PowerOff || p.powered(held) != fleet.PowerOff {
		t.Error("what should be off was switched on")
	}
	p.wantAlarms("after a boot")
	p.verify()
}

// Somebody switches the machine of a suspended customer on, and one of a customer
// who wants it off.
func TestWhatMustNotRunIsSwitchedOff(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 2*billing.Credit)
	web, db := p.create(who, "web"), p.create(who, "db")
	_, err := p.StopInstance(ctx, who, db.ID)
	p.must(err)
	p.pass(2 * 3600)
	p.wantStatus(who, web, "without credit", fleet.StatusSuspended)
	host, err := p.Hypervisor(ctx, admin, web.HypervisorID)
	p.must(err)
	driver, err := p.world.Driver(host)
	p.must(err)
	for _, i := range []panel.Instance{web, db} {
		p.must(driver.EnsurePower(ctx, i.UID, fleet.PowerOn, 0))
	}
	p.watch(host.ID)
	for _, i := range []panel.Instance{web, db} {
		if got := p.powered(i); got != fleet.PowerOff {
			t.Errorf("%s is %s, want off", i.Name, got)
		}
	}
	p.verify()
}

// Too much that changes at once is left alone until it is as before, or until
// somebody says that it is true.
func TestAMassChangeIsLeftAlone(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 40)
	who := p.customer("ida", 1000*billing.Credit)
	all := p.fill(who, 20)
	host := all[0].HypervisorID
	p.watch(host)
	for _, i := range all[:4] { // a fifth
		p.must(p.world.Destroy(i.UID))
	}
	p.watch(host)
	p.pass(5)
	p.wantAlarms("a fifth went down")
	for _, i := range all[:4] {
		p.wantStatus(who, i, "of a fifth", fleet.StatusRunning)
	}
	p.unreachable(host, true)
	for _, i := range all[:5] {
		p.must(p.world.Destroy(i.UID))
	}
	p.pass(60)
	p.watch(host)
	p.wantAlarms("silent", "unreachable")
	p.unreachable(host, false)
	for range 4 {
		p.watch(host)
		p.wantAlarms("more than a fifth went down", "mass-change")
	}
	for _, i := range all[:5] {
		p.wantStatus(who, i, "of too many", fleet.StatusRunning)
		if got := p.powered(i); got != fleet.PowerOff {
			t.Errorf("%s is %s, want it left alone", i.Name, got)
		}
	}
	seen, err := p.Hypervisor(ctx, admin, host)
	p.must(err)
	if !seen.Online || seen.Stock.At > p.clock.now-100 {
		t.Errorf("online %v, last believed at %s, want it online and not believed", seen.Online, seen.Stock.At)
	}

	alarms, err := p.AdminAlarms(ctx, admin, false)
	p.must(err)
	p.must(p.ResolveFinding(ctx, admin, alarms[0].ID, "somebody fell over a cable"))
	refusedWith(t, p.ResolveFinding(ctx, admin, alarms[0].ID, "again"), panel.CodeConflict)
	p.wantAlarms("resolved")
	p.watch(host)
	p.pass(15) // those of the fifth go down for the second time
	for _, i := range all[:5] {
		p.wantStatus(who, i, "after somebody said so", fleet.StatusRunning)
		if got := p.powered(i); got != fleet.PowerOn {
			t.Errorf("%s is %s, want on", i.Name, got)
		}
	}
	p.watch(host)
	alarms, err = p.AdminAlarms(ctx, admin, true)
	p.must(err)
	if len(alarms) != 2 || alarms[0].GoneAt == 0 || alarms[0].Note != "somebody fell over a cable" {
		t.Errorf("got %+v, want it to be over, like the silence before", alarms)
	}
	p.verify()
}

func TestMachinesWithoutAnInstanceAreListedAndLeft(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	second := p.addHost("hv2", 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	gone := p.create(who, "gone")
	host, err := p.Hypervisor(ctx, admin, web.HypervisorID)
	p.must(err)
	_, err = p.DeleteInstance(ctx, who, gone.ID)
	p.must(err)
	p.work()
	here, err := p.world.Driver(host)
	p.must(err)
	there, err := p.world.Driver(second)
	p.must(err)
	size := fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 10}
	for uid, driver := range map[string]panel.Driver{"by-hand": here, gone.UID: here, web.UID: there, panel.TestMachineUID: here} {
		m := panel.Machine{UID: uid, Name: uid, Size: size}
		p.must(driver.EnsureDisk(ctx, m))
		p.must(driver.EnsureDefined(ctx, m))
	}
	p.must(p.world.AddForeign(host.ID, "dns", fleet.Resources{VCPUs: 4, MemoryMiB: 2048, DiskGiB: 20}))
	discoveries := func(want ...string) {
		t.Helper()
		p.watch(host.ID)
		p.watch(second.ID)
		found, err := p.AdminDiscoveries(ctx, admin, false)
		p.must(err)
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprintf("%s %s on %d of instance %d", f.Kind, f.UID, f.HypervisorID, f.InstanceID))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	hand := fmt.Sprintf("orphan by-hand on %d of instance 0", host.ID)
	deleted := fmt.Sprintf("orphan %s on %d of instance %d", gone.UID, host.ID, gone.ID)
	misplaced := fmt.Sprintf("misplaced %s on %d of instance %d", web.UID, second.ID, web.ID)
	discoveries(hand, deleted, misplaced)
	discoveries(hand, deleted, misplaced) // once
	machines, err := p.world.Machines(ctx)
	p.must(err)
	if len(machines) != 6 {
		t.Errorf("%d machines, want the 6 that were there", len(machines))
	}
	seen, err := p.Hypervisor(ctx, admin, host.ID)
	p.must(err)
	if want := (fleet.Resources{VCPUs: 4, MemoryMiB: 2048, DiskGiB: 20}); seen.Taken != want || seen.Stock.Foreign != 1 {
		t.Errorf("%d foreign machines take %+v, want one that takes %+v", seen.Stock.Foreign, seen.Taken, want)
	}
	if free := seen.Free(); free.MemoryMiB != 10*1024-1024-2048 {
		t.Errorf("%d MiB are free, want what neither web nor the foreign machine takes", free.MemoryMiB)
	}

	p.must(here.EnsureAbsent(ctx, gone.UID))
	found, err := p.AdminDiscoveries(ctx, admin, false)
	p.must(err)
	for _, f := range found {
		if f.UID == "by-hand" {
			p.must(p.ResolveFinding(ctx, admin, f.ID, "a test of ours"))
		}
	}
	discoveries(misplaced)
	p.must(here.EnsureAbsent(ctx, "by-hand"))
	discoveries(misplaced)
	m := panel.Machine{UID: "by-hand", Name: "by-hand", Size: size}
	p.must(here.EnsureDisk(ctx, m))
	p.must(here.EnsureDefined(ctx, m))
	discoveries(misplaced, hand) // it is another one now
	p.verify()
}

// Another machine that answers in a hypervisor's place is not believed.
func TestAStrangerIsNotBelieved(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	host := web.HypervisorID
	p.watch(host)
	p.must(p.world.ReplaceHost(host, "another"))
	p.must(p.world.Vanish(web.UID))
	for range 5 {
		p.clock.now += 10
		p.must(p.Heartbeat(ctx, host))
		p.work()
	}
	p.wantAlarms("while another answers", "stranger")
	p.wantStatus(who, web, "while another answers", fleet.StatusUnknown)
	if got := p.instance(who, web.ID).Percent; got != 100 {
		t.Errorf("billed at %d%%, want 100: nothing is known", got)
	}
	_, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: "next", PlanID: p.plan, LocationID: p.place})
	refusedWith(t, err, panel.CodeNoCapacity)
	p.must(p.world.ReplaceHost(host, ""))
	p.watch(host)
	p.wantAlarms("when it is back")
	p.must(p.world.ReplaceHost(host, "another"))
	p.watch(host)
	alarms, err := p.AdminAlarms(ctx, admin, false)
	p.must(err)
	p.must(p.ResolveFinding(ctx, admin, alarms[0].ID, "it has a new board"))
	p.watch(host)
	p.wantAlarms("when somebody knows it")
	seen, err := p.Hypervisor(ctx, admin, host)
	p.must(err)
	if seen.HostUID != "another" || !seen.Online {
		t.Errorf("got %q, online %v, want the new one", seen.HostUID, seen.Online)
	}
}

func TestAMachineWithoutAMeterRaisesAnAlarm(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web, db := p.create(who, "web"), p.create(who, "db")
	p.must(p.store.Update(ctx, func(tx panel.Tx) error {
		open, err := tx.OpenSegments(who.AccountID)
		if err != nil {
			return err
		}
		return tx.CloseSegment(open[0].ID, tx.Now())
	}))
	p.watch(web.HypervisorID)
	p.watch(web.HypervisorID)
	alarms, err := p.AdminAlarms(ctx, admin, false)
	p.must(err)
	if len(alarms) != 1 || alarms[0].Kind != panel.AlarmUnmetered || alarms[0].InstanceID != web.ID {
		t.Errorf("got %+v, want one of web", alarms)
	}
	o, err := p.Overview(ctx, admin)
	p.must(err)
	if len(o.Alarms) != 1 || o.Discoveries != 0 {
		t.Errorf("the overview has %+v and %d discoveries, want the alarm", o.Alarms, o.Discoveries)
	}
	_, err = p.StopInstance(ctx, who, web.ID)
	p.must(err)
	_, err = p.StopInstance(ctx, who, db.ID)
	p.must(err)
	p.work()
	p.watch(web.HypervisorID)
	p.wantAlarms("when it is off")
}

// A look at which nothing is new writes nothing of the instances.
func TestALookAtWhatIsKnownWritesNoInstance(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 100)
	who := p.customer("ida", 1000*billing.Credit)
	all := p.fill(who, 30)
	p.watch(all[0].HypervisorID)
	before, err := p.FindInstances(ctx, admin, panel.InstanceFilter{})
	p.must(err)
	for range 3 {
		p.watch(all[0].HypervisorID)
	}
	after, err := p.FindInstances(ctx, admin, panel.InstanceFilter{})
	p.must(err)
	if !slices.EqualFunc(before, after, func(a, b panel.Instance) bool { return a.ObservedAt == b.ObservedAt && a.Observed == b.Observed }) {
		t.Error("instances were written")
	}
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		sightings, err := tx.ListSightings(all[0].HypervisorID)
		if len(sightings) != 0 {
			t.Errorf("got %+v, want nothing remembered", sightings)
		}
		return err
	}))
}

// BenchmarkWatch is a look at a hypervisor with 100 instances of 100 customers.
func BenchmarkWatch(b *testing.B) {
	for _, engine := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			p := newProvider(b, engine.url(b), 200)
			for n := range 100 {
				p.create(p.customer(fmt.Sprintf("c%d", n), 100*billing.Credit), "web")
			}
			hosts, err := p.Hypervisors(ctx, admin, p.place)
			p.must(err)
			for b.Loop() {
				p.must(p.Watch(ctx, hosts[0].ID))
			}
		})
	}
}
