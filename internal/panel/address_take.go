package panel

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// families are those of addresses, in the order in which pools are locked.
var families = [...]int{4, 6}

// place finds a hypervisor by round robin that has room for a machine, and of
// each family of addresses that it has pools for, one that is free. Addresses in
// has are enough where they can be kept. Hypervisors in except are passed over.
func (b *book) place(location int64, need fleet.Request, has []Address, except ...int64) (Hypervisor, []Address, error) {
	for {
		placed, err := placeIn(b.tx, location, need, except...)
		if err != nil {
			return Hypervisor{}, nil, err
		}
		host, err := b.tx.Hypervisor(placed.ID)
		if err != nil {
			return Hypervisor{}, nil, fmt.Errorf("hypervisor %d: %w", placed.ID, err)
		}
		found, err := b.pick(host, has)
		if !errors.Is(err, ErrNoRoom) {
			return host, found, err
		}
		except = append(except, host.ID)
	}
}

// pick chooses the lowest free address of each family that a hypervisor has pools
// for and that has lacks. The pools stay locked. It returns ErrNoRoom when a
// family has none left.
func (b *book) pick(host Hypervisor, has []Address) (found []Address, err error) {
	pools, err := servingPools(b.tx, host)
	if err != nil {
		return nil, err
	}
	for _, family := range families {
		ofFamily := slices.DeleteFunc(slices.Clone(pools), func(p AddressPool) bool { return p.Family() != family })
		kept := slices.ContainsFunc(ofFamily, func(p AddressPool) bool {
			return slices.ContainsFunc(has, func(a Address) bool { return a.PoolID == p.ID })
		})
		ofFamily = slices.DeleteFunc(ofFamily, func(p AddressPool) bool { return !p.Enabled })
		if kept || len(ofFamily) == 0 {
			continue
		}
		a, err := b.pickFrom(ofFamily)
		if err != nil {
			return nil, err
		}
		found = append(found, a)
	}
	return found, nil
}

func (b *book) pickFrom(pools []AddressPool) (Address, error) {
	for _, p := range pools {
		p, err := b.tx.LockPool(p.ID)
		if err != nil {
			return Address{}, fmt.Errorf("pool %s: %w", p.Name, err)
		}
		if err := b.tx.EndQuarantines(p.ID, b.now); err != nil {
			return Address{}, err
		}
		first, last := p.Bounds()
		number, err := b.tx.FreeNumber(p.ID, first, last)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Address{}, fmt.Errorf("pool %s: %w", p.Name, err)
		}
		return Address{Addr: p.Addr(number), PoolID: p.ID, Number: number, State: AddressAssigned}, nil
	}
	return Address{}, ErrNoRoom
}

// servingPools are the pools that are routed to a hypervisor.
func servingPools(tx Tx, host Hypervisor) ([]AddressPool, error) {
	pools, err := tx.ListPools()
	if err != nil {
		return nil, fmt.Errorf("address pools: %w", err)
	}
	return slices.DeleteFunc(pools, func(p AddressPool) bool { return !p.Serves(host) }), nil
}

// give makes addresses that were picked an instance's.
func (b *book) give(i Instance, picked []Address) error {
	for _, a := range picked {
		a.InstanceID = i.ID
		if err := b.tx.InsertAddress(a); err != nil {
			return fmt.Errorf("address %s: %w", a.Addr, err)
		}
		p, err := b.tx.Pool(a.PoolID)
		if err != nil {
			return err
		}
		t := Tenure{Prefix: p.Piece(a.Number), AccountID: i.AccountID, InstanceID: i.ID, From: b.now, To: billing.Never}
		if err := b.tx.InsertTenure(t); err != nil {
			return fmt.Errorf("tenure of %s: %w", a.Addr, err)
		}
	}
	return nil
}

// release puts the addresses into quarantine that an instance has no use for: all
// of them when no machine of it is left anywhere, otherwise those that are not
// routed to its hypervisor.
func (b *book) release(i Instance, gone bool) error {
	addresses, err := b.tx.ListAddresses(AddressFilter{InstanceID: i.ID})
	if err != nil || len(addresses) == 0 {
		return err
	}
	host, err := b.tx.Hypervisor(i.HypervisorID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	for _, a := range addresses {
		p, err := b.tx.Pool(a.PoolID)
		if err != nil {
			return err
		}
		if !gone && p.Serves(host) {
			continue
		}
		quarantined := Address{Addr: a.Addr, State: AddressQuarantined, Until: b.now + billing.Instant(p.Quarantine)*60}
		if err := b.tx.UpdateAddress(quarantined); err != nil {
			return fmt.Errorf("address %s: %w", a.Addr, err)
		}
		if err := b.tx.EndTenure(p.Piece(a.Number), b.now); err != nil {
			return fmt.Errorf("tenure of %s: %w", a.Addr, err)
		}
	}
	return nil
}

// interfaces are the network cards that an instance has on a hypervisor: one for
// each network that its addresses are on, or one on the hypervisor's own network
// when it has none. What it then gets from there is not the panel's to know.
func interfaces(tx Tx, i Instance, host Hypervisor) (cards []Interface, err error) {
	addresses, err := tx.ListAddresses(AddressFilter{InstanceID: i.ID})
	if err != nil {
		return nil, fmt.Errorf("addresses of instance %d: %w", i.ID, err)
	}
	for _, a := range addresses {
		p, err := tx.Pool(a.PoolID)
		if err != nil {
			return nil, fmt.Errorf("address pool %d: %w", a.PoolID, err)
		}
		if !p.Serves(host) {
			continue // it is of the hypervisor where the instance was to be before
		}
		network := cmp.Or(p.Network, host.Network)
		n := slices.IndexFunc(cards, func(c Interface) bool { return c.Network == network })
		if n < 0 {
			n = len(cards)
			cards = append(cards, Interface{MAC: i.MAC(n), Network: network})
		}
		cards[n].add(p, a)
	}
	if len(cards) == 0 {
		cards = []Interface{{MAC: i.MAC(0), Network: host.Network}}
	}
	return cards, nil
}

// add gives a network card an address and what its pool says of the way out.
func (c *Interface) add(p AddressPool, a Address) {
	length := p.Prefix.Bits()
	if p.Bits != a.Addr.BitLen() {
		length = p.Bits
		c.Networks = append(c.Networks, p.Piece(a.Number))
	}
	c.Addresses = append(c.Addresses, netip.PrefixFrom(a.Addr, length))
	if p.Gateway.IsValid() {
		c.Gateways = append(c.Gateways, p.Gateway)
	}
	for _, server := range p.DNS {
		if !slices.Contains(c.DNS, server) {
			c.DNS = append(c.DNS, server)
		}
	}
}

// freeAddresses is for how many more instances a hypervisor has addresses, given
// every pool and how many of each are free.
func freeAddresses(host Hypervisor, pools []PoolUsage) int64 {
	most := int64(fleet.MaxAmount)
	for _, family := range families {
		free, served := int64(0), false
		for _, p := range pools {
			if p.Family() == family && p.Enabled && p.Serves(host) {
				free, served = free+p.Free, true
			}
		}
		if served {
			most = min(most, free)
		}
	}
	return most
}
