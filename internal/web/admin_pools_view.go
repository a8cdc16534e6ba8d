package web

// AdminPoolsView lists the address pools at /admin/address-pools.
type AdminPoolsView struct {
	Pools []PoolRow
}

// PoolRow is a pool with how full it is.
type PoolRow struct {
	ID, Name, URL string
	Prefix        string
	Gives         string // what an instance gets: "one address", "a /64"
	Routed        string // "Amsterdam, Oslo"
	Fill          Load
	Disabled      bool
}

// AdminPoolView is the form at /admin/address-pools/new and
// /admin/address-pools/{id}, which posts there: name, prefix, gateway, first,
// last, bits, dns, network, location and hypervisor as often as there are,
// quarantine and enabled.
type AdminPoolView struct {
	ID, Title, Name, Prefix, Gateway, First, Last string
	DNS, Network, Quarantine                      string
	Bits, Locations, Hypervisors                  []Option
	Enabled                                       bool
	Stats                                         []Stat // how full it is; nil for a new one
	Addresses                                     []AddressRow
	Pager                                         Pager
	Block                                         BlockForm
	Remove                                        *Confirm
	Errors                                        Errors
}

// BlockForm keeps an address from being given away.
type BlockForm struct {
	Address, Note string
	States        []Option
	Errors        Errors
}

// AddressRow is an address that is not free.
type AddressRow struct {
	Address, Note string
	Status        Status
	History       string // the page that says who had it
	Free          bool   // the button that frees it
}

// AdminHistoryView is the page at /admin/address-pools/history: who had an
// address, at an instant or ever.
type AdminHistoryView struct {
	Address, At string
	Asked       bool
	Uses        []AddressUseRow
	Errors      Errors
}

// AddressUseRow is who had an address for a time.
type AddressUseRow struct {
	Account  Link
	Instance string
	Piece    string // the network it was in, where it was more than the address
	From, To Instant
}

func (v AdminPoolView) action() string {
	if v.ID == "" {
		return "/admin/address-pools/new"
	}
	return "/admin/address-pools/" + v.ID
}
