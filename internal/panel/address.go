package panel

import (
	"net/netip"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// AddressPool is a range of addresses that instances are given.
type AddressPool struct {
	ID   int64
	Name string
	fleet.AddressRange
	Gateway netip.Addr   // never given away; zero: none
	DNS     []netip.Addr // resolvers that guests are told of
	Network string       // of the hypervisors it is routed to; empty: their own choice
	// Locations and Hypervisors are where it is routed to: to every hypervisor of
	// the ones, and to each of the others.
	Locations, Hypervisors []int64
	Quarantine             int64 // minutes for which a released address is given to nobody
	Enabled                bool  // addresses are given from it
}

// DefaultQuarantine is for how many minutes an address is given to nobody after
// somebody had it.
const DefaultQuarantine = 60

// Family is 4 or 6.
func (p AddressPool) Family() int {
	if p.Prefix.Addr().Is4() {
		return 4
	}
	return 6
}

// Serves says whether the pool is routed to a hypervisor.
func (p AddressPool) Serves(host Hypervisor) bool {
	return slices.Contains(p.Hypervisors, host.ID) || slices.Contains(p.Locations, host.LocationID)
}

// AddressState is what an address is, if it is not free.
type AddressState string

// The states of addresses. One that is free is in no list.
const (
	AddressAssigned    AddressState = "assigned"
	AddressQuarantined AddressState = "quarantined" // was somebody's until lately
	AddressReserved    AddressState = "reserved"    // the provider's own
	AddressBlocked     AddressState = "blocked"     // not to be given to anybody
)

// Address is an address of a pool that is not free.
type Address struct {
	Addr        netip.Addr // the machine's own, in its piece of the pool
	PoolID      int64
	Number      int64 // of the piece
	State       AddressState
	InstanceID  int64           // whose it is; 0 unless assigned
	ReverseName string          // what its owner calls it; may be empty
	Until       billing.Instant // when it is free again; 0 unless in quarantine
	Note        string          // why it is reserved or blocked
}

// AddressFilter selects addresses, by pool and number.
type AddressFilter struct {
	PoolID     int64 // 0: every pool
	AccountID  int64 // 0: every account, and nobody's
	InstanceID int64 // 0: every instance, and none's
	After      int64 // of a pool: only higher numbers; 0 is from the first
	Limit      int   // 0: all
}

// Tenure is that an instance had addresses for a time. It is kept for ever: whom
// a complaint concerns depends on when it was.
type Tenure struct {
	Prefix     netip.Prefix // the piece of a pool
	AccountID  int64
	InstanceID int64
	From       billing.Instant
	To         billing.Instant // Never while it has them
}
