package paneltest

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

// addPool makes a pool with room for 14 instances.
func (w world) addPool(t *testing.T, name, prefix string) panel.AddressPool {
	t.Helper()
	p := panel.AddressPool{Name: name, AddressRange: fleet.AddressRange{Prefix: netip.MustParsePrefix(prefix)}.Filled()}
	p.ID = add(t, w.store, panel.Tx.InsertPool, p)
	return p
}

// assigned is an address of the world's instance.
func (w world) assigned(p panel.AddressPool, number int64) panel.Address {
	return panel.Address{Addr: p.Addr(number), PoolID: p.ID, Number: number, State: panel.AddressAssigned, InstanceID: w.instance}
}

func poolsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	p := whole(t, panel.AddressPool{
		ID: 1, Name: "public", Gateway: addr("203.0.113.1"), DNS: []netip.Addr{addr("203.0.113.2"), addr("2001:db8::2")}, Network: "br0",
		AddressRange: fleet.AddressRange{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Bits: 32, First: addr("203.0.113.9"), Last: addr("203.0.113.99")},
		Locations:    []int64{w.location}, Hypervisors: []int64{w.hypervisor, w.addHypervisor(t, "hv2", small)}, Quarantine: 7, Enabled: true,
	})
	p.ID = add(t, s, panel.Tx.InsertPool, p)
	read := func(tx panel.Tx) (panel.AddressPool, error) { return tx.Pool(p.ID) }
	same(t, s, p, read)
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertPool(p)
		return err
	})
	p = panel.AddressPool{
		ID: p.ID, Name: "v6", AddressRange: fleet.AddressRange{Prefix: netip.MustParsePrefix("2001:db8::/48")}.Filled(), Hypervisors: p.Hypervisors[:1],
	}
	update(t, s, func(tx panel.Tx) error { return tx.UpdatePool(p) })
	same(t, s, p, read)
	second := w.addPool(t, "second", "203.0.113.0/28")
	same(t, s, []panel.AddressPool{p, second}, func(tx panel.Tx) ([]panel.AddressPool, error) { return tx.ListPools() })
	update(t, s, func(tx panel.Tx) error {
		if locked, err := tx.LockPool(p.ID); err != nil || locked.Name != p.Name {
			t.Errorf("locked %+v, %v", locked, err)
		}
		return tx.InsertAddress(w.assigned(second, 5))
	})
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeletePool(second.ID) })
	update(t, s, func(tx panel.Tx) error { return tx.DeletePool(p.ID) })
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeletePool(p.ID) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdatePool(p) })
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error {
		elsewhere := second
		elsewhere.Name, elsewhere.Locations = "elsewhere", []int64{w.location + 9}
		_, err := tx.InsertPool(elsewhere)
		return err
	})
}

func addressesComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	p, other := w.addPool(t, "public", "203.0.113.0/28"), w.addPool(t, "v6", "2001:db8::/48")
	a := whole(t, panel.Address{
		Addr: addr("203.0.113.5"), PoolID: p.ID, Number: 5, State: panel.AddressAssigned, InstanceID: w.instance,
		ReverseName: "web.example.org", Until: 9, Note: "n",
	})
	update(t, s, func(tx panel.Tx) error { return tx.InsertAddress(a) })
	read := func(tx panel.Tx) (panel.Address, error) { return tx.Address(a.Addr) }
	same(t, s, a, read)
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.InsertAddress(a) })

	a.State, a.InstanceID, a.ReverseName, a.Until, a.Note = panel.AddressQuarantined, 0, "", 20, ""
	update(t, s, func(tx panel.Tx) error { return tx.UpdateAddress(a) })
	same(t, s, a, read)
	b, c := w.assigned(p, 7), w.assigned(other, 3)
	update(t, s, func(tx panel.Tx) error {
		if err := tx.InsertAddress(c); err != nil {
			return err
		}
		return tx.InsertAddress(b)
	})
	for _, test := range []struct {
		filter panel.AddressFilter
		want   []panel.Address
	}{
		{panel.AddressFilter{}, []panel.Address{a, b, c}},
		{panel.AddressFilter{PoolID: p.ID}, []panel.Address{a, b}},
		{panel.AddressFilter{PoolID: p.ID, After: 5}, []panel.Address{b}},
		{panel.AddressFilter{PoolID: p.ID, Limit: 1}, []panel.Address{a}},
		{panel.AddressFilter{AccountID: w.account}, []panel.Address{b, c}},
		{panel.AddressFilter{AccountID: w.account + 1}, nil},
		{panel.AddressFilter{InstanceID: w.instance}, []panel.Address{b, c}},
	} {
		same(t, s, test.want, func(tx panel.Tx) ([]panel.Address, error) { return tx.ListAddresses(test.filter) })
	}
	counts := func(last int64, now billing.Instant, want map[panel.AddressState]int64) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (map[panel.AddressState]int64, error) { return tx.CountAddresses(p.ID, 5, last, now) })
	}
	counts(7, 19, map[panel.AddressState]int64{panel.AddressAssigned: 1, panel.AddressQuarantined: 1})
	counts(6, 19, map[panel.AddressState]int64{panel.AddressQuarantined: 1})
	counts(7, 20, map[panel.AddressState]int64{panel.AddressAssigned: 1})

	for until, gone := range []bool{false, true} {
		update(t, s, func(tx panel.Tx) error { return tx.EndQuarantines(other.ID, 99) })
		update(t, s, func(tx panel.Tx) error { return tx.EndQuarantines(p.ID, 19+billing.Instant(until)) })
		if !gone {
			same(t, s, a, read)
		}
	}
	absent(t, s, read)
	update(t, s, func(tx panel.Tx) error { return tx.DeleteAddress(b.Addr) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.DeleteAddress(b.Addr) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateAddress(b) })
	same(t, s, []panel.Address{c}, func(tx panel.Tx) ([]panel.Address, error) { return tx.ListAddresses(panel.AddressFilter{}) })
}

func freeNumbers(t *testing.T, s panel.Store) {
	w := build(t, s)
	p := w.addPool(t, "public", "203.0.113.0/28")
	first, last := p.Bounds()
	free := func(want int64) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) (int64, error) { return tx.FreeNumber(p.ID, first, last) })
	}
	take := func(numbers ...int64) {
		for _, n := range numbers {
			update(t, s, func(tx panel.Tx) error { return tx.InsertAddress(w.assigned(p, n)) })
		}
	}
	free(1)
	take(1, 2, 5)
	free(3)
	take(3)
	free(4)
	take(4)
	free(6)
	update(t, s, func(tx panel.Tx) error { return tx.DeleteAddress(p.Addr(2)) })
	free(2)
	take(2, 6, 7, 8, 9, 10, 11, 12, 13, 14)
	absent(t, s, func(tx panel.Tx) (int64, error) { return tx.FreeNumber(p.ID, first, last) })
	for _, n := range []int64{9, 4} {
		update(t, s, func(tx panel.Tx) error {
			a := w.assigned(p, n)
			a.State, a.InstanceID, a.Until = panel.AddressQuarantined, 0, 10
			return tx.UpdateAddress(a)
		})
	}
	absent(t, s, func(tx panel.Tx) (int64, error) { return tx.FreeNumber(p.ID, first, last) })
	update(t, s, func(tx panel.Tx) error { return tx.EndQuarantines(p.ID, 10) })
	free(4)
	first = 5
	free(9)
	last = 8
	absent(t, s, func(tx panel.Tx) (int64, error) { return tx.FreeNumber(p.ID, first, last) })
	absent(t, s, func(tx panel.Tx) (int64, error) { return tx.FreeNumber(p.ID+9, 0, 1) })
}

// simultaneousAddresses takes and frees at random, and never finds one taken that
// was free.
func simultaneousAddresses(t *testing.T, s panel.Store) {
	w := build(t, s)
	p := w.addPool(t, "public", "203.0.113.0/24")
	first, last := p.Bounds()
	const takers, each = 8, 12
	var group errgroup.Group
	for range takers {
		group.Go(func() error {
			for n := range each {
				err := s.Update(context.Background(), func(tx panel.Tx) error {
					if _, err := tx.LockPool(p.ID); err != nil {
						return err
					}
					number, err := tx.FreeNumber(p.ID, first, last)
					if err != nil {
						return err
					}
					if err := tx.InsertAddress(w.assigned(p, number)); err != nil || n%3 > 0 {
						return err
					}
					return tx.DeleteAddress(p.Addr(number))
				})
				if err != nil {
					return fmt.Errorf("taking an address: %w", err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	want := make([]int64, 0, takers*each*2/3)
	for n := range int64(takers * each * 2 / 3) {
		want = append(want, first+n)
	}
	same(t, s, want, func(tx panel.Tx) (numbers []int64, err error) {
		addresses, err := tx.ListAddresses(panel.AddressFilter{})
		for _, a := range addresses {
			numbers = append(numbers, a.Number)
		}
		return numbers, err
	})
}

func tenuresComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	piece := netip.MustParsePrefix("203.0.113.5/32")
	first := whole(t, panel.Tenure{Prefix: piece, AccountID: w.account, InstanceID: w.instance, From: 5, To: billing.Never})
	second := panel.Tenure{Prefix: piece, AccountID: w.account, InstanceID: w.addInstance(t, "web2"), From: 9, To: billing.Never}
	list := func(want ...panel.Tenure) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Tenure, error) {
			return tx.ListTenures(piece, netip.MustParsePrefix("2001:db8::/64"))
		})
	}
	insert := func(n panel.Tenure) func(panel.Tx) error {
		return func(tx panel.Tx) error { return tx.InsertTenure(n) }
	}
	update(t, s, insert(first))
	list(first)
	fails(t, s, panel.ErrExists, insert(second))
	update(t, s, func(tx panel.Tx) error { return tx.EndTenure(piece, 8) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.EndTenure(piece, 9) })
	update(t, s, insert(second))
	first.To = 8
	list(second, first)
	network := second
	network.Prefix, network.From = netip.MustParsePrefix("2001:db8::/64"), 7
	update(t, s, insert(network))
	list(second, network, first)
}
