package panel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store/storetest"
)

// mortal counts what a panel does outside of itself: before and after every
// transaction and every call of a driver it takes a breath, and after some of
// them it is dead, and does nothing any more.
type mortal struct {
	breaths int // that are left
	dead    bool
}

var errDead = errors.New("this panel is dead")

func (m *mortal) breathe() error {
	if m.breaths--; m.breaths < 0 {
		m.dead = true
	}
	if m.dead {
		return errDead
	}
	return nil
}

// live does something, unless it dies before. Whether it was done, who dies after
// it does not know.
func (m *mortal) live(do func() error) error {
	if err := m.breathe(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return m.breathe()
}

type mortalStore struct {
	panel.Store
	*mortal
}

func (s mortalStore) Update(ctx context.Context, do func(panel.Tx) error) error {
	return s.live(func() error { return s.Store.Update(ctx, do) })
}

func (s mortalStore) View(ctx context.Context, do func(panel.Tx) error) error {
	if s.dead {
		return errDead
	}
	return s.Store.View(ctx, do)
}

type mortalDrivers struct {
	panel.Drivers
	*mortal
}

func (d mortalDrivers) Driver(h panel.Hypervisor) (panel.Driver, error) {
	driver, err := d.Drivers.Driver(h)
	return mortalDriver{driver, d.mortal}, err
}

type mortalDriver struct {
	panel.Driver
	*mortal
}

func (d mortalDriver) EnsureImage(ctx context.Context, image panel.ImageFile, source panel.ImageSource) error {
	return d.live(func() error { return d.Driver.EnsureImage(ctx, image, source) })
}

func (d mortalDriver) EnsureDisk(ctx context.Context, m panel.Machine) error {
	return d.live(func() error { return d.Driver.EnsureDisk(ctx, m) })
}

func (d mortalDriver) EnsureDefined(ctx context.Context, m panel.Machine) error {
	return d.live(func() error { return d.Driver.EnsureDefined(ctx, m) })
}

func (d mortalDriver) EnsurePower(ctx context.Context, uid string, want fleet.Power, grace time.Duration) error {
	return d.live(func() error { return d.Driver.EnsurePower(ctx, uid, want, grace) })
}

func (d mortalDriver) Ready(ctx context.Context, uid string) (ready bool, err error) {
	err = d.live(func() error {
		ready, err = d.Driver.Ready(ctx, uid)
		return err
	})
	return ready, err
}

// A panel dies between any two things that ordering and creating an instance
// consists of, and another one goes on: there is one machine, with one address,
// that costs what it should.
func TestAPanelThatDiesWhileItCreates(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 100)
	p.addHost("hv2", 100)
	p.pool("v4", "203.0.113.0/24", "")
	image, err := p.AddImage(ctx, admin, panel.Image{Family: "Debian", Version: "13", Visible: true})
	p.must(err)
	deaths := 0
	for survived := false; !survived && !t.Failed(); deaths++ {
		t.Run(fmt.Sprintf("after %d breaths", deaths), func(t *testing.T) { survived = p.diesCreating(t, image.ID, deaths) })
	}
	// An order and a claim, five steps with a note and a call each, and the end: so
	// many can die before it, or after.
	if deaths < 2*(1+1+5+5+1) {
		t.Errorf("it died %d times only: something is done that is not counted", deaths)
	}
	p.verify()
}

// diesCreating lets a panel die after some breaths, and another one take over. It
// returns whether the first one lived to the end.
func (p *provider) diesCreating(t *testing.T, image int64, breaths int) (survived bool) {
	who := p.customer(fmt.Sprintf("c%d", breaths), 100*billing.Credit)
	order := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ImageID: image}
	m := &mortal{breaths: breaths}
	first := panel.New(mortalStore{p.store, m}, mortalDrivers{p.world, m}, p.mail, identity.NewHasher(identity.TestParams, 1))
	_, err := first.CreateInstance(ctx, who, order)
	for err == nil {
		err = first.RunTask(ctx, panel.Claim{Lane: panel.LaneMachines, Worker: "first", PerHypervisor: 4})
	}
	if survived = !m.dead; survived && !errors.Is(err, panel.ErrNotFound) {
		t.Fatal(err)
	}
	if all, err := p.Instances(ctx, who, false); err != nil || len(all) > 1 {
		t.Fatalf("one order made %d instances, %v", len(all), err)
	} else if len(all) == 0 { // it died before it had taken the order
		_, err := p.CreateInstance(ctx, who, order)
		p.must(err)
	}
	p.pass(panel.Lease + 1)

	all, err := p.Instances(ctx, who, false)
	p.must(err)
	if len(all) != 1 || all[0].Status != fleet.StatusRunning {
		t.Fatalf("got %+v, want one instance that runs", all)
	}
	web := all[0].Instance
	placed, err := p.world.Machines(ctx)
	p.must(err)
	placed = slices.DeleteFunc(placed, func(m sim.Placed) bool { return m.UID != web.UID })
	if len(placed) != 1 || placed[0].Hypervisor != web.HypervisorID || len(placed[0].Disks) != 1 {
		t.Errorf("got the machines %+v, want one where its instance is", placed)
	}
	if got := p.addresses(web); len(got) != 1 {
		t.Errorf("it has the addresses %q, want one", got)
	}
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		segments, err := tx.ListSegments(who.AccountID, web.ID, 0, billing.Never)
		if len(segments) != 1 {
			t.Errorf("it has the segments %+v, want one", segments)
		}
		return err
	}))
	return survived
}
