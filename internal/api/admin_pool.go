package api

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminPools = "/v1/admin/address-pools"

func (s *server) adminPoolOperations() {
	const tag = "Admin: address pools"
	whole(s, operation{
		id: "list-pools", tag: tag, path: adminPools, need: identity.ReadFleet, summary: "Address pools, and how much of each is taken",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.AddressPool, error) {
		pools, err := s.Panel.AdminPools(ctx, who)
		return each(pools, pool), err
	})
	post(s, operation{
		id: "create-pool", tag: tag, path: adminPools, need: identity.WriteFleet, summary: "Add an address pool", status: http.StatusCreated,
	}, s.createPool)
	get(s, operation{
		id: "get-pool", tag: tag, path: adminPools + "/{id}", need: identity.ReadFleet, summary: "An address pool",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.AddressPool, error) {
		return s.pool(ctx, who, in.ID)
	})
	replace(s, operation{
		id: "replace-pool", tag: tag, path: adminPools + "/{id}", need: identity.WriteFleet, summary: "Define an address pool anew",
		text: "While instances have addresses of it, or had them lately, it stays the same network.",
	}, s.replacePool)
	remove(s, operation{
		id: "delete-pool", tag: tag, path: adminPools + "/{id}", need: identity.WriteFleet, summary: "Remove an address pool of which nothing is taken",
		errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeletePool(ctx, who, in.ID)
	})
	list(s, operation{
		id: "list-pool-addresses", tag: tag, path: adminPools + "/{id}/addresses", need: identity.ReadFleet, summary: "Addresses of a pool that are not free, by number",
	}, func(a client.PoolAddress) int64 { return a.Number }, s.listPoolAddresses)
	post(s, operation{
		id: "block-address", tag: tag, path: "/v1/admin/addresses", need: identity.WriteFleet,
		summary: "Keep an address from being given to anybody", status: http.StatusCreated, errors: []int{http.StatusNotFound, http.StatusConflict},
	}, s.blockAddress)
	remove(s, operation{
		id: "free-address", tag: tag, path: "/v1/admin/addresses/{address}", need: identity.WriteFleet, summary: "Let a reserved or blocked address be given away again",
		errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByAddress) error {
		addr, err := parseAddr("address", in.Address)
		if err != nil {
			return err
		}
		return s.Panel.FreeAddress(ctx, who, addr)
	})
	whole(s, operation{
		id: "list-address-uses", tag: tag, path: "/v1/admin/addresses/{address}/uses", need: identity.ReadUsers,
		summary: "Who had an address, and when", text: "Kept for ever: whom a complaint concerns depends on when it was.",
	}, s.listAddressUses)
}

// ByAddress is the input of an operation on an address.
type ByAddress struct {
	Address string `path:"address" maxLength:"64"`
}

func (s *server) pool(ctx context.Context, who identity.Who, id int64) (client.AddressPool, error) {
	u, err := s.Panel.PoolUsage(ctx, who, id)
	return pool(u), err
}

func pool(u panel.PoolUsage) client.AddressPool {
	out := client.AddressPool{ID: u.ID, Size: u.Size, Free: u.Free, Taken: map[string]int64{}}
	out.PoolDefinition = client.PoolDefinition{
		Name: u.Name, Prefix: u.Prefix.String(), Bits: u.Bits, First: u.First.String(), Last: u.Last.String(), DNS: each(u.DNS, netip.Addr.String),
		Network: u.Network, LocationIDs: u.Locations, HypervisorIDs: u.Hypervisors, Quarantine: &u.Quarantine, Enabled: &u.Enabled,
	}
	if u.Gateway.IsValid() {
		out.Gateway = u.Gateway.String()
	}
	for state, n := range u.Taken {
		out.Taken[string(state)] = n
	}
	return out
}

// poolOf reads the definition of a pool.
func poolOf(id int64, in client.PoolDefinition) (p panel.AddressPool, err error) {
	p = panel.AddressPool{
		ID: id, Name: in.Name, Network: in.Network, Locations: in.LocationIDs, Hypervisors: in.HypervisorIDs, Quarantine: *in.Quarantine, Enabled: *in.Enabled,
	}
	p.Bits = in.Bits
	if p.Prefix, err = netip.ParsePrefix(in.Prefix); err != nil {
		return p, &panel.Invalid{Field: "prefix", Message: "must be a network such as 203.0.113.0/24"}
	}
	for field, part := range map[string]struct {
		text string
		to   *netip.Addr
	}{"first": {in.First, &p.First}, "last": {in.Last, &p.Last}, "gateway": {in.Gateway, &p.Gateway}} {
		if *part.to, err = parseAddr(field, part.text); err != nil {
			return p, err
		}
	}
	for _, text := range in.DNS {
		addr, err := parseAddr("dns", text)
		if err != nil {
			return p, err
		}
		p.DNS = append(p.DNS, addr)
	}
	return p, nil
}

// newPoolInput is a pool to be made.
type newPoolInput struct {
	Keyed
	Body client.PoolDefinition
}

func (s *server) createPool(ctx context.Context, who identity.Who, in *newPoolInput) (out outcome[client.AddressPool], err error) {
	p, err := poolOf(0, in.Body)
	if err != nil {
		return out, err
	}
	if p, err = s.Panel.SavePool(ctx, who, p); err != nil {
		return out, err
	}
	made, err := s.pool(ctx, who, p.ID)
	return created(fmt.Sprint(adminPools, "/", p.ID), made), err
}

// poolInput is another definition of a pool.
type poolInput struct {
	ByID
	Body client.PoolDefinition
}

func (s *server) replacePool(ctx context.Context, who identity.Who, in *poolInput) (client.AddressPool, error) {
	if _, err := s.Panel.PoolUsage(ctx, who, in.ID); err != nil {
		return client.AddressPool{}, err
	}
	p, err := poolOf(in.ID, in.Body)
	if err != nil {
		return client.AddressPool{}, err
	}
	if _, err := s.Panel.SavePool(ctx, who, p); err != nil {
		return client.AddressPool{}, err
	}
	return s.pool(ctx, who, in.ID)
}

// poolPage is a part of a pool's addresses.
type poolPage struct {
	ByID
	Page
}

func (s *server) listPoolAddresses(ctx context.Context, who identity.Who, in *poolPage, at span) ([]client.PoolAddress, error) {
	if _, err := s.Panel.PoolUsage(ctx, who, in.ID); err != nil {
		return nil, err
	}
	addresses, err := s.Panel.PoolAddresses(ctx, who, in.ID, at.from, at.limit)
	return each(addresses, func(a panel.Address) client.PoolAddress {
		return client.PoolAddress{
			Number: a.Number, Address: a.Addr.String(), State: string(a.State), InstanceID: a.InstanceID, ReverseName: a.ReverseName, Until: moment(a.Until), Note: a.Note,
		}
	}), err
}

// blockInput is an address to be kept from everybody.
type blockInput struct {
	Keyed
	Body client.AddressBlock
}

func (s *server) blockAddress(ctx context.Context, who identity.Who, in *blockInput) (out outcome[client.AddressBlock], err error) {
	addr, err := parseAddr("address", in.Body.Address)
	if err != nil {
		return out, err
	}
	if err := s.Panel.BlockAddress(ctx, who, addr, panel.AddressState(in.Body.State), in.Body.Note); err != nil {
		return out, err
	}
	return created("/v1/admin/addresses/"+addr.String(), in.Body), nil
}

// usesQuery names an address and a point in time.
type usesQuery struct {
	ByAddress
	At time.Time `query:"at" doc:"Only who had it then."`
}

func (s *server) listAddressUses(ctx context.Context, who identity.Who, in *usesQuery) ([]client.AddressUse, error) {
	addr, err := parseAddr("address", in.Address)
	if err != nil {
		return nil, err
	}
	at := billing.Never
	if !in.At.IsZero() {
		at = billing.At(in.At)
	}
	uses, err := s.Panel.AddressHistory(ctx, who, addr, at)
	return each(uses, func(u panel.AddressUse) client.AddressUse {
		return client.AddressUse{
			Network: u.Prefix.String(), Account: client.Ref{ID: u.AccountID, Name: u.Account}, Instance: client.Ref{ID: u.InstanceID, Name: u.Instance},
			From: u.From.Time(), To: moment(u.To),
		}
	}), err
}
