package panel_test

import (
	"slices"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// An instance that is ordered off has not booted before its owner starts it, and
// costs until then what the plan says for stopped ones.
func TestAnInstanceIsMadeAndLeftOff(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	web, err := p.CreateInstance(ctx, ida, panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, Off: true})
	p.must(err)
	p.work()
	if got := p.instance(ida, web.ID); got.Status != fleet.StatusStopped || got.Percent != 50 {
		t.Errorf("it is %s at %d%%, want stopped at 50%%", got.Status, got.Percent)
	}
	if got := p.placed(web).Power; got != fleet.PowerOff {
		t.Errorf("its machine is %s, want off", got)
	}
	if got := p.tasks(ida, web); got != "create succeeded" {
		t.Errorf("its tasks are %s", got)
	}
	_, err = p.StartInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	if got := p.instance(ida, web.ID); got.Status != fleet.StatusRunning || got.Percent != 100 {
		t.Errorf("started, it is %s at %d%%, want running at 100%%", got.Status, got.Percent)
	}
	p.verify()
}

func TestProtectionIsInTheFeed(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	web := p.create(ida, "web")
	for _, protection := range []panel.Protection{{Delete: true}, {Delete: true}, {Delete: true, Rebuild: true}, {Rebuild: true}, {}} {
		_, err := p.ProtectInstance(ctx, ida, web.ID, protection)
		p.must(err)
	}
	events, err := p.Events(ctx, ida, panel.EventFilter{AccountID: ida.AccountID, InstanceID: web.ID})
	p.must(err)
	var got []string
	for _, e := range events {
		if e.Kind == panel.EventInstanceProtected {
			got = append(got, e.Detail)
		}
	}
	want := []string{"nothing", "rebuilding", "deleting, rebuilding", "deleting"}
	if !slices.Equal(got, want) {
		t.Errorf("the feed has %q, want %q", got, want)
	}
}
