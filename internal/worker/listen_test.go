package worker_test

import (
	"testing"
	"testing/synctest"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// listening runs a test on a worker that listens, and an instance that runs.
func listening(t *testing.T, w with, do func(t *testing.T, p *provider, status func() fleet.Status, i panel.Instance)) {
	bubble(t, w, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		i := p.order(who, "web-1")
		end := p.work()
		time.Sleep(21 * time.Second) // just after a round of looks
		synctest.Wait()
		status := func() fleet.Status {
			synctest.Wait()
			return p.view(who, i.ID).Status
		}
		if got := status(); got != fleet.StatusRunning {
			t.Fatalf("at first it is %s", got)
		}
		do(t, p, status, i)
		p.must(end())
		p.verify()
	})
}

func TestAGuestThatShutsItselfDownIsStoppedAtOnce(t *testing.T) {
	listening(t, with{}, func(t *testing.T, p *provider, status func() fleet.Status, i panel.Instance) {
		p.must(p.world.ShutDown(i.UID))
		if got := status(); got != fleet.StatusStopped {
			t.Errorf("in the same second it is %s, want stopped", got)
		}
	})
}

func TestAGuestThatCrashesIsRestartedAtOnce(t *testing.T) {
	listening(t, with{}, func(t *testing.T, p *provider, status func() fleet.Status, i panel.Instance) {
		p.must(p.world.Crash(i.UID))
		if got := status(); got != fleet.StatusRunning {
			t.Errorf("in the same second it is %s, want running again", got)
		}
	})
}

// What is heard does not become a look each time, and nothing of it is lost.
func TestManyHintsAreFewLooks(t *testing.T) {
	listening(t, with{}, func(t *testing.T, p *provider, status func() fleet.Status, i panel.Instance) {
		for n := range 50 {
			p.must(p.world.AddForeign(i.HypervisorID, string(rune('A'+n)), fleet.Resources{VCPUs: 1, MemoryMiB: 1, DiskGiB: 1}))
			synctest.Wait()
		}
		foreign := func() int64 {
			h, err := p.Hypervisor(t.Context(), admin, i.HypervisorID)
			p.must(err)
			return h.Stock.Foreign
		}
		if got := foreign(); got != 1 {
			t.Errorf("a look at once has seen %d machines, want the first alone", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := foreign(); got != 50 {
			t.Errorf("two seconds later one has seen %d machines, want all", got)
		}
	})
}

// A hint is no reason to believe what is too much at once.
func TestHintsOfAMassChangeChangeNothing(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 1000*billing.Credit)
		var here []panel.Instance
		for n := range 16 {
			if i := p.order(who, "web-"+string(rune('a'+n))); i.HypervisorID == p.hosts[0].ID {
				here = append(here, i)
			}
		}
		end := p.work()
		time.Sleep(21 * time.Second)
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultError, true)) // so that nothing switches them on
		p.must(p.world.RestartHost(p.hosts[0].ID))
		for _, i := range here {
			p.must(p.world.Vanish(i.UID))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		alarms, err := p.AdminAlarms(t.Context(), admin, false)
		p.must(err)
		if len(alarms) != 1 || alarms[0].Kind != panel.AlarmMassChange {
			t.Errorf("got the alarms %+v, want that too much has changed", alarms)
		}
		for _, i := range here {
			if got := p.view(who, i.ID); got.Holds.Has(fleet.HoldLost) {
				t.Errorf("%s is lost", i.Name)
			}
		}
		p.must(end())
	})
}

// A hypervisor that was away is listened to again when it is back.
func TestAHypervisorThatComesBackIsHeardAgain(t *testing.T) {
	listening(t, with{slow: true}, func(t *testing.T, p *provider, status func() fleet.Status, i panel.Instance) {
		p.must(p.world.SetFault(i.HypervisorID, panel.FaultUnreachable, true))
		time.Sleep(time.Minute)
		if got := status(); got != fleet.StatusUnknown {
			t.Errorf("while it is away: %s, want unknown", got)
		}
		p.must(p.world.SetFault(i.HypervisorID, panel.FaultUnreachable, false))
		time.Sleep(20 * time.Second)
		p.must(p.world.ShutDown(i.UID))
		time.Sleep(3 * time.Second) // it takes its time to answer
		if got := status(); got != fleet.StatusStopped {
			t.Errorf("seconds after its guest went off: %s, want stopped", got)
		}
	})
}
