package panel

import "accrue/internal/billing"

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
