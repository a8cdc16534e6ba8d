package panel_test

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// snapshotPrice sets what a GiB costs an hour.
func (p *provider) snapshotPrice(hourly billing.Credits, existing bool) {
	p.t.Helper()
	_, err := p.ChangeSnapshotPrice(ctx, admin, panel.PriceInput{Hourly: &hourly}, existing)
	p.must(err)
}

// snapshot takes one of an instance. Those of small instances have 4 GiB.
func (p *provider) snapshot(who identity.Who, i panel.Instance, name string) panel.SnapshotView {
	p.t.Helper()
	made, err := p.CreateSnapshot(ctx, who, i.ID, panel.NewSnapshot{Name: name})
	p.must(err)
	p.work()
	view, err := p.Panel.Snapshot(ctx, who, made.ID)
	p.must(err)
	return view
}

func (p *provider) snapshots(who identity.Who) (states []panel.ImageState) {
	p.t.Helper()
	views, err := p.Snapshots(ctx, who, panel.SnapshotFilter{AccountID: who.AccountID})
	p.must(err)
	for _, v := range views {
		states = append(states, v.State)
	}
	return states
}

// TestASnapshotIsBilledToTheSecond is the story of its money: free until there is a
// price, part of what an account burns, unbilled while the account is suspended,
// and over with its deletion.
func TestASnapshotIsBilledToTheSecond(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		who := p.customer("ida", 10*billing.Credit)
		web := p.create(who, "web")
		shot := p.snapshot(who, web, "before the update")
		if shot.State != panel.ImageReady || shot.GiB() != 4 || shot.Name() != "before the update" {
			t.Fatalf("got %s of %d GiB: %s", shot.State, shot.GiB(), shot.Name())
		}
		p.pass(3600)
		if got, want := p.summary(who).Balance, 9*billing.Credit; got != want {
			t.Errorf("without a price the balance is %s, want %s", got, want)
		}

		p.snapshotPrice(billing.Credit/2, false) // for others that are taken later
		if got := p.summary(who).Burn; got != billing.Credit {
			t.Errorf("a price for new ones burns %s", got)
		}
		p.snapshotPrice(billing.Credit/2, true)
		s := p.summary(who)
		if want := p.clock.now + 3*3600 + 1; s.Burn != 3*billing.Credit || s.SuspendAt != want {
			t.Errorf("burns %s until %s, want 3 until %s", s.Burn, s.SuspendAt, want)
		}
		p.pass(3 * 3600)
		if got := p.instance(who, web.ID).Status; got != fleet.StatusRunning {
			t.Errorf("one second before: %s", got)
		}
		p.pass(1)
		if got := p.instance(who, web.ID).Status; got != fleet.StatusSuspended {
			t.Errorf("at the computed second: %s", got)
		}
		low := p.summary(who).Balance
		p.pass(40 * 86400) // into another month
		if s := p.summary(who); s.Balance != low || s.Burn != 0 {
			t.Errorf("suspended, the balance went from %s to %s and burns %s", low, s.Balance, s.Burn)
		}
		if got := p.snapshots(who); len(got) != 1 || got[0] != panel.ImageReady {
			t.Errorf("suspended, its snapshots are %v", got)
		}
		p.verify()

		_, err := p.AddCredit(ctx, admin, who.AccountID, panel.Credit{Kind: panel.TopUp, Amount: 100 * billing.Credit, Reason: "Card", Request: "p1"})
		p.must(err)
		p.work()
		if got := p.summary(who).Burn; got != 3*billing.Credit {
			t.Errorf("after the top-up it burns %s", got)
		}
		_, err = p.DeleteInstance(ctx, who, web.ID)
		p.must(err)
		p.pass(1800)
		if got, want := p.summary(who).Burn, 2*billing.Credit; got != want {
			t.Errorf("without its instance the snapshot burns %s, want %s", got, want)
		}
		_, err = p.DeleteSnapshot(ctx, who, shot.ID)
		p.must(err)
		p.pass(86400)
		if s := p.summary(who); s.Burn != 0 || s.Balance != 99*billing.Credit+low {
			t.Errorf("after its deletion: burns %s, balance %s", s.Burn, s.Balance)
		}
		report, err := p.Usage(ctx, who, who.AccountID, p.clock.now.Month(), "")
		p.must(err)
		line := report.Lines[len(report.Lines)-1]
		if line.Name() != "before the update" || line.Instance.ID != web.ID || line.Kind != billing.KindSnapshot || line.Seconds != 1800 || line.Line.Amount != billing.Credit {
			t.Errorf("its line is %s of %s: %+v", line.Name(), line.Instance.Name, line.Line)
		}
		steps, err := p.ExplainSnapshot(ctx, who, shot.ID)
		if err != nil || len(steps) != 2 || steps[1].Delta != billing.Credit {
			t.Errorf("its charges are explained as %+v, %v", steps, err)
		}
		if got := p.snapshots(who); len(got) != 0 {
			t.Errorf("there are still %v", got)
		}
		revenue, err := p.Revenue(ctx, admin, p.clock.now.Month())
		p.must(err)
		var groups billing.Credits
		for _, g := range revenue.Groups {
			groups += g.Total
		}
		if groups != revenue.Total || revenue.Groups[len(revenue.Groups)-1].Total != billing.Credit {
			t.Errorf("groups earn %s of %s: %+v", groups, revenue.Total, revenue.Groups)
		}
		p.verify()
	})
}

// TestSnapshotsAreSettledInBulk lets hours and months pass without anybody looking.
func TestSnapshotsAreSettledInBulk(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 10)
		monthly := 30 * billing.Credit
		_, err := p.ChangeSnapshotPrice(ctx, admin, panel.PriceInput{Monthly: &monthly}, false)
		p.must(err)
		who := p.customer("ida", 10_000*billing.Credit)
		p.snapshot(who, p.create(who, "web"), "monthly")
		for range 40 {
			p.pass(86400)
			at, err := p.LastInterval(ctx)
			p.must(err)
			_, err = p.OrderSettlement(ctx, at)
			p.must(err)
			p.work()
		}
		report, err := p.Usage(ctx, who, who.AccountID, billing.NewMonth(2026, 7), "") // a frozen, whole month
		p.must(err)
		if got := p.clock.now.Month(); got != billing.NewMonth(2026, 7) {
			t.Fatalf("it is %s", got)
		}
		if line := report.Lines[1]; line.Line.Amount != 4*30*billing.Credit*49/62 {
			t.Errorf("24 days and a half of July cost %s", line.Line.Amount)
		}
		report, err = p.Usage(ctx, who, who.AccountID, billing.NewMonth(2026, 6), "")
		p.must(err)
		if line := report.Lines[1]; line.Line.Amount != 4*30*billing.Credit*31/60 || !report.Closed || !report.Agrees {
			t.Errorf("15 days and a half of June cost %s; closed %t, agrees %t", line.Line.Amount, report.Closed, report.Agrees)
		}
		p.verify()
	})
}

func TestDisksAreMadeFromSnapshots(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.addHost("hv2", 10)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	shot := p.snapshot(who, web, "good")
	restored, err := p.RestoreSnapshot(ctx, who, web.ID, shot.ID)
	p.must(err)
	if restored.Generation != 1 || restored.ImageID != shot.ID {
		t.Errorf("restoring makes generation %d from image %d", restored.Generation, restored.ImageID)
	}
	_, err = p.DeleteSnapshot(ctx, who, shot.ID)
	refusedWith(t, err, panel.CodeConflict) // it is being restored
	p.work()
	if got := p.instance(who, web.ID); got.Status != fleet.StatusRunning || got.Image != "good" {
		t.Errorf("restored, it is %s, from %q", got.Status, got.Image)
	}
	for _, name := range []string{"a", "b"} { // by turns they would be on two hypervisors
		made, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: name, PlanID: p.plan, LocationID: p.place, ImageID: shot.ID})
		p.must(err)
		if made.HypervisorID != shot.HypervisorID {
			t.Errorf("%s is on hypervisor %d, its snapshot on %d", name, made.HypervisorID, shot.HypervisorID)
		}
		p.work()
		if got := p.instance(who, made.ID).Status; got != fleet.StatusRunning {
			t.Errorf("%s is %s", name, got)
		}
	}
	elsewhere := p.create(who, "elsewhere")
	for elsewhere.HypervisorID == shot.HypervisorID {
		elsewhere = p.create(who, "elsewhere2")
	}
	_, err = p.RestoreSnapshot(ctx, who, elsewhere.ID, shot.ID)
	invalidAt(t, err, "image")
	_, err = p.DeleteSnapshot(ctx, who, shot.ID)
	p.must(err)
	p.work()
	if _, err := p.ResizeInstance(ctx, who, web.ID, p.large); err != nil {
		t.Fatal(err)
	}
	p.work()
	if got := p.instance(who, web.ID).Status; got != fleet.StatusRunning {
		t.Errorf("without its snapshot it was resized and is %s", got)
	}
	_, err = p.RebuildInstance(ctx, who, web.ID, 0)
	invalidAt(t, err, "image") // there is nothing to make it from any more
	p.verify()
}

func TestSnapshotsAreRefused(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.settings(func(s *panel.Settings) { s.SnapshotLimit = 2 })
	p.snapshotPrice(billing.Credit, false)
	who, other := p.customer("ida", 100*billing.Credit), p.customer("poor", 11*billing.Credit)
	web := p.create(who, "web")
	take := func(who identity.Who, i panel.Instance, name string) error {
		_, err := p.CreateSnapshot(ctx, who, i.ID, panel.NewSnapshot{Name: name})
		return err
	}
	invalidAt(t, take(who, web, ""), "name")
	if err := take(other, web, "theirs"); err != panel.ErrNotFound {
		t.Errorf("of others: %v", err)
	}
	price, err := p.SnapshotPrice(ctx)
	p.must(err)
	_, err = p.CreateSnapshot(ctx, who, web.ID, panel.NewSnapshot{Name: "dear", Price: price.ID + 9})
	refusedWith(t, err, panel.CodeConflict)

	p.must(take(who, web, "one"))
	if no := take(who, web, "two"); no == nil {
		t.Error("a second one is taken at the same time")
	} else {
		refusedWith(t, no, panel.Code(fleet.CodeBusy))
	}
	if got := p.instance(who, web.ID).Status; got != fleet.StatusRunning {
		t.Errorf("meanwhile it is %s", got)
	}
	views, err := p.Snapshots(ctx, who, panel.SnapshotFilter{AccountID: who.AccountID})
	p.must(err)
	one := views[0]
	_, err = p.DeleteSnapshot(ctx, who, one.ID)
	refusedWith(t, err, panel.CodeConflict)
	_, err = p.RestoreSnapshot(ctx, who, web.ID, one.ID)
	refusedWith(t, err, panel.Code(fleet.CodeBusy))
	p.work()
	p.must(take(who, web, "two"))
	p.work()
	refusedWith(t, take(who, web, "three"), panel.CodeConflict)

	edited, err := p.EditSnapshot(ctx, who, one.ID, func(s *panel.Snapshot) {
		s.Description, s.Protected, s.Bytes = "renamed", true, 0
	})
	if err != nil || edited.Description != "renamed" || edited.Bytes == 0 {
		t.Errorf("edited to %+v, %v", edited, err)
	}
	_, err = p.DeleteSnapshot(ctx, who, one.ID)
	refusedWith(t, err, panel.CodeProtected)
	_, err = p.DeleteSnapshot(ctx, other, one.ID)
	if err != panel.ErrNotFound {
		t.Errorf("others delete it: %v", err)
	}

	// 1 credit an hour for the instance and up to 10 for its snapshot.
	small := p.create(other, "small")
	p.pass(1)
	refusedWith(t, take(other, small, "dear"), panel.CodeInsufficientCredit)
	quoted, err := p.QuoteSnapshot(ctx, other, small.ID)
	p.must(err)
	if quoted.GiB != 10 || quoted.Hourly != 10*billing.Credit || quoted.Minimum != 0 || quoted.Refused == nil || quoted.BurnAfter != 11*billing.Credit {
		t.Errorf("quoted %+v", quoted)
	}
	p.verify()
}

// TestASnapshotThatFailsCostsNothing lets its instance go first, or its hypervisor.
func TestASnapshotThatFailsCostsNothing(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.snapshotPrice(billing.Credit, false)
	who := p.customer("ida", 100*billing.Credit)
	gone, away := p.create(who, "gone"), p.create(who, "away")
	_, err := p.CreateSnapshot(ctx, who, gone.ID, panel.NewSnapshot{Name: "late"})
	p.must(err)
	_, err = p.DeleteInstance(ctx, who, gone.ID)
	p.must(err)
	p.work()
	p.unreachable(away.HypervisorID, true)
	_, err = p.CreateSnapshot(ctx, who, away.ID, panel.NewSnapshot{Name: "too late"})
	p.must(err)
	p.work()
	p.pass(2 * 3600)
	p.unreachable(away.HypervisorID, false)
	if got := p.snapshots(who); len(got) != 2 || got[0] != panel.ImageFailed || got[1] != panel.ImageFailed {
		t.Errorf("got %v", got)
	}
	if got, want := p.summary(who).Burn, billing.Credit; got != want {
		t.Errorf("burns %s, want %s", got, want)
	}
	views, err := p.Snapshots(ctx, who, panel.SnapshotFilter{AccountID: who.AccountID})
	p.must(err)
	for _, v := range views {
		if v.Failure == "" {
			t.Error("nothing says why")
		}
		_, err := p.DeleteSnapshot(ctx, who, v.ID)
		p.must(err)
	}
	p.pass(60)
	if got := p.snapshots(who); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	p.verify()
}
