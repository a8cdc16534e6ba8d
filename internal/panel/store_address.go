package panel

import (
	"net/netip"

	"accrue/internal/billing"
)

// Addresses are what instances are reached at.
type Addresses interface {
	InsertPool(AddressPool) (id int64, err error)
	UpdatePool(AddressPool) error
	Pool(id int64) (AddressPool, error)
	// LockPool keeps other transactions from giving addresses of the pool away.
	LockPool(id int64) (AddressPool, error)
	ListPools() ([]AddressPool, error) // by ID
	DeletePool(id int64) error         // ErrInUse while it has addresses that are not free

	// FreeNumber is the lowest number from first to last that no address of a pool
	// has, or ErrNotFound.
	FreeNumber(pool, first, last int64) (int64, error)
	InsertAddress(Address) error // ErrExists when it is not free
	UpdateAddress(Address) error // its state, instance, reverse name, end and note
	DeleteAddress(netip.Addr) error
	// EndQuarantines frees the addresses of a pool whose time has come.
	EndQuarantines(pool int64, now billing.Instant) error
	Address(netip.Addr) (Address, error)
	ListAddresses(AddressFilter) ([]Address, error)
	// CountAddresses counts a pool's addresses from first to last by their states.
	// A quarantine that is over does not count.
	CountAddresses(pool, first, last int64, now billing.Instant) (map[AddressState]int64, error)

	InsertTenure(Tenure) error
	EndTenure(prefix netip.Prefix, at billing.Instant) error // of the one who has it
	// ListTenures returns who had some pieces, the newest first.
	ListTenures(prefixes ...netip.Prefix) ([]Tenure, error)
}
