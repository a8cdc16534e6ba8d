package panel_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// unreachable makes a hypervisor answer or not.
func (p *provider) unreachable(hypervisor int64, on bool) {
	p.t.Helper()
	p.must(p.world.SetFault(hypervisor, panel.FaultUnreachable, on))
}

// balance is an account's, and fails the test if a law does not hold.
func (p *provider) balance(account int64) billing.Credits {
	p.t.Helper()
	p.verify()
	s, err := p.Summary(ctx, admin, account)
	p.must(err)
	return s.Balance
}

// A machine that three looks do not find is lost: its owner pays until it was last
// seen and no second more, whatever was posted meanwhile.
func TestALostMachineCostsNothingSinceItWasSeen(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		who := p.customer("ida", 100*billing.Credit)
		web := p.create(who, "web")
		p.create(who, "db")
		p.clock.now += 3600
		p.must(p.Watch(ctx, web.HypervisorID))
		p.must(p.world.Vanish(web.UID))
		for n := range 2 {
			p.watch(web.HypervisorID)
			p.must(p.Watch(ctx, web.HypervisorID)) // again at once, which counts once
			p.wantStatus(who, web, "missed", fleet.StatusRunning)
			p.wantAlarms("missed")
			if got := p.balance(who.AccountID); got >= 98*billing.Credit {
				t.Errorf("after look %d the balance is %s, want both to be billed", n+1, got)
			}
		}
		p.settle()
		p.watch(web.HypervisorID)
		p.wantStatus(who, web, "lost", fleet.StatusError)
		p.wantAlarms("lost", "lost")
		if got, want := p.balance(who.AccountID), 98*billing.Credit-25_000; got != want {
			t.Errorf("balance %s, want %s: an hour of both, and 90 seconds of db", got, want)
		}
		entries, err := p.Ledger(ctx, who, panel.LedgerFilter{AccountID: who.AccountID, Kind: panel.Usage, Limit: 1})
		p.must(err)
		if e := entries[0]; e.Amount != 25_000 || !strings.Contains(e.Reason, "web was lost by its hypervisor; it was last seen at 2026-06-15T13:00:00Z") {
			t.Errorf("got %+v, want an entry that gives the 90 seconds back and says why", e)
		}
		p.pass(86400)
		p.watch(web.HypervisorID)
		if _, err := p.StartInstance(ctx, who, web.ID); err == nil {
			t.Error("what is lost was started")
		}
		if got := p.instance(who, web.ID); got.Percent != 0 || p.powered(web) != fleet.PowerAbsent {
			t.Errorf("billed at %d%%, its machine %s, want nothing of both", got.Percent, p.powered(web))
		}
		_, err = p.DeleteInstance(ctx, who, web.ID)
		p.must(err)
		p.work()
		p.watch(web.HypervisorID)
		p.wantAlarms("deleted")
		p.verify()
	})
}

// A machine that was lost and is there again returns to what its owner wants, and
// is billed from then on.
func TestALostMachineIsFound(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	p.watch(web.HypervisorID)
	p.must(p.world.Vanish(web.UID))
	for range 3 {
		p.watch(web.HypervisorID)
	}
	paid := 100*billing.Credit - p.balance(who.AccountID)
	p.pass(3600)
	host, err := p.Hypervisor(ctx, admin, web.HypervisorID)
	p.must(err)
	driver, err := p.world.Driver(host)
	p.must(err)
	m := panel.Machine{UID: web.UID, Name: web.Name, Size: fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 10}}
	p.must(driver.EnsureDisk(ctx, m))
	p.must(driver.EnsureDefined(ctx, m))
	p.watch(host.ID)
	p.wantStatus(who, web, "found", fleet.StatusRunning)
	p.watch(host.ID)
	p.wantAlarms("found")
	if got := p.happened(who, web); !slices.Equal(got, []string{"ordered", "created", "lost", "found"}) {
		t.Errorf("got the events %q", got)
	}
	if got, want := p.balance(who.AccountID), 100*billing.Credit-paid-billing.Credit*30/3600; got > want+1 || got < want-1 {
		t.Errorf("balance %s, want %s: 30 seconds more", got, want)
	}
	p.verify()
}

// What a customer was suspended for was no debt of theirs: it is given back, and
// what they have elsewhere runs again.
func TestWhatIsGivenBackLiftsASuspension(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.addHost("hv2", 10)
	who := p.customer("ida", 10*billing.Credit)
	web, db := p.create(who, "web"), p.create(who, "db")
	p.watch(web.HypervisorID)
	p.unreachable(web.HypervisorID, true)
	p.must(p.world.Vanish(web.UID))
	p.pass(6 * 3600)
	p.wantStatus(who, db, "without credit", fleet.StatusSuspended)
	p.unreachable(web.HypervisorID, false)
	for range 3 {
		p.watch(web.HypervisorID)
	}
	p.wantStatus(who, web, "lost", fleet.StatusError)
	p.wantStatus(who, db, "when credit is back", fleet.StatusRunning)
	if got := p.balance(who.AccountID); got < 4*billing.Credit || got > 5*billing.Credit+billing.Credit/50 {
		t.Errorf("balance %s, want about five credits: what web cost after it was seen is back", got)
	}
}

// Months that are frozen stay as they are; what they should not have cost is an
// entry of its own.
func TestFrozenMonthsStay(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		who := p.customer("ida", 5000*billing.Credit)
		web := p.create(who, "web")
		p.watch(web.HypervisorID)
		seen := p.clock.now
		p.unreachable(web.HypervisorID, true)
		p.must(p.world.Vanish(web.UID))
		p.pass(60 * billing.Day)
		june, err := p.Usage(ctx, who, who.AccountID, seen.Month(), "")
		p.must(err)
		p.unreachable(web.HypervisorID, false)
		for range 3 {
			p.watch(web.HypervisorID)
		}
		after, err := p.Usage(ctx, who, who.AccountID, seen.Month(), "")
		p.must(err)
		if !after.Closed || after.Total != june.Total || !after.Agrees {
			t.Errorf("June was %s and is %s, agrees: %v", june.Total, after.Total, after.Agrees)
		}
		august, err := p.Usage(ctx, who, who.AccountID, p.clock.now.Month(), "")
		p.must(err)
		if august.Total != 0 || august.Posted != 0 {
			t.Errorf("August costs %s, posted %s, want nothing: it was never seen in it", august.Total, august.Posted)
		}
		if got, want := p.balance(who.AccountID), 5000*billing.Credit-8333; got != want {
			t.Errorf("balance %s, want %s: 30 seconds in all", got, want)
		}
		entries, err := p.Ledger(ctx, who, panel.LedgerFilter{AccountID: who.AccountID, Kind: panel.Adjustment, Limit: 1})
		p.must(err)
		if len(entries) != 1 || entries[0].Actor != "accrue" || !strings.Contains(entries[0].Reason, "web was lost") {
			t.Errorf("got %+v, want an adjustment that says why", entries)
		}
		p.pass(60 * billing.Day)
		p.verify()
	})
}

// TestALostMachineCostsWhatItWasSeenFor lets two customers live the same random
// life until a machine was last seen. One deletes their instance in that second;
// the other's hypervisor goes silent for as long as it likes, the customer goes on
// with whatever they do, and the machine turns out to be lost. Both have paid the
// same, and every law holds.
func TestALostMachineCostsWhatItWasSeenFor(t *testing.T) {
	lives := map[string]uint64{"sqlite": 25, "postgres": 3}
	for engine, n := range lives {
		t.Run(engine, func(t *testing.T) {
			for seed := range n {
				url := "sqlite::memory:"
				if engine == "postgres" {
					url = storetest.Postgres(t)
				}
				liveAndLose(t, url, seed)
			}
		})
	}
}

func liveAndLose(t *testing.T, url string, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 7))
	p := newProvider(t, url, 10)
	p.settings(func(s *panel.Settings) { s.MinimumSeconds = 0 })
	hourly, monthly := billing.Credit, 300*billing.Credit
	if random.IntN(2) == 0 {
		_, err := p.ChangePrice(ctx, admin, p.plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly}, false)
		p.must(err)
	}
	ida, bob := p.customer("ida", 10000*billing.Credit), p.customer("bob", 10000*billing.Credit)
	lost, twin := p.create(ida, "web"), p.create(bob, "web")
	host := lost.HypervisorID
	something := func(both bool) {
		pick := random.IntN(4)
		owners := map[int64]func(){
			lost.ID: func() { p.change(ida, lost.ID, pick) },
			twin.ID: func() { p.change(bob, twin.ID, pick) },
		}
		owners[lost.ID]()
		if both {
			owners[twin.ID]()
		}
		p.work()
	}
	for range random.IntN(5) {
		p.pass(billing.Instant(random.Int64N(int64(15 * billing.Day))))
		something(true)
	}
	p.pass(billing.Instant(random.Int64N(int64(20 * billing.Day))))
	p.must(p.Watch(ctx, host))
	_, err := p.DeleteInstance(ctx, bob, twin.ID)
	p.must(err)
	p.work()

	p.unreachable(host, true)
	p.must(p.world.Vanish(lost.UID))
	for range random.IntN(4) {
		p.pass(billing.Instant(random.Int64N(int64(15 * billing.Day))))
		something(false)
		if random.IntN(2) == 0 {
			p.settle()
		}
	}
	p.pass(billing.Instant(random.Int64N(int64(20 * billing.Day))))
	p.unreachable(host, false)
	for range 6 { // power tasks that waited fail first, because there is nothing to switch
		p.pass(600)
		p.must(p.Watch(ctx, host))
		p.work()
	}
	if got := p.instance(ida, lost.ID); got.Status != fleet.StatusError {
		t.Fatalf("life %d: %s with %+v, want it lost", seed, got.Status, got.Tasks)
	}
	if got, want := p.balance(ida.AccountID), p.balance(bob.AccountID); got != want {
		t.Errorf("life %d: balance %s, want %s, as if it was deleted when it was seen last", seed, got, want)
	}
	p.pass(40 * billing.Day)
	p.verify()
}

// change does one of the things that customers do.
func (p *provider) change(who identity.Who, id int64, pick int) {
	p.t.Helper()
	var err error
	switch pick {
	case 0:
		_, err = p.StopInstance(ctx, who, id)
	case 1:
		_, err = p.StartInstance(ctx, who, id)
	case 2:
		plan := p.large
		if p.instance(who, id).Instance.PlanID == p.large {
			plan = p.plan
		}
		if _, err = p.ResizeInstance(ctx, who, id, plan); err != nil {
			err = nil // another one is still at work
		}
	}
	p.must(err)
}
