package panel

import (
	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Plan is what a customer orders: a size, and what it costs. It is where
// billing and fleet meet.
type Plan struct {
	ID             int64
	GroupID        int64
	Name           string
	Size           fleet.Request   // what an instance of it reserves on a hypervisor
	StoppedPercent int64           // of the price, while its owner has stopped it; 0 to 100
	Visible        bool            // offered for new instances
	Position       int64           // its place in lists
	Locations      []int64         // where it is offered; empty: everywhere
	TransferGiB    int64           // that an instance may send in a month; 0: as much as it likes
	ThrottleMbit   int64           // what its port is limited to beyond that; 0: nothing
	CPUPercent     int64           // that an instance may have of each vCPU; 0: all of it
	IOPS           int64           // that its disk may do, reads and writes together; 0: no limit
	DiskMiBPerS    int64           // that its disk may move; 0: no limit
	Price          billing.Price   // the newest version
	TrafficPrice   billing.Credits // of that version; see PriceVersion
}

// OfferedAt says whether new instances of the plan may be created in a location.
func (p Plan) OfferedAt(location int64) bool {
	for _, id := range p.Locations {
		if id == location {
			return true
		}
	}
	return len(p.Locations) == 0
}

// PlanGroup is a family of plans, such as "General" or "Storage".
type PlanGroup struct {
	ID          int64
	Name        string
	Description string
	Visible     bool
	Position    int64
}

// PriceVersion is a price in the history of a plan, or of what a GiB of a snapshot
// costs.
type PriceVersion struct {
	billing.Price
	Traffic billing.Credits // for a GiB beyond what the plan includes; 0: nothing
	PlanID  int64           // 0: of snapshots
	At      billing.Instant
	Actor   string
}

// Location groups hypervisors that customers may choose between by place.
type Location struct {
	ID             int64
	Slug           string
	Name           string
	City           string
	Country        string // ISO 3166 alpha-2, lower case; empty if none
	Visible        bool
	Position       int64
	LastHypervisor int64 // the one used last, where round robin goes on after
}

// DatedCurrency is a currency and since when its value is in force.
type DatedCurrency struct {
	billing.Currency
	Default bool
	Since   billing.Instant
}

// CurrencyValue is an entry of a currency's history of values.
type CurrencyValue struct {
	Code  string
	Value billing.Value
	From  billing.Instant
	Actor string
}
