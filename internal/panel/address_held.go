package panel

import (
	"context"
	"net/netip"

	"accrue/internal/identity"
)

// HeldAddress is an address of an instance, with all that comes with it.
type HeldAddress struct {
	Address
	Piece    netip.Prefix // what is routed to the instance: the address, or a network of 64 bits
	Instance Instance
}

// MyAddresses returns what the caller's instances are reached at, by pool and
// number.
func (p *Panel) MyAddresses(ctx context.Context, who identity.Who) (held []HeldAddress, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		held = nil
		if who.AccountID == 0 {
			return ErrNotFound
		}
		addresses, err := tx.ListAddresses(AddressFilter{AccountID: who.AccountID})
		if err != nil {
			return err
		}
		pools, err := tx.ListPools()
		if err != nil {
			return err
		}
		ranges := map[int64]AddressPool{}
		for _, pool := range pools {
			ranges[pool.ID] = pool
		}
		instances, err := tx.ListInstances(InstanceFilter{AccountID: who.AccountID})
		if err != nil {
			return err
		}
		owners := map[int64]Instance{}
		for _, i := range instances {
			owners[i.ID] = i
		}
		for _, a := range addresses {
			held = append(held, HeldAddress{Address: a, Piece: ranges[a.PoolID].Piece(a.Number), Instance: owners[a.InstanceID]})
		}
		return nil
	})
	return held, err
}
