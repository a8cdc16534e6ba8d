package panel

import (
	"context"
	"net/netip"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// PoolUsage is a pool and how much of it is taken.
type PoolUsage struct {
	AddressPool
	Size  int64                  // how many instances it has addresses for in all
	Free  int64                  // for how many more
	Taken map[AddressState]int64 // what the others are
}

// AdminPools returns the pools with how much of each is taken, by ID.
func (p *Panel) AdminPools(ctx context.Context, who identity.Who) (pools []PoolUsage, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		pools, err = poolUsages(tx)
		return err
	})
	return pools, err
}

// PoolUsage returns a pool and how much of it is taken.
func (p *Panel) PoolUsage(ctx context.Context, who identity.Who, id int64) (u PoolUsage, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		pool, err := tx.Pool(id)
		if err != nil {
			return err
		}
		u, err = poolUsage(tx, pool)
		return err
	})
	return u, err
}

func poolUsages(tx Tx) (usages []PoolUsage, err error) {
	pools, err := tx.ListPools()
	if err != nil {
		return nil, err
	}
	for _, pool := range pools {
		u, err := poolUsage(tx, pool)
		if err != nil {
			return nil, err
		}
		usages = append(usages, u)
	}
	return usages, nil
}

func poolUsage(tx Tx, pool AddressPool) (u PoolUsage, err error) {
	first, last := pool.Bounds()
	u = PoolUsage{AddressPool: pool, Size: pool.AddressRange.Size()}
	if u.Taken, err = tx.CountAddresses(pool.ID, first, last, tx.Now()); err != nil {
		return u, err
	}
	u.Free = u.Size
	for _, n := range u.Taken {
		u.Free -= n
	}
	return u, nil
}

// PoolAddresses returns addresses of a pool that are not free, by number, those
// after a given one.
func (p *Panel) PoolAddresses(ctx context.Context, who identity.Who, pool, after int64, limit int) (addresses []Address, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		addresses, err = tx.ListAddresses(AddressFilter{PoolID: pool, After: after, Limit: limit})
		return err
	})
	return addresses, err
}

// Addresses returns what an account's instances are reached at. Customers see
// their own.
func (p *Panel) Addresses(ctx context.Context, who identity.Who, account int64) (addresses []Address, err error) {
	if account != who.AccountID && !who.May(identity.ReadUsers) {
		return nil, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		addresses, err = tx.ListAddresses(AddressFilter{AccountID: account})
		return err
	})
	return addresses, err
}

// AddressUse is who had an address for a time.
type AddressUse struct {
	Tenure
	Account  string // its name
	Instance string // its name, the last it had
}

// AddressHistory returns who had an address at an instant, and with Never who had
// it ever, the last one first.
func (p *Panel) AddressHistory(ctx context.Context, who identity.Who, addr netip.Addr, at billing.Instant) (uses []AddressUse, err error) {
	pieces := []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}
	if addr.Is6() {
		pieces = append(pieces, netip.PrefixFrom(addr, 64).Masked())
	}
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		uses = nil
		tenures, err := tx.ListTenures(pieces...)
		if err != nil {
			return err
		}
		for _, t := range tenures {
			if at != billing.Never && (at < t.From || at >= t.To) {
				continue
			}
			account, err := tx.Account(t.AccountID)
			if err != nil {
				return err
			}
			i, err := tx.Instance(t.InstanceID)
			if err != nil {
				return err
			}
			uses = append(uses, AddressUse{Tenure: t, Account: account.Name, Instance: i.Name})
		}
		return nil
	})
	return uses, err
}
