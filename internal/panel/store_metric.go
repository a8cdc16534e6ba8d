package panel

import (
	"accrue/internal/billing"
	"accrue/internal/metric"
)

// Traffics are the bytes that instances send and receive.
type Traffics interface {
	// AddTraffic counts bytes of an instance in a month, and returns what that
	// comes to.
	AddTraffic(instance int64, month billing.Month, in, out int64) (Traffic, error)
	// OweTraffic notes that some of the bytes that an instance sent in a month are
	// to be paid for, at a price.
	OweTraffic(instance int64, month billing.Month, price billing.PriceID, bytes int64) error
	// ListTraffic returns what an account's instances have in a month, by instance;
	// a month of 0 stands for every one, the oldest first.
	ListTraffic(account int64, month billing.Month) ([]Traffic, error)
	// AccountsOwing returns accounts with traffic that waits to be charged, by ID.
	AccountsOwing(limit int) ([]int64, error)
	// TakeOwed returns what of an account waits to be charged, by instance and
	// price, and takes it from what waits.
	TakeOwed(account int64) ([]OwedTraffic, error)
	// SetThrottle notes what an instance's port is limited to; 0 is no limit.
	SetThrottle(instance, mbit int64) error
	// Throttle is what an instance's port is limited to, or 0.
	Throttle(instance int64) (mbit int64, err error)
	// ListThrottles returns the limits of a hypervisor's instances, by instance.
	ListThrottles(hypervisor int64) (mbit map[int64]int64, err error)
}

// Readings are looks at the counters of a hypervisor's machines, and what has
// come of them.
type Readings interface {
	InsertReading(Reading) error
	// ReadingSpan is when the oldest and the newest of a hypervisor's were made, or
	// 0 where there is none.
	ReadingSpan(hypervisor int64) (first, last billing.Instant, err error)
	// ListReadings returns a hypervisor's, the oldest first.
	ListReadings(hypervisor int64) ([]Reading, error)
	// TakeReadings returns a hypervisor's, the oldest first, and removes them. Whoever else
	// wants to take them waits until this transaction has ended.
	TakeReadings(hypervisor int64) ([]Reading, error)

	// SaveBlock writes a block, in place of one of the same instance, resolution
	// and start.
	SaveBlock(Block) error
	// ListBlocks returns an instance's blocks of a resolution that begin in
	// [from, to), the oldest first.
	ListBlocks(instance int64, r metric.Resolution, from, to billing.Instant) ([]Block, error)
	// BlocksOn returns those of all instances on a hypervisor, in no order.
	BlocksOn(hypervisor int64, r metric.Resolution, from, to billing.Instant) ([]Block, error)
	// DeleteBlocks deletes some of a resolution's blocks that begin before an
	// instant, and says how many.
	DeleteBlocks(r metric.Resolution, before billing.Instant, limit int) (deleted int64, err error)
}

// Reading is one look at the counters of a hypervisor's machines.
type Reading struct {
	HypervisorID int64
	At           billing.Instant
	Samples      []Sample
}

// Block is what is known of an instance over some hours or days, at a resolution.
type Block struct {
	InstanceID int64
	Resolution metric.Resolution
	Start      billing.Instant
	Points     []metric.Point
}
