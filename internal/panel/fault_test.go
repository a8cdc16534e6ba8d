package panel_test

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// TestAReplyThatIsLostMakesOneMachine creates on a hypervisor that does what is
// asked and cannot say so.
func TestAReplyThatIsLostMakesOneMachine(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	host, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	p.must(p.world.SetFault(host[0].ID, panel.FaultReplyLost, true))
	web := p.create(who, "web")
	p.pass(1)
	p.pass(2)
	p.must(p.world.SetFault(host[0].ID, panel.FaultReplyLost, false))
	p.pass(300)
	if got := p.instance(who, web.ID); got.Status != fleet.StatusRunning {
		t.Errorf("status %s, want running", got.Status)
	}
	machines, err := p.world.Machines(ctx)
	p.must(err)
	if len(machines) != 1 {
		t.Errorf("%d machines, want 1", len(machines))
	}
	if got := p.summary(who).Account.CreatedAt; got != noon {
		t.Errorf("created at %s, want %s", got, noon)
	}
	p.verify()
}

// TestAFailingHypervisorIsPassedOver creates where the first hypervisor refuses
// everything.
func TestAFailingHypervisorIsPassedOver(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.addHost("hv2", 10)
	who := p.customer("ida", 10*billing.Credit)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultError, true))
	web := p.create(who, "web")
	got := p.instance(who, web.ID)
	if got.Status != fleet.StatusRunning || got.Hypervisor != "hv2" {
		t.Errorf("%s on %s, want running on hv2", got.Status, got.Hypervisor)
	}
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultError, false))
	p.pass(600)
	machines, err := p.world.Machines(ctx)
	p.must(err)
	if len(machines) != 1 || machines[0].Hypervisor != hosts[1].ID {
		t.Errorf("machines %+v, want one on hv2", machines)
	}
	p.verify()
}

// TestWhatCannotBeCreatedCostsNothing lets every hypervisor fail.
func TestWhatCannotBeCreatedCostsNothing(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultError, true))
	web := p.create(who, "web")
	got := p.instance(who, web.ID)
	if got.Status != fleet.StatusError || got.Failure == "" {
		t.Errorf("status %s with %q, want an error that says why", got.Status, got.Failure)
	}
	p.pass(86400)
	if got := p.summary(who).Balance; got != 10*billing.Credit {
		t.Errorf("balance %s, want 10.000000", got)
	}
	hosts, err = p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	if hosts[0].Used != (fleet.Resources{}) {
		t.Errorf("reserved %+v, want nothing", hosts[0].Used)
	}
	_, err = p.DeleteInstance(ctx, who, web.ID)
	p.must(err)
	p.verify()
}

// TestAnOrderForAHypervisorThatStaysAwayIsGivenUp waits for half an hour.
func TestAnOrderForAHypervisorThatStaysAwayIsGivenUp(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultUnreachable, true))
	web := p.create(who, "web")
	if got := p.instance(who, web.ID).Tasks; len(got) != 1 || got[0].State != panel.TaskWaiting {
		t.Errorf("tasks %+v, want one that waits for the hypervisor", got)
	}
	p.pass(31 * 60)
	if got := p.instance(who, web.ID).Status; got != fleet.StatusError {
		t.Errorf("status %s, want error", got)
	}
	if got := p.summary(who).Balance; got != 10*billing.Credit {
		t.Errorf("balance %s, want 10.000000", got)
	}
	p.verify()
}

// TestAGuestThatDiesIsStartedAgain watches a crash and a host's restart.
func TestAGuestThatDiesIsStartedAgain(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	web := p.create(who, "web")
	p.must(p.world.Crash(web.UID))
	p.must(p.Watch(ctx, web.HypervisorID))
	p.work()
	if got := p.instance(who, web.ID).Status; got != fleet.StatusRunning {
		t.Errorf("after the crash %s, want running", got)
	}
	p.must(p.world.RestartHost(web.HypervisorID))
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, true))
	for range 4 {
		p.clock.now += 20
		p.must(p.Watch(ctx, web.HypervisorID))
		p.work()
	}
	if got := p.instance(who, web.ID).Status; got != fleet.StatusUnknown {
		t.Errorf("while it does not answer %s, want unknown: it is not known to be off", got)
	}
	_, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: "next", PlanID: p.plan, LocationID: p.place})
	refusedWith(t, err, panel.CodeNoCapacity)
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, false))
	p.must(p.Watch(ctx, web.HypervisorID))
	p.work()
	if got := p.instance(who, web.ID).Status; got != fleet.StatusRunning {
		t.Errorf("after the restart %s, want running", got)
	}
	p.verify()
}

// TestAReplacedTaskCannotEndItsSuccessor stops and starts while power is away.
func TestAReplacedTaskCannotEndItsSuccessor(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	who := p.customer("ida", 10*billing.Credit)
	web := p.create(who, "web")
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, true))
	for range 3 {
		_, err := p.StopInstance(ctx, who, web.ID)
		p.must(err)
		p.work()
		_, err = p.StartInstance(ctx, who, web.ID)
		p.must(err)
		p.work()
	}
	_, err := p.StopInstance(ctx, who, web.ID)
	p.must(err)
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, false))
	p.pass(60)
	machines, err := p.world.Machines(ctx)
	p.must(err)
	if machines[0].Power != fleet.PowerOff {
		t.Errorf("power %s, want off, as it was wanted last", machines[0].Power)
	}
	tasks, err := p.InstanceTasks(ctx, who, web.ID, 0, 100)
	p.must(err)
	for _, task := range tasks {
		if !task.State.Ended() {
			t.Errorf("task %d is %s, want none left", task.ID, task.State)
		}
	}
	p.verify()
}
