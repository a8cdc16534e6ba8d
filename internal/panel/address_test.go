package panel_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store/storetest"
)

// byValue compares addresses as a whole.
var byValue = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

// pool makes a pool that is routed to the provider's location.
func (p *provider) pool(name, prefix, gateway string) panel.AddressPool {
	p.t.Helper()
	pool := panel.AddressPool{Name: name, Locations: []int64{p.place}, Quarantine: panel.DefaultQuarantine, Enabled: true}
	pool.Prefix, pool.Network = netip.MustParsePrefix(prefix), "br0"
	if gateway != "" {
		pool.Gateway = netip.MustParseAddr(gateway)
	}
	pool.DNS = []netip.Addr{netip.MustParseAddr("192.0.2.53")}
	saved, err := p.SavePool(ctx, admin, pool)
	p.must(err)
	return saved
}

// addresses are an instance's, as text.
func (p *provider) addresses(i panel.Instance) (all []string) {
	p.t.Helper()
	view, err := p.Instance(ctx, admin, i.ID)
	p.must(err)
	for _, a := range view.Addresses {
		all = append(all, a.Addr.String())
	}
	return all
}

func TestAnOrderTakesTheLowestFreeAddresses(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.pool("v4", "203.0.113.0/28", "203.0.113.1")
	p.pool("v6", "2001:db8::/48", "fe80::1")
	who := p.customer("ida", 100*billing.Credit)
	web, db := p.create(who, "web"), p.create(who, "db")
	if got, want := p.addresses(web), []string{"203.0.113.2", "2001:db8::1"}; !slices.Equal(got, want) {
		t.Errorf("web has %q, want %q: the first is the gateway's", got, want)
	}
	if got, want := p.addresses(db), []string{"203.0.113.3", "2001:db8:0:1::1"}; !slices.Equal(got, want) {
		t.Errorf("db has %q, want %q", got, want)
	}
	machines, err := p.world.Machines(ctx)
	p.must(err)
	want := []panel.Interface{{
		MAC: web.MAC(0), Network: "br0",
		Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.2/28"), netip.MustParsePrefix("2001:db8::1/64")},
		Networks:  []netip.Prefix{netip.MustParsePrefix("2001:db8::/64")},
		Gateways:  []netip.Addr{netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("fe80::1")},
		DNS:       []netip.Addr{netip.MustParseAddr("192.0.2.53")},
	}}
	at := slices.IndexFunc(machines, func(m sim.Placed) bool { return m.UID == web.UID })
	if diff := cmp.Diff(machines[at].Interfaces, want, byValue); diff != "" {
		t.Errorf("web's machine: - got, + want:\n%s", diff)
	}
	p.verify()
}

func TestNetworksOfTheirOwnNeedCardsOfTheirOwn(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.pool("v4", "203.0.113.0/28", "")
	six := p.pool("v6", "2001:db8::/64", "")
	six.Network = "br6"
	_, err := p.SavePool(ctx, admin, six)
	p.must(err)
	web := p.create(p.customer("ida", 100*billing.Credit), "web")
	machines, err := p.world.Machines(ctx)
	p.must(err)
	var got []string
	for _, card := range machines[0].Interfaces {
		got = append(got, card.Network, card.MAC, card.Addresses[0].String())
	}
	if want := []string{"br0", web.MAC(0), "203.0.113.1/28", "br6", web.MAC(1), "2001:db8::1/64"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Without a pool an instance is on its hypervisor's network, and what address it
// has there is not known.
func TestWithoutAPoolNoAddressIsKnown(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	hosts[0].Network = "nat"
	_, err = p.SaveHypervisor(ctx, admin, hosts[0])
	p.must(err)
	web := p.create(p.customer("ida", 100*billing.Credit), "web")
	machines, err := p.world.Machines(ctx)
	p.must(err)
	if diff := cmp.Diff(machines[0].Interfaces, []panel.Interface{{MAC: web.MAC(0), Network: "nat"}}, byValue); diff != "" {
		t.Errorf("- got, + want:\n%s", diff)
	}
	if got := p.addresses(web); got != nil {
		t.Errorf("got %q, want none", got)
	}
}

func TestAReleasedAddressIsNobodysForAWhile(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	pool := p.pool("v4", "203.0.113.0/30", "") // .1 and .2
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	web := p.create(ida, "web")
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, true))
	_, err := p.DeleteInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	p.pass(3600)
	if got := p.addresses(web); len(got) != 1 {
		t.Errorf("has %q while its machine may still be there, want its address", got)
	}
	p.must(p.world.SetFault(web.HypervisorID, panel.FaultUnreachable, false))
	p.pass(60)
	if got := p.addresses(web); got != nil {
		t.Errorf("has %q after it is gone", got)
	}
	released := p.clock.now

	shop := p.create(bob, "shop")
	if got := p.addresses(shop); !slices.Equal(got, []string{"203.0.113.2"}) {
		t.Errorf("the next has %q, want 203.0.113.2", got)
	}
	order := panel.NewInstance{Name: "full", PlanID: p.plan, LocationID: p.place}
	quoted, err := p.Quote(ctx, bob, order)
	p.must(err)
	refusedWith(t, quoted.Refused, panel.CodeNoCapacity)
	_, err = p.CreateInstance(ctx, bob, order)
	refusedWith(t, err, panel.CodeNoCapacity)
	p.pass(3599)
	_, err = p.CreateInstance(ctx, bob, order)
	refusedWith(t, err, panel.CodeNoCapacity)
	p.pass(1)
	full := p.create(bob, "full")
	if got := p.addresses(full); !slices.Equal(got, []string{"203.0.113.1"}) {
		t.Errorf("an hour later has %q, want 203.0.113.1", got)
	}
	u, err := p.PoolUsage(ctx, admin, pool.ID)
	p.must(err)
	if u.Size != 2 || u.Free != 0 || u.Taken[panel.AddressAssigned] != 2 {
		t.Errorf("got %+v, want both assigned", u)
	}

	addr := netip.MustParseAddr("203.0.113.1")
	for _, test := range []struct {
		at   billing.Instant
		want []string
	}{
		{billing.Never, []string{"bob/full", "ida/web"}},
		{noon, []string{"ida/web"}},
		{released - 1, []string{"ida/web"}},
		{released, nil},
		{p.clock.now, []string{"bob/full"}},
	} {
		uses, err := p.AddressHistory(ctx, admin, addr, test.at)
		p.must(err)
		var got []string
		for _, use := range uses {
			got = append(got, use.Account+"/"+use.Instance)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("at %s it was %q, want %q", test.at, got, test.want)
		}
	}
	p.verify()
}

// Where one hypervisor has no address left, the next one is taken.
func TestAHypervisorWithoutAddressesIsPassedOver(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	second := p.addHost("hv2", 10)
	who := p.customer("ida", 100*billing.Credit)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	for n, prefix := range []string{"203.0.113.0/30", "198.51.100.0/28"} {
		pool := p.pool(fmt.Sprintf("pool%d", n), prefix, "")
		pool.Locations, pool.Hypervisors = nil, []int64{hosts[n].ID}
		_, err := p.SavePool(ctx, admin, pool)
		p.must(err)
	}
	var on []int64
	for n := range 6 {
		on = append(on, p.create(who, fmt.Sprintf("i%d", n)).HypervisorID)
	}
	first := hosts[0].ID
	if want := []int64{first, second.ID, first, second.ID, second.ID, second.ID}; !slices.Equal(on, want) {
		t.Errorf("placed on %v, want %v", on, want)
	}
	p.verify()
}

// What could not be created lets go of its addresses, and what was created
// elsewhere has those of where it is.
func TestAFailedCreateReleasesItsAddresses(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	second := p.addHost("hv2", 10)
	who := p.customer("ida", 100*billing.Credit)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	shared := p.pool("shared", "2001:db8::/48", "")
	for n, prefix := range []string{"203.0.113.0/28", "198.51.100.0/28"} {
		pool := p.pool(fmt.Sprintf("pool%d", n), prefix, "")
		pool.Locations, pool.Hypervisors = nil, []int64{hosts[n].ID}
		_, err := p.SavePool(ctx, admin, pool)
		p.must(err)
	}
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultError, true))
	web := p.create(who, "web")
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultError, false))
	p.pass(600)
	if got, want := p.addresses(web), []string{"2001:db8::1", "198.51.100.1"}; !slices.Equal(got, want) {
		t.Errorf("moved to hv2 it has %q, want %q", got, want)
	}
	for _, h := range []int64{hosts[0].ID, second.ID} {
		p.must(p.world.SetFault(h, panel.FaultError, true))
	}
	failed := p.create(who, "failed")
	for _, h := range []int64{hosts[0].ID, second.ID} {
		p.must(p.world.SetFault(h, panel.FaultError, false))
	}
	p.pass(600)
	if view := p.instance(who, failed.ID); view.Status != fleet.StatusError || view.Addresses != nil {
		t.Errorf("%s with %v, want an error without addresses", view.Status, view.Addresses)
	}
	u, err := p.PoolUsage(ctx, admin, shared.ID)
	p.must(err)
	if u.Taken[panel.AddressAssigned] != 1 || u.Taken[panel.AddressQuarantined] != 1 {
		t.Errorf("got %+v, want one assigned and one in quarantine", u.Taken)
	}
	p.verify()
}

// TestSimultaneousOrdersNeverShareAnAddress lets orders of ten customers race for
// 29 addresses.
func TestSimultaneousOrdersNeverShareAnAddress(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 100)
		p.addHost("hv2", 100)
		p.pool("v4", "203.0.113.0/27", "203.0.113.30")
		p.pool("v6", "2001:db8::/48", "")
		who := p.customer("ida", 1000*billing.Credit)
		var mu sync.Mutex
		var made []panel.Instance
		together(40, func(n int) {
			i, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: fmt.Sprintf("i%d", n), PlanID: p.plan, LocationID: p.place})
			mu.Lock()
			defer mu.Unlock()
			var no *panel.Refusal
			switch {
			case err == nil:
				made = append(made, i)
			case !errors.As(err, &no) || no.Code != panel.CodeNoCapacity:
				t.Errorf("order %d: %v", n, err)
			}
		})
		seen := map[string]bool{}
		for _, i := range made {
			for _, a := range p.addresses(i) {
				if seen[a] {
					t.Errorf("%s was given twice", a)
				}
				seen[a] = true
			}
		}
		if len(made) != 29 || len(seen) != 2*29 {
			t.Errorf("%d instances with %d addresses, want 29 with one of each family", len(made), len(seen))
		}
		p.work()
		p.verify()
	})
}

func TestReverseNamesAreTheOwners(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.pool("v4", "203.0.113.0/28", "")
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	web := p.create(ida, "web")
	addr := netip.MustParseAddr("203.0.113.1")
	a, err := p.SetReverseName(ctx, ida, addr, "web.example.org.")
	p.must(err)
	mine, err := p.Addresses(ctx, ida, ida.AccountID)
	p.must(err)
	if len(mine) != 1 || mine[0] != a || a.ReverseName != "web.example.org" {
		t.Errorf("got %+v, want the address with its name", mine)
	}
	for name, do := range map[string]func() error{
		"another customer's": func() error { _, err := p.SetReverseName(ctx, bob, addr, "x.example.org"); return err },
		"nobody's":           func() error { _, err := p.SetReverseName(ctx, ida, addr.Next(), "x.example.org"); return err },
		"others' addresses":  func() error { _, err := p.Addresses(ctx, bob, ida.AccountID); return err },
	} {
		if err := do(); !errors.Is(err, panel.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", name, err, panel.ErrNotFound)
		}
	}
	for _, name := range []string{"web", "web_1.example.org", "web.example.org\n", "-a.example.org", "203.0.113.1", "a..b"} {
		_, err := p.SetReverseName(ctx, ida, addr, name)
		invalidAt(t, err, "reverse_name")
	}
	_, err = p.DeleteInstance(ctx, ida, web.ID)
	p.must(err)
	p.work()
	p.pass(3600)
	shop := p.create(bob, "shop")
	if got := p.instance(bob, shop.ID).Addresses; got[0].Addr != addr || got[0].ReverseName != "" {
		t.Errorf("its next owner has %+v, want it without a name", got)
	}
}

func TestAddressesComeWithTheirPiece(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.pool("v4", "203.0.113.0/28", "")
	p.pool("v6", "2001:db8::/48", "")
	ida, bob := p.customer("ida", 100*billing.Credit), p.customer("bob", 100*billing.Credit)
	p.create(bob, "db")
	web := p.create(ida, "web")
	held, err := p.MyAddresses(ctx, ida)
	p.must(err)
	var got []string
	for _, a := range held {
		got = append(got, a.Addr.String(), a.Piece.String(), a.Instance.Name)
	}
	want := []string{"203.0.113.2", "203.0.113.2/32", web.Name, "2001:db8:0:1::1", "2001:db8:0:1::/64", web.Name}
	if !slices.Equal(got, want) {
		t.Errorf("ida's are %q, want %q", got, want)
	}
	if _, err := p.MyAddresses(ctx, admin); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("of somebody without an account: got %v, want %v", err, panel.ErrNotFound)
	}
}

func TestPoolsAreGuarded(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	pool := p.pool("v4", "203.0.113.0/29", "203.0.113.1")
	for field, spoil := range map[string]func(*panel.AddressPool){
		"name":       func(q *panel.AddressPool) { q.Name = "v4" },
		"prefix":     func(q *panel.AddressPool) { q.Prefix = netip.MustParsePrefix("203.0.113.4/30") },
		"bits":       func(q *panel.AddressPool) { q.Bits = 24 },
		"first":      func(q *panel.AddressPool) { q.First = netip.MustParseAddr("192.0.2.1") },
		"gateway":    func(q *panel.AddressPool) { q.Gateway = netip.MustParseAddr("2001:db8::1") },
		"network":    func(q *panel.AddressPool) { q.Network = "br0; reboot" },
		"quarantine": func(q *panel.AddressPool) { q.Quarantine = -1 },
		"locations":  func(q *panel.AddressPool) { q.Locations = []int64{99} },
	} {
		other := panel.AddressPool{Name: "other"}
		other.Prefix = netip.MustParsePrefix("198.51.100.0/24")
		spoil(&other)
		_, err := p.SavePool(ctx, admin, other)
		invalidAt(t, err, field)
	}
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	moved := pool
	moved.Prefix, moved.First, moved.Last = netip.MustParsePrefix("198.51.100.0/29"), netip.Addr{}, netip.Addr{}
	_, err := p.SavePool(ctx, admin, moved)
	invalidAt(t, err, "prefix")
	onInstance := pool
	onInstance.Gateway = netip.MustParseAddr("203.0.113.2")
	_, err = p.SavePool(ctx, admin, onInstance)
	invalidAt(t, err, "gateway")
	refusedWith(t, p.DeletePool(ctx, admin, pool.ID), panel.CodeInUse)
	if err := p.DeletePool(ctx, who, pool.ID); !errors.Is(err, panel.ErrForbidden) {
		t.Errorf("by a customer: got %v, want %v", err, panel.ErrForbidden)
	}
	_, err = p.DeleteInstance(ctx, who, web.ID)
	p.must(err)
	p.work()
	refusedWith(t, p.DeletePool(ctx, admin, pool.ID), panel.CodeInUse)
	p.pass(3600)
	_, err = p.SavePool(ctx, admin, moved)
	p.must(err)
	p.must(p.DeletePool(ctx, admin, pool.ID))
	if pools, err := p.AdminPools(ctx, admin); err != nil || len(pools) != 0 {
		t.Errorf("got %+v, %v, want none", pools, err)
	}
}

func TestBlockedAddressesAreGivenToNobody(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	pool := p.pool("v4", "203.0.113.0/29", "203.0.113.1")
	who := p.customer("ida", 100*billing.Credit)
	at := func(last byte) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, last}) }
	p.must(p.BlockAddress(ctx, admin, at(2), panel.AddressBlocked, "on a list of spammers"))
	p.must(p.BlockAddress(ctx, admin, at(3), panel.AddressReserved, "our resolver"))
	web := p.create(who, "web")
	if got := p.addresses(web); !slices.Equal(got, []string{"203.0.113.4"}) {
		t.Errorf("got %q, want 203.0.113.4", got)
	}
	refusedWith(t, p.BlockAddress(ctx, admin, at(4), panel.AddressBlocked, ""), panel.CodeInUse)
	if err := p.BlockAddress(ctx, admin, netip.MustParseAddr("192.0.2.1"), panel.AddressBlocked, ""); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("of no pool: got %v, want %v", err, panel.ErrNotFound)
	}
	invalidAt(t, p.BlockAddress(ctx, admin, at(5), panel.AddressAssigned, ""), "state")
	refusedWith(t, p.FreeAddress(ctx, admin, at(1)), panel.CodeConflict) // the gateway's
	refusedWith(t, p.FreeAddress(ctx, admin, at(4)), panel.CodeConflict)
	p.must(p.FreeAddress(ctx, admin, at(2)))
	if got := p.addresses(p.create(who, "db")); !slices.Equal(got, []string{"203.0.113.2"}) {
		t.Errorf("got %q, want 203.0.113.2", got)
	}
	_, err := p.DeleteInstance(ctx, who, web.ID)
	p.must(err)
	p.work()
	p.must(p.BlockAddress(ctx, admin, at(4), panel.AddressBlocked, "abuse")) // in quarantine
	p.pass(7200)
	addresses, err := p.PoolAddresses(ctx, admin, pool.ID, 1, 10)
	p.must(err)
	var got []string
	for _, a := range addresses {
		got = append(got, a.Addr.String()+" "+string(a.State)+" "+a.Note)
	}
	if want := []string{"203.0.113.2 assigned ", "203.0.113.3 reserved our resolver", "203.0.113.4 blocked abuse"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
