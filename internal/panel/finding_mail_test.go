package panel_test

import (
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// administrator makes somebody who runs the panel.
func (p *provider) administrator(name string) {
	p.t.Helper()
	_, err := p.CreateAdministrator(ctx, admin, name+"@example.org", name, "a long password")
	p.must(err)
}

// told is what administrators were told of findings, mail by mail, the oldest
// first, each as whom it is for and what was found.
func (p *provider) told() (mails [][]string) {
	p.t.Helper()
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		sent, err := tx.ListMails(0, 0, 100)
		for _, m := range slices.Backward(sent) {
			if m.Kind == panel.MailFindings {
				mails = append(mails, append([]string{m.To}, m.Notice.Found...))
			}
		}
		return err
	}))
	return mails
}

func (p *provider) wantTold(when string, want ...[]string) {
	p.t.Helper()
	p.must(p.MailFindings(ctx))
	if got := p.told(); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		p.t.Errorf("%s: got the mails %q, want %q", when, got, want)
	}
}

// stray makes a machine of no instance on a hypervisor.
func (p *provider) stray(host int64, uid string) {
	p.t.Helper()
	h, err := p.Hypervisor(ctx, admin, host)
	p.must(err)
	driver, err := p.world.Driver(h)
	p.must(err)
	m := panel.Machine{UID: uid, Name: uid, Size: fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 10}}
	p.must(driver.EnsureDisk(ctx, m))
	p.must(driver.EnsureDefined(ctx, m))
}

// All that is new is one mail to each administrator, whoever else is at it, and
// nobody is told again.
func TestFindingsAreMailedTogetherAndOnce(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		p.administrator("root")
		p.administrator("eda")
		who := p.customer("ida", 100*billing.Credit)
		web := p.create(who, "web")
		p.wantTold("when all is well")
		p.must(p.store.Update(ctx, func(tx panel.Tx) error {
			open, err := tx.OpenSegments(who.AccountID)
			if err != nil {
				return err
			}
			return tx.CloseSegment(open[0].ID, tx.Now())
		}))
		p.stray(web.HypervisorID, "by-hand")
		p.watch(web.HypervisorID)
		var workers errgroup.Group
		for range 4 {
			workers.Go(func() error { return p.MailFindings(ctx) })
		}
		p.must(workers.Wait())
		root := []string{
			"root@example.org",
			"Nobody is billed for it, on hv1: web runs and has no meter",
			"Machine of no instance, on hv1: by-hand, 1 vCPU, 1024 MiB, off",
		}
		eda := append([]string{"eda@example.org"}, root[1:]...)
		p.wantTold("of both", root, eda)
		p.work()
		if sent := p.mail.Sent(); len(sent) != 2 || sent[0].Subject != string(panel.MailFindings) {
			t.Errorf("sent %+v, want both mails", sent)
		}

		p.pass(3600)
		p.watch(web.HypervisorID)
		p.wantTold("of the same", root, eda)
	})
}

func TestFindingsThatFollowAreCollected(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.administrator("root")
	web := p.create(p.customer("ida", 100*billing.Credit), "web")
	p.stray(web.HypervisorID, "one")
	p.watch(web.HypervisorID)
	first := []string{"root@example.org", "Machine of no instance, on hv1: one, 1 vCPU, 1024 MiB, off"}
	p.wantTold("at once", first)
	p.stray(web.HypervisorID, "two")
	p.watch(web.HypervisorID)
	p.stray(web.HypervisorID, "three")
	p.stray(web.HypervisorID, "four")
	p.watch(web.HypervisorID)
	found, err := p.AdminDiscoveries(ctx, admin, false)
	p.must(err)
	for _, f := range found {
		if f.UID == "two" {
			p.must(p.ResolveFinding(ctx, admin, f.ID, "mine"))
		}
	}
	p.pass(239)
	p.wantTold("before five minutes are over", first)
	p.pass(1)
	p.must(p.MailFindings(ctx))
	mails := p.told()
	if len(mails) != 2 {
		t.Fatalf("got the mails %q, want a second one", mails)
	}
	slices.Sort(mails[1])
	want := []string{
		"Machine of no instance, on hv1: four, 1 vCPU, 1024 MiB, off",
		"Machine of no instance, on hv1: three, 1 vCPU, 1024 MiB, off",
		"root@example.org",
	}
	if !slices.Equal(mails[1], want) {
		t.Errorf("got %q, want %q: nobody is told of what is known", mails[1], want)
	}
}

func TestAHypervisorThatDoesNotAnswerRaisesAnAlarm(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.administrator("root")
	web := p.create(p.customer("ida", 100*billing.Credit), "web")
	p.watch(web.HypervisorID)
	p.unreachable(web.HypervisorID, true)
	p.watch(web.HypervisorID)
	p.wantAlarms("silent for a moment")
	for range 3 {
		p.watch(web.HypervisorID)
		p.wantAlarms("silent", "unreachable")
		p.must(p.MailFindings(ctx))
	}
	if mails := p.told(); len(mails) != 1 {
		t.Errorf("got the mails %q, want one", mails)
	}
	p.unreachable(web.HypervisorID, false)
	p.watch(web.HypervisorID)
	p.wantAlarms("when it answers")
	p.unreachable(web.HypervisorID, true)
	p.pass(300)
	p.watch(web.HypervisorID)
	p.wantAlarms("silent again", "unreachable")
	p.must(p.MailFindings(ctx))
	if mails := p.told(); len(mails) != 2 {
		t.Errorf("got the mails %q, want another one", mails)
	}
}
