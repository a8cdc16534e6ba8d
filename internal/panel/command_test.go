package panel_test

import (
	"fmt"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

const (
	laptopKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0tVfH7pJmsrbcvX9vMd4kYGNO4lFuO7dDWhKSVAFXg"
	deskKey   = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
)

// placed is an instance's machine as its hypervisor has it.
func (p *provider) placed(i panel.Instance) panel.Machine {
	p.t.Helper()
	machines, err := p.world.Machines(ctx)
	p.must(err)
	for _, m := range machines {
		if m.UID == i.UID && m.Hypervisor == i.HypervisorID {
			return m.Machine
		}
	}
	p.t.Fatalf("there is no machine of %s", i.Name)
	return panel.Machine{}
}

// tasks returns an instance's tasks as "kind state", the oldest first.
func (p *provider) tasks(who identity.Who, i panel.Instance) string {
	p.t.Helper()
	tasks, err := p.InstanceTasks(ctx, who, i.ID, 0, 0)
	p.must(err)
	var words []string
	for _, t := range tasks {
		words = append([]string{fmt.Sprintf("%s %s", strings.TrimPrefix(string(t.Kind), "instance."), t.State)}, words...)
	}
	return strings.Join(words, ", ")
}

// TestGuestsAreToldWhatWasOrdered orders with keys and user data, and looks at
// what the hypervisor got.
func TestGuestsAreToldWhatWasOrdered(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	laptop, err := p.AddSSHKey(ctx, ida, "", laptopKey+" ida@laptop", fleet.Labels{"env": "prod"})
	p.must(err)
	desk, err := p.AddSSHKey(ctx, ida, "desk", deskKey, nil)
	p.must(err)
	if laptop.Name != "ida@laptop" || laptop.PublicKey != laptopKey+" ida@laptop" {
		t.Errorf("got %+v, want the key as it was sent, and its comment as its name", laptop)
	}
	order := panel.NewInstance{
		Name: "web", PlanID: p.plan, LocationID: p.place, UserData: "#cloud-config\n{}\n", Labels: fleet.Labels{"env": "prod"},
		SSHKeyIDs: []int64{desk.ID, laptop.ID, desk.ID},
	}
	web, err := p.CreateInstance(ctx, ida, order)
	p.must(err)
	p.must(p.DeleteSSHKey(ctx, ida, desk.ID)) // changes nothing
	p.work()
	seed := p.placed(web).Seed
	if got := strings.Join(seed.SSHKeys, "\n"); got != deskKey+"\n"+laptop.PublicKey || seed.UserData != order.UserData {
		t.Errorf("the guest got the keys %s and %q", got, seed.UserData)
	}
	if got := fmt.Sprintf("%v %+v %#v", seed, panel.Machine{Seed: seed}, seed); strings.Contains(got, "cloud-config") {
		t.Errorf("user data is printed: %s", got)
	}
	selected, err := fleet.ParseSelector("env=prod")
	p.must(err)
	for name, test := range map[string]struct {
		filter panel.InstanceFilter
		want   int
	}{
		"name":         {panel.InstanceFilter{Name: "web"}, 1},
		"another name": {panel.InstanceFilter{Name: "db"}, 0},
		"label":        {panel.InstanceFilter{Labels: selected}, 1},
		"gone":         {panel.InstanceFilter{After: web.ID}, 0},
	} {
		test.filter.AccountID = ida.AccountID
		views, err := p.AllInstances(ctx, ida, test.filter)
		if err != nil || len(views) != test.want {
			t.Errorf("%s: got %d instances, %v, want %d", name, len(views), err, test.want)
		}
	}
	_, err = p.DeleteInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		if seed, err := tx.Seed(web.ID, panel.SeedDisk); err == nil {
			t.Errorf("the seed of a deleted instance is kept: %v", seed)
		}
		return nil
	}))
	p.verify()
}

func TestPowerOffAndReset(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		ida := p.customer("ida", 100*billing.Credit)
		web := p.create(ida, "web")
		p.pass(1800)

		reset := func() error { _, err := p.ResetInstance(ctx, ida, web.ID); return err }
		reboot := func() error { _, err := p.RebootInstance(ctx, ida, web.ID); return err }
		p.must(reboot())
		refusedWith(t, reboot(), "busy")
		p.must(reset()) // does not wait for the guest
		if got, want := p.tasks(ida, web), "create succeeded, reboot canceled, reset queued"; got != want {
			t.Errorf("got tasks %s, want %s", got, want)
		}
		p.work()
		if got := p.instance(ida, web.ID).Status; got != fleet.StatusRunning {
			t.Errorf("after the reset it is %s", got)
		}

		_, err := p.StopInstance(ctx, ida, web.ID)
		p.must(err)
		p.pass(0)
		for range 2 { // the second changes nothing
			_, err = p.PowerOffInstance(ctx, ida, web.ID)
			p.must(err)
		}
		_, err = p.StartInstance(ctx, ida, web.ID)
		p.must(err)
		p.work()
		_, err = p.PowerOffInstance(ctx, ida, web.ID)
		p.must(err)
		p.work()
		if got := p.instance(ida, web.ID); got.Status != fleet.StatusStopped || got.Percent != 50 {
			t.Errorf("it is %s at %d%%, want stopped at 50%%", got.Status, got.Percent)
		}
		refusedWith(t, reset(), "not_running")
		want := "create succeeded, reboot canceled, reset succeeded, power succeeded, power succeeded, poweroff succeeded"
		if got := p.tasks(ida, web); got != want {
			t.Errorf("got tasks %s, want %s", got, want)
		}
		p.verify()
	})
}

// TestForceDoesNotWaitForTheGuest lets a shutdown be at work while the plug is
// pulled.
func TestForceDoesNotWaitForTheGuest(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	web := p.create(ida, "web")
	_, err := p.StopInstance(ctx, ida, web.ID)
	p.must(err)
	var running panel.Task
	p.must(p.store.Update(ctx, func(tx panel.Tx) (err error) {
		running, err = tx.ClaimTask(panel.Claim{Lane: panel.LaneMachines, Worker: "slow", Now: tx.Now(), PerHypervisor: 9})
		return err
	}))
	if running.Kind != panel.TaskPower {
		t.Fatalf("claimed %s", running.Kind)
	}
	_, err = p.PowerOffInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	if got, want := p.tasks(ida, web), "create succeeded, power canceled, poweroff succeeded"; got != want {
		t.Errorf("got tasks %s, want %s", got, want)
	}
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, true))
	_, err = p.StartInstance(ctx, ida, web.ID)
	p.must(err)
	_, err = p.PowerOffInstance(ctx, ida, web.ID)
	p.must(err)
	p.pass(16 * 60)
	tasks, err := p.InstanceTasks(ctx, ida, web.ID, 0, 1)
	p.must(err)
	if tasks[0].State != panel.TaskFailed || tasks[0].ErrorCode != "expired" {
		t.Errorf("a forced switch that waited too long is %s, %s", tasks[0].State, tasks[0].ErrorCode)
	}
}

// TestRebuildKeepsTheInstance gives an instance a new disk, running and stopped.
func TestRebuildKeepsTheInstance(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		ida := p.customer("ida", 100*billing.Credit)
		image, err := p.AddImage(ctx, admin, panel.Image{Family: "Debian", Version: "13", Visible: true, MinDiskGiB: 5})
		p.must(err)
		large, err := p.AddImage(ctx, admin, panel.Image{Family: "Data", Version: "1", Visible: true, MinDiskGiB: 500})
		p.must(err)
		web := p.create(ida, "web")
		p.pass(600)

		rebuild := func(image int64) error { _, err := p.RebuildInstance(ctx, ida, web.ID, image); return err }
		invalidAt(t, rebuild(99), "image")
		invalidAt(t, rebuild(large.ID), "image")
		_, err = p.ProtectInstance(ctx, ida, web.ID, panel.Protection{Delete: true, Rebuild: true})
		p.must(err)
		refusedWith(t, rebuild(image.ID), panel.CodeProtected)
		_, err = p.DeleteInstance(ctx, ida, web.ID)
		refusedWith(t, err, panel.CodeProtected)
		_, err = p.ProtectInstance(ctx, ida, web.ID, panel.Protection{})
		p.must(err)

		p.must(rebuild(image.ID))
		if got := p.instance(ida, web.ID).Status; got != fleet.StatusRebuilding {
			t.Errorf("it is %s, want rebuilding", got)
		}
		p.work()
		got := p.instance(ida, web.ID)
		if got.Status != fleet.StatusRunning || got.Image != "Debian 13" || got.Generation != 1 || got.UID != web.UID || got.Percent != 100 {
			t.Errorf("after rebuilding it is %s on %s, generation %d, %d%%", got.Status, got.Image, got.Generation, got.Percent)
		}
		if m := p.placed(web); m.Generation != 1 || m.Image.Name != "Debian 13" {
			t.Errorf("the machine has %s, generation %d", m.Image.Name, m.Generation)
		}
		_, err = p.StopInstance(ctx, ida, web.ID)
		p.must(err)
		p.work()
		p.must(rebuild(0))
		p.work()
		if got := p.instance(ida, web.ID); got.Status != fleet.StatusStopped || got.Generation != 2 || got.Image != "Debian 13" {
			t.Errorf("after rebuilding what was stopped it is %s, generation %d on %s", got.Status, got.Generation, got.Image)
		}
		segments, err := p.InstanceSegments(ctx, ida, web.ID)
		p.must(err)
		if len(segments) != 2 {
			t.Errorf("got %d segments, want one running and one stopped", len(segments))
		}
		p.verify()
	})
}

func TestProgressIsThePartThatIsDone(t *testing.T) {
	for _, test := range []struct {
		task panel.Task
		want int64
	}{
		{panel.Task{Kind: panel.TaskResize, State: panel.TaskQueued}, 0},
		{panel.Task{Kind: panel.TaskResize, State: panel.TaskRunning, Step: panel.StepPowerOff}, 0},
		{panel.Task{Kind: panel.TaskResize, State: panel.TaskRunning, Step: panel.StepDefine}, 50},
		{panel.Task{Kind: panel.TaskResize, State: panel.TaskFailed, Step: panel.StepPower}, 75},
		{panel.Task{Kind: panel.TaskResize, State: panel.TaskSucceeded, Step: panel.StepPower}, 100},
		{panel.Task{Kind: panel.TaskMail, State: panel.TaskRunning, Step: panel.StepSend}, 0},
	} {
		if got := panel.Progress(test.task); got != test.want {
			t.Errorf("%+v: got %d%%, want %d%%", test.task, got, test.want)
		}
	}
}
