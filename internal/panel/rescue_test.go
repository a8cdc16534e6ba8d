package panel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-crypt/crypt/algorithm/shacrypt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store/storetest"
)

// rescueSystem offers a rescue system that needs some memory.
func (p *provider) rescueSystem(memory int64) panel.Image {
	p.t.Helper()
	image, err := p.AddImage(ctx, admin, panel.Image{Family: "Rescue", Version: "1", MinMemoryMiB: memory})
	p.must(err)
	p.settings(func(s *panel.Settings) { s.RescueImage = image.ID })
	return image
}

// opens says whether a password is the one of a hash.
func opens(t *testing.T, hash string, password identity.RootPassword) bool {
	t.Helper()
	digest, err := shacrypt.Decode(hash)
	if err != nil {
		t.Fatalf("%q: %v", hash, err)
	}
	return digest.Match(password.Reveal())
}

// running is the machine of an instance, with what it was started with.
func (p *provider) running(i panel.Instance) sim.Placed {
	p.t.Helper()
	machines, err := p.world.Machines(ctx)
	p.must(err)
	for _, m := range machines {
		if m.UID == i.UID {
			return m
		}
	}
	p.t.Fatalf("there is no machine of %s", i.Name)
	return sim.Placed{}
}

func TestRescue(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		ida := p.customer("ida", 100*billing.Credit)
		key, err := p.AddSSHKey(ctx, ida, "laptop", laptopKey, nil)
		p.must(err)
		web, err := p.CreateInstance(ctx, ida, panel.NewInstance{
			Name: "web", PlanID: p.plan, LocationID: p.place, SSHKeyIDs: []int64{key.ID}, UserData: "#cloud-config\n",
		})
		p.must(err)
		p.work()
		enable := func(keys ...int64) (panel.Instance, error) { return p.EnableRescue(ctx, ida, web.ID, keys) }
		_, err = enable()
		refusedWith(t, err, panel.CodeUnsupported)
		image := p.rescueSystem(512)
		_, err = enable(99)
		invalidAt(t, err, "ssh_keys")

		rescued, err := enable()
		p.must(err)
		if got := p.instance(ida, web.ID).Status; got != fleet.StatusRescuing {
			t.Errorf("it is %s, want rescuing", got)
		}
		_, err = enable()
		refusedWith(t, err, fleet.CodeBusy)
		p.work()
		m := p.running(web)
		if m.Running.Rescue.Name != image.Name() || m.Running.Generation != 0 {
			t.Errorf("it runs %+v, want its rescue system", m.Running)
		}
		if len(m.Seed.SSHKeys) > 0 || m.Seed.UserData != "" || !opens(t, m.Seed.PasswordHash, rescued.RootPassword) {
			t.Errorf("its rescue system is told %+v, want the password alone", m.Seed)
		}
		if v := p.instance(ida, web.ID); v.Status != fleet.StatusRunning || v.Percent != 100 || v.RootPassword != "" {
			t.Errorf("in its rescue system it is %s at %d%%", v.Status, v.Percent)
		}
		_, err = enable()
		refusedWith(t, err, panel.CodeConflict)

		for range 2 { // the second changes nothing
			_, err = p.DisableRescue(ctx, ida, web.ID)
			p.must(err)
			p.work()
		}
		m = p.running(web)
		if !m.Running.Rescue.Empty() || m.Seed.PasswordHash != "" || m.Seed.UserData == "" || len(m.Seed.SSHKeys) != 1 {
			t.Errorf("afterwards it runs %+v and is told %v", m.Running, m.Seed)
		}
		if got, want := p.tasks(ida, web), "create succeeded, rescue succeeded, rescue succeeded"; got != want {
			t.Errorf("got tasks %s, want %s", got, want)
		}
		p.verify()
	})
}

func TestRescueOfWhatIsStopped(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	key, err := p.AddSSHKey(ctx, ida, "laptop", laptopKey, nil)
	p.must(err)
	image := p.rescueSystem(0)
	web := p.create(ida, "web")
	_, err = p.StopInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	rescued, err := p.EnableRescue(ctx, ida, web.ID, []int64{key.ID})
	p.must(err)
	p.work()
	if v := p.instance(ida, web.ID); v.Status != fleet.StatusStopped || rescued.RootPassword != "" {
		t.Errorf("it is %s, and has a password: %t", v.Status, rescued.RootPassword != "")
	}
	_, err = p.StartInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	m := p.running(web)
	if m.Running.Rescue.Name != image.Name() || len(m.Seed.SSHKeys) != 1 || m.Seed.PasswordHash != "" {
		t.Errorf("started, it runs %+v and is told %v", m.Running, m.Seed)
	}

	_, err = p.RebuildInstance(ctx, ida, web.ID, 0)
	p.must(err)
	p.work()
	if m := p.running(web); !m.Running.Rescue.Empty() || m.Running.Generation != 1 || !m.Seed.Empty() {
		t.Errorf("rebuilt, it runs %+v and is told %v", m.Running, m.Seed)
	}
	if err := p.RetireImage(ctx, admin, image.ID); err == nil {
		t.Error("the rescue system could be retired")
	}
	p.verify()
}

func TestRescueIsRefused(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 2*billing.Credit)
	eve := p.customer("eve", 2*billing.Credit)
	web := p.create(ida, "web")
	p.rescueSystem(1 << 20)
	enable := func(who identity.Who) error { _, err := p.EnableRescue(ctx, who, web.ID, nil); return err }
	refusedWith(t, enable(ida), panel.CodeUnsupported)
	_, err := p.AddImage(ctx, admin, panel.Image{Family: "Tiny", Version: "1"})
	p.must(err)
	p.settings(func(s *panel.Settings) { s.RescueImage++ })
	if err := enable(eve); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("another's: got %v, want not found", err)
	}
	p.pass(3 * 3600)
	refusedWith(t, enable(ida), panel.CodeAccountSuspended)
	_, err = p.DisableRescue(ctx, ida, web.ID)
	refusedWith(t, err, panel.CodeAccountSuspended)
	_, err = p.ResetPassword(ctx, ida, web.ID)
	refusedWith(t, err, panel.CodeAccountSuspended)
}

func TestTheRescueSystemIsAnImageThatIsReady(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	draft, err := p.SaveImage(ctx, admin, panel.Image{Family: "Rescue", Version: "1"})
	p.must(err)
	for _, id := range []int64{draft.ID, 99} {
		invalidAt(t, p.ChangeSettings(ctx, admin, func(s *panel.Settings) { s.RescueImage = id }), "rescue_image")
	}
}

func TestResetPassword(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		ida := p.customer("ida", 100*billing.Credit)
		web := p.create(ida, "web")
		reset := func() panel.Instance {
			t.Helper()
			i, err := p.ResetPassword(ctx, ida, web.ID)
			p.must(err)
			return i
		}
		first := reset()
		_, err := p.ResetPassword(ctx, ida, web.ID)
		refusedWith(t, err, fleet.CodeBusy)
		p.work()
		second := reset()
		p.work()
		if hash := p.running(web).Password; opens(t, hash, first.RootPassword) || !opens(t, hash, second.RootPassword) {
			t.Errorf("root has %s, want what was told last", hash)
		}
		if got, want := p.tasks(ida, web), "create succeeded, password succeeded, password succeeded"; got != want {
			t.Errorf("got tasks %s, want %s", got, want)
		}
		p.keptNowhere(web)

		reset()
		_, err = p.StopInstance(ctx, ida, web.ID)
		p.must(err)
		p.work()
		p.keptNowhere(web)
		_, err = p.ResetPassword(ctx, ida, web.ID)
		refusedWith(t, err, fleet.CodeNotRunning)
		if got, want := p.tasks(ida, web), ", password failed, power succeeded"; !strings.HasSuffix(got, want) {
			t.Errorf("got tasks %s, want at the end %s", got, want)
		}
		p.verify()
	})
}

// keptNowhere fails if something is left of a password that was set.
func (p *provider) keptNowhere(i panel.Instance) {
	p.t.Helper()
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		if seed, err := tx.Seed(i.ID, panel.SeedPassword); !errors.Is(err, panel.ErrNotFound) {
			p.t.Errorf("the hash of a password is kept: %v, %v", seed, err)
		}
		return nil
	}))
}

// A guest that does not take a password says so in the task, and its old one stays.
func TestAGuestThatTakesNoPassword(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	web := p.create(ida, "web")
	silent := panel.New(p.store, mortalDrivers{p.world, &mortal{breaths: 1000}}, p.mail, identity.NewHasher(identity.TestParams, 1))
	_, err := silent.ResetPassword(ctx, ida, web.ID)
	p.must(err)
	p.must(silent.RunTask(ctx, panel.Claim{Lane: panel.LaneMachines, Worker: "test", PerHypervisor: 9}))
	tasks, err := p.InstanceTasks(ctx, ida, web.ID, 0, 1)
	p.must(err)
	if got := tasks[0]; got.State != panel.TaskFailed || !strings.Contains(got.ErrorPublic, "rescue system") {
		t.Errorf("the task is %s: %s", got.State, got.ErrorPublic)
	}
	p.keptNowhere(web)
	if got := p.running(web).Password; got != "" {
		t.Errorf("root has %s", got)
	}
}

// A panel dies between any two things that a rescue consists of, and another one
// goes on: the machine boots its rescue system.
func TestAPanelThatDiesWhileItRescues(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 100)
	image := p.rescueSystem(0)
	for deaths, survived := 0, false; !survived; deaths++ {
		who := p.customer(fmt.Sprintf("c%d", deaths), 100*billing.Credit)
		web := p.create(who, "web")
		m := &mortal{breaths: deaths}
		first := panel.New(mortalStore{p.store, m}, mortalDrivers{p.world, m}, p.mail, identity.NewHasher(identity.TestParams, 1))
		_, err := first.EnableRescue(ctx, who, web.ID, nil)
		for err == nil {
			err = first.RunTask(ctx, panel.Claim{Lane: panel.LaneMachines, Worker: "first", PerHypervisor: 4})
		}
		if survived = !m.dead; survived && !errors.Is(err, panel.ErrNotFound) {
			t.Fatal(err)
		}
		if p.instance(who, web.ID).RescueImage == 0 { // it died before it had taken the order
			_, err := p.EnableRescue(ctx, who, web.ID, nil)
			p.must(err)
		}
		p.pass(panel.Lease + 1)
		if v, m := p.instance(who, web.ID), p.running(web); v.Status != fleet.StatusRunning || m.Running.Rescue.Name != image.Name() {
			t.Errorf("after %d breaths it is %s and runs %+v", deaths, v.Status, m.Running)
		}
		if survived && deaths < 2*(1+1+5+3+1) {
			t.Errorf("it died %d times only: something is done that is not counted", deaths)
		}
	}
	p.verify()
}
