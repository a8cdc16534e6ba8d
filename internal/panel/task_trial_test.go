package panel_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// trial returns the last trial of the first hypervisor.
func (p *provider) trial() (panel.Trial, panel.Task) {
	p.t.Helper()
	trial, task, err := p.HypervisorTest(ctx, admin, 1)
	p.must(err)
	return trial, task
}

func TestAHypervisorIsTriedWithAMachine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		_, _, err := p.HypervisorTest(ctx, admin, 1)
		if !errors.Is(err, panel.ErrNotFound) {
			t.Errorf("never tried: got %v", err)
		}
		_, err = p.TestHypervisor(ctx, p.customer("eve", 0), 1)
		if !errors.Is(err, panel.ErrForbidden) {
			t.Errorf("a customer: got %v", err)
		}

		_, err = p.TestHypervisor(ctx, admin, 1)
		p.must(err)
		_, err = p.TestHypervisor(ctx, admin, 1)
		refusedWith(t, err, panel.CodeConflict)
		p.work()
		trial, task := p.trial()
		var shown []panel.CheckName
		for _, c := range trial.Checks {
			if c.State != panel.CheckPassed || c.Detail == "" {
				t.Errorf("got %+v, want it passed", c)
			}
			shown = append(shown, c.Name)
		}
		if task.State != panel.TaskSucceeded || len(shown) != 5 || shown[0] != panel.TrialMake || shown[4] != panel.TrialRemove {
			t.Errorf("got %+v with %v", task, shown)
		}
		if n := p.left(); n != 0 {
			t.Errorf("%d machines are left", n)
		}
		_, err = p.TestHypervisor(ctx, admin, 1)
		p.must(err)
	})
}

// faltering is a Drivers whose hypervisors may not switch a machine on.
type faltering struct {
	panel.Drivers
	power func() error
}

func (f *faltering) Driver(h panel.Hypervisor) (panel.Driver, error) {
	d, err := f.Drivers.Driver(h)
	return falteringDriver{d, f}, err
}

type falteringDriver struct {
	panel.Driver
	of *faltering
}

func (d falteringDriver) EnsurePower(ctx context.Context, uid string, want fleet.Power, grace time.Duration) error {
	if err := d.of.power(); err != nil {
		return err
	}
	return d.Driver.EnsurePower(ctx, uid, want, grace)
}

// left counts the machines that are on the hypervisor.
func (p *provider) left() int {
	p.t.Helper()
	machines, err := p.world.Machines(ctx)
	p.must(err)
	return len(machines)
}

func TestATrialLeavesNothing(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	claim := panel.Claim{Lane: panel.LaneMachines, Worker: "w", PerHypervisor: 4}
	desk := func(power func() error) *panel.Panel {
		return panel.New(p.store, &faltering{p.world, power}, p.mail, identity.NewHasher(identity.TestParams, 1))
	}
	test := func() {
		t.Helper()
		_, err := p.TestHypervisor(ctx, admin, 1)
		p.must(err)
	}

	test()
	p.must(desk(func() error {
		return &panel.DriverError{Kind: panel.HostFault, Operation: "switch on", Hypervisor: "hv1", Err: errors.New("no such CPU")}
	}).RunTask(ctx, claim))
	trial, task := p.trial()
	if last := trial.Checks[len(trial.Checks)-1]; task.State != panel.TaskFailed || last.Name != panel.TrialBoot || !strings.Contains(last.Detail, "no such CPU") || last.Fix == "" {
		t.Errorf("got %+v, %+v", task, trial)
	}
	_, err := p.TestHypervisor(ctx, admin, 1)
	refusedWith(t, err, panel.CodeConflict)
	p.must(p.Watch(ctx, 1))
	p.wantAlarms("a machine of a trial is nobody's orphan")
	p.work()
	if n := p.left(); n != 0 {
		t.Errorf("a trial that failed left %d machines", n)
	}

	test()
	dying, die := context.WithCancel(ctx)
	p.must(desk(func() error { die(); return dying.Err() }).RunTask(dying, claim))
	if n := p.left(); n != 1 {
		t.Fatalf("the panel died and left %d machines", n)
	}
	p.work()
	if trial, task := p.trial(); task.State != panel.TaskSucceeded || len(trial.Checks) != 5 || p.left() != 0 {
		t.Errorf("taken up again: got %+v, %+v, %d left", task, trial, p.left())
	}
}
