package panel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// SavePool makes a pool of addresses, or changes the one with its ID. What is
// left out of its range is filled in. While instances have addresses of it, or
// had them lately, it stays the same network.
func (p *Panel) SavePool(ctx context.Context, who identity.Who, pool AddressPool) (AddressPool, error) {
	pool.AddressRange = pool.Filled()
	if err := checkPool(pool); err != nil {
		return pool, err
	}
	err := p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		if err := noOverlap(tx, pool); err != nil {
			return err
		}
		err := savePool(tx, &pool)
		if errors.Is(err, ErrInUse) {
			return invalid("locations", "choose locations and hypervisors that exist")
		}
		if err != nil {
			return nameTaken(err, "pool", pool.Name)
		}
		return audit(tx, who, "pool.save", fmt.Sprintf("pool:%d", pool.ID), pool.Name+" "+pool.Prefix.String())
	})
	return pool, err
}

// savePool writes a pool, and keeps its gateway for the gateway.
func savePool(tx Tx, pool *AddressPool) (err error) {
	if pool.ID == 0 {
		if pool.ID, err = tx.InsertPool(*pool); err != nil {
			return err
		}
		return keepGateway(tx, *pool)
	}
	known, err := tx.LockPool(pool.ID)
	if err != nil {
		return err
	}
	if known.Prefix != pool.Prefix || known.Bits != pool.Bits {
		taken, err := isTaken(tx, known)
		if err != nil {
			return err
		}
		if taken {
			return invalid("prefix", "cannot change while addresses of the pool are taken")
		}
	}
	if known.Gateway != pool.Gateway || known.Prefix != pool.Prefix || known.Bits != pool.Bits {
		if err := dropReserved(tx, known, func(a Address) bool { return a.Note == GatewayNote }); err != nil {
			return err
		}
	}
	if err := tx.UpdatePool(*pool); err != nil {
		return err
	}
	return keepGateway(tx, *pool)
}

// GatewayNote is the note of the address that a pool keeps for its gateway.
const GatewayNote = "the gateway"

// keepGateway reserves the piece that a pool's gateway is in.
func keepGateway(tx Tx, pool AddressPool) error {
	number, inside := pool.Number(pool.Gateway)
	if !inside {
		return nil
	}
	a := Address{Addr: pool.Addr(number), PoolID: pool.ID, Number: number, State: AddressReserved, Note: GatewayNote}
	err := tx.InsertAddress(a)
	if !errors.Is(err, ErrExists) {
		return err
	}
	known, err := tx.Address(a.Addr)
	if err == nil && known.State != AddressReserved && known.State != AddressBlocked {
		return invalid("gateway", "is an instance's, or was lately")
	}
	return err
}

// isTaken says whether instances have addresses of a pool, or had them lately.
func isTaken(tx Tx, pool AddressPool) (bool, error) {
	if err := tx.EndQuarantines(pool.ID, tx.Now()); err != nil {
		return false, err
	}
	addresses, err := tx.ListAddresses(AddressFilter{PoolID: pool.ID})
	for _, a := range addresses {
		if a.State == AddressAssigned || a.State == AddressQuarantined {
			return true, err
		}
	}
	return false, err
}

// dropReserved frees addresses of a pool that are nobody's.
func dropReserved(tx Tx, pool AddressPool, match func(Address) bool) error {
	addresses, err := tx.ListAddresses(AddressFilter{PoolID: pool.ID})
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if (a.State == AddressReserved || a.State == AddressBlocked) && match(a) {
			if err := tx.DeleteAddress(a.Addr); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPool(pool AddressPool) error {
	if err := checkLabel("name", pool.Name); err != nil {
		return err
	}
	if err := pool.Validate(); err != nil {
		return asInvalidSize(err)
	}
	if pool.Gateway.IsValid() && pool.Gateway.Is4() != pool.Prefix.Addr().Is4() {
		return invalidf("gateway", "must be an IPv%d address", pool.Family())
	}
	for _, server := range pool.DNS {
		if !server.IsValid() || server.Zone() != "" {
			return invalid("dns", "must be addresses of resolvers")
		}
	}
	switch {
	case pool.Network != "" && !network.MatchString(pool.Network):
		return invalid("network", "must be the name of a network or bridge, such as default or br0")
	case pool.Quarantine < 0 || pool.Quarantine > 43200:
		return invalid("quarantine", "must be between 0 and 43200 minutes")
	}
	return nil
}

// noOverlap refuses a pool that has addresses of another: each is somebody's once.
func noOverlap(tx Tx, pool AddressPool) error {
	pools, err := tx.ListPools()
	if err != nil {
		return err
	}
	for _, other := range pools {
		if other.ID != pool.ID && other.Prefix.Overlaps(pool.Prefix) {
			return invalidf("prefix", "overlaps with %s of the pool %s", other.Prefix, other.Name)
		}
	}
	return nil
}

// DeletePool removes a pool of which no address is taken.
func (p *Panel) DeletePool(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		pool, err := tx.LockPool(id)
		if err != nil {
			return err
		}
		taken, err := isTaken(tx, pool)
		if err != nil {
			return err
		}
		if taken {
			return refuse(CodeInUse, "Instances have addresses of the pool, or had them lately. Disable it instead: none is given from it then.")
		}
		if err := dropReserved(tx, pool, func(Address) bool { return true }); err != nil {
			return err
		}
		if err := tx.DeletePool(id); err != nil {
			return err
		}
		return audit(tx, who, "pool.delete", fmt.Sprintf("pool:%d", id), pool.Name)
	})
}

// BlockAddress keeps an address from being given to anybody: AddressReserved for
// what the provider uses itself, AddressBlocked for what nobody should have. One
// that an instance has is refused.
func (p *Panel) BlockAddress(ctx context.Context, who identity.Who, addr netip.Addr, state AddressState, note string) error {
	if state != AddressReserved && state != AddressBlocked {
		return invalid("state", "must be reserved or blocked")
	}
	if len(note) > 200 {
		return invalid("note", "must be at most 200 characters")
	}
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		pool, number, err := poolOf(tx, addr)
		if err != nil {
			return err
		}
		a := Address{Addr: pool.Addr(number), PoolID: pool.ID, Number: number, State: state, Note: note}
		known, err := tx.Address(a.Addr)
		switch {
		case errors.Is(err, ErrNotFound):
			err = tx.InsertAddress(a)
		case err == nil && known.State == AddressAssigned:
			err = refuse(CodeInUse, "%s is an instance's. Delete the instance, or place a hold on its account.", known.Addr)
		case err == nil:
			err = tx.UpdateAddress(a)
		}
		if err != nil {
			return err
		}
		return audit(tx, who, "address.block", "address:"+a.Addr.String(), string(state)+": "+note)
	})
}

// FreeAddress takes back what BlockAddress did.
func (p *Panel) FreeAddress(ctx context.Context, who identity.Who, addr netip.Addr) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		pool, number, err := poolOf(tx, addr)
		if err != nil {
			return err
		}
		a, err := tx.Address(pool.Addr(number))
		if err != nil {
			return err
		}
		if (a.State != AddressReserved && a.State != AddressBlocked) || a.Note == GatewayNote {
			return refuse(CodeConflict, "%s is neither reserved nor blocked.", a.Addr)
		}
		if err := tx.DeleteAddress(a.Addr); err != nil {
			return err
		}
		return audit(tx, who, "address.free", "address:"+a.Addr.String(), "")
	})
}

// poolOf finds and locks the pool that an address is of, and its number there.
func poolOf(tx Tx, addr netip.Addr) (AddressPool, int64, error) {
	pools, err := tx.ListPools()
	if err != nil {
		return AddressPool{}, 0, err
	}
	for _, pool := range pools {
		if number, inside := pool.Number(addr); inside {
			pool, err = tx.LockPool(pool.ID)
			return pool, number, err
		}
	}
	return AddressPool{}, 0, ErrNotFound
}

// SetReverseName says what name an address of the caller's leads to; an empty one
// takes it back.
func (p *Panel) SetReverseName(ctx context.Context, who identity.Who, addr netip.Addr, name string) (a Address, err error) {
	name = strings.TrimSuffix(name, ".")
	if err := checkReverseName(name); err != nil {
		return a, err
	}
	err = p.change(ctx, who, identity.WriteInstances, func(tx Tx) error {
		if a, err = tx.Address(addr); err != nil {
			return err
		}
		if a.State != AddressAssigned {
			return ErrNotFound
		}
		i, err := visibleInstance(tx, who, a.InstanceID)
		if err != nil {
			return err
		}
		if a.ReverseName == name {
			return nil
		}
		a.ReverseName = name
		if err := tx.UpdateAddress(a); err != nil {
			return err
		}
		return tx.InsertEvent(Event{
			AccountID: i.AccountID, InstanceID: i.ID, Kind: EventReverseName, Name: i.Name,
			Detail: strings.TrimSpace(addr.String() + " " + name), Actor: who.Actor(), At: tx.Now(),
		})
	})
	return a, err
}

func checkReverseName(name string) error {
	if name == "" {
		return nil
	}
	if err := fleet.ValidateName(name); err != nil {
		return invalid("reverse_name", err.Error())
	}
	if !strings.Contains(name, ".") {
		return invalid("reverse_name", "must have a domain, such as mail.example.org")
	}
	return nil
}
