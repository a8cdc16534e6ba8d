package panel

import (
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Instance is a virtual machine that a customer ordered.
type Instance struct {
	ID           int64
	UID          string // a UUID; the machine's name on its hypervisor derives from it
	AccountID    int64
	Name         string // a host name, unique among the account's live instances
	LocationID   int64
	HypervisorID int64 // 0 when it has no place
	PlanID       int64
	PriceID      billing.PriceID // the version that its next segment uses
	ImageID      int64
	RescueImage  int64  // what it boots instead of its disk; 0: nothing
	ClientRef    string // the caller's key, so that ordering twice makes one; may be empty

	Lifecycle    fleet.Lifecycle
	DesiredPower fleet.Power // what the customer wants; only the customer's commands change it
	Observed     fleet.Power // what the hypervisor last said
	ObservedAt   billing.Instant
	Holds        fleet.Holds // on this instance alone
	Generation   int64       // of its disk: how often that was made anew

	Labels     fleet.Labels
	Protection Protection

	CreatedAt   billing.Instant
	FirstPrice  billing.PriceID // the version of its first segment; 0 before it was first up
	ActivatedAt billing.Instant // when it was first up; 0 before
	DeletedAt   billing.Instant // when deleting was asked for; 0 before
	Failure     string          // why creating it failed, for people

	// RootPassword is what its guest has just been given, in the answer of the use
	// case that did; empty otherwise. No store keeps it.
	RootPassword identity.RootPassword
}

// Protection is what an owner keeps from being done to an instance by mistake.
type Protection struct {
	Delete  bool
	Rebuild bool
}

// String says from what an instance is protected: "deleting, rebuilding", "nothing".
func (p Protection) String() string {
	switch p {
	case Protection{}:
		return "nothing"
	case Protection{Delete: true}:
		return "deleting"
	case Protection{Rebuild: true}:
		return "rebuilding"
	}
	return "deleting, rebuilding"
}

// Facts returns what the instance's status derives from. Holds of the account
// count as its own.
func (i Instance) Facts(account fleet.Holds, activity TaskKind, unreachable bool) fleet.Facts {
	return fleet.Facts{
		Lifecycle:   i.Lifecycle,
		Desired:     i.DesiredPower,
		Observed:    i.Observed,
		Holds:       i.Holds | account,
		Activity:    activity.Verb(),
		Unreachable: unreachable,
	}
}

// Live says whether the instance still exists for its owner.
func (i Instance) Live() bool { return i.Lifecycle.Live() }

// InstanceName is what a report tells of an instance: what it is called, where it
// is, and whether it still exists.
type InstanceName struct {
	ID         int64
	Name       string
	LocationID int64
	Lifecycle  fleet.Lifecycle
	DeletedAt  billing.Instant
}

// Live says whether the instance still exists for its owner.
func (i InstanceName) Live() bool { return i.Lifecycle.Live() }

// MAC is the address of the instance's nth network card, from 0.
func (i Instance) MAC(n int) string { return fleet.MAC(i.UID, n) }

// Allocation is the room an instance has reserved on a hypervisor. It exists as
// long as the room is taken, whatever state the instance is in.
type Allocation struct {
	InstanceID   int64
	HypervisorID int64
	Size         fleet.Resources
}

// InstanceFilter selects instances, oldest first.
type InstanceFilter struct {
	AccountID    int64 // 0: every account
	HypervisorID int64 // 0: every hypervisor
	PlanID       int64 // 0: every plan
	Name         string
	UID          string
	ClientRef    string
	Labels       fleet.Selector
	LiveOnly     bool
	After        int64 // only instances with a higher ID
	Limit        int   // 0: all
}
