package panel_test

import (
	"errors"
	"net/netip"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

func TestTokenIsGoodWhereItMayBeUsed(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 100*billing.Credit)
	token, _, err := p.CreateToken(ctx, ida, panel.NewToken{
		Name: "ci", Scope: identity.ScopeWrite, Ranges: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")},
	})
	p.must(err)
	if _, err := p.TokenWho(ctx, token, netip.MustParseAddr("203.0.113.7")); err != nil {
		t.Errorf("where it may be used: %v", err)
	}
	for _, elsewhere := range []netip.Addr{netip.MustParseAddr("203.0.114.1"), {}} {
		if _, err := p.TokenWho(ctx, token, elsewhere); !errors.Is(err, panel.ErrUnauthorized) {
			t.Errorf("at %s: got error %v, want that it is refused", elsewhere, err)
		}
	}
}

func TestTokenOrdersNoMoreThanItMayInADay(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	ida := p.customer("ida", 1000*billing.Credit)
	token, _, err := p.CreateToken(ctx, ida, panel.NewToken{Name: "ci", Scope: identity.ScopeWrite, DailyCredits: 48 * billing.Credit})
	p.must(err)
	who, err := p.TokenWho(ctx, token, netip.Addr{})
	p.must(err)
	order := func(who identity.Who, name string) error {
		_, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: name, PlanID: p.plan, LocationID: p.place})
		return err
	}
	p.must(order(who, "web1"))
	p.must(order(who, "web2"))
	var refused *panel.Refusal
	if err := order(who, "web3"); !errors.As(err, &refused) || refused.Code != panel.CodeSpendLimit {
		t.Fatalf("the third of two: got error %v, want %s", err, panel.CodeSpendLimit)
	}
	if instances, err := p.AllInstances(ctx, ida, panel.InstanceFilter{AccountID: ida.AccountID}); err != nil || len(instances) != 2 {
		t.Errorf("got %d instances, %v; want that nothing is left of what was refused", len(instances), err)
	}
	if err := order(ida, "web3"); err != nil {
		t.Errorf("without the token: %v", err)
	}
	p.clock.now += billing.Day
	if err := order(who, "web4"); err != nil {
		t.Errorf("on the next day: %v", err)
	}
}
