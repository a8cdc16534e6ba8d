package panel

import (
	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Instances are what customers have ordered.
type Instances interface {
	InsertInstance(Instance) (id int64, err error)
	Instance(id int64) (Instance, error)
	UpdateInstance(Instance) error
	ListInstances(InstanceFilter) ([]Instance, error)
	// InstanceNames are those of all instances that an account has or had.
	InstanceNames(account int64) ([]InstanceName, error)
	// SetObserved records what a hypervisor said of an instance, and nothing else.
	SetObserved(instance int64, power fleet.Power, at billing.Instant) error
	// InsertAllocation reserves room if the hypervisor still has it, and returns
	// ErrNoRoom otherwise. MoveAllocation exchanges one size for another.
	InsertAllocation(Allocation, fleet.Hypervisor) error
	MoveAllocation(instance int64, to fleet.Resources, on fleet.Hypervisor) error
	Allocation(instance int64) (Allocation, error)
	// DeleteAllocation frees the room; doing it twice frees it once.
	DeleteAllocation(instance int64) error
	ListAllocations(hypervisor int64) ([]Allocation, error) // 0: of all
	// AllocationsOf are those of an account's instances.
	AllocationsOf(account int64) ([]Allocation, error)
	CountInstances() (map[fleet.Lifecycle]int64, error)
	CountLive(account int64) (int64, error)
}

// SSHKeys are the keys of customers, and what guests are told of them.
type SSHKeys interface {
	InsertSSHKey(SSHKey) (id int64, err error)
	SSHKey(id int64) (SSHKey, error)
	UpdateSSHKey(SSHKey) error // its name and labels
	DeleteSSHKey(id int64) error
	ListSSHKeys(account int64) ([]SSHKey, error) // by ID

	SaveSeed(instance int64, kind SeedKind, s Seed) error // in place of one that is there
	Seed(instance int64, kind SeedKind) (Seed, error)
	// DeleteSeeds removes those of some kinds, or without any all; doing it twice
	// does it once.
	DeleteSeeds(instance int64, kinds ...SeedKind) error
}

// Hypervisors are the machines and the locations that group them.
type Hypervisors interface {
	InsertLocation(Location) (id int64, err error)
	UpdateLocation(Location) error
	// LockLocation keeps other transactions from placing in the location.
	LockLocation(id int64) (Location, error)
	Location(id int64) (Location, error)
	ListLocations() ([]Location, error) // in their order
	DeleteLocation(id int64) error      // ErrInUse while it has hypervisors or instances

	InsertHypervisor(Hypervisor) (id int64, err error)
	UpdateHypervisor(Hypervisor) error // what an administrator says of it
	Hypervisor(id int64) (Hypervisor, error)
	ListHypervisors(location int64) ([]Hypervisor, error) // in their order; 0: of all locations
	DeleteHypervisor(id int64) error                      // ErrInUse while it has instances
	SetHeartbeat(id int64, online bool, beat Heartbeat) error
	// SetStock writes what a look showed: HostUID, Taken and Stock.
	SetStock(Hypervisor) error
	SetTrial(id int64, trial Trial) error
}

// Plans are what is sold.
type Plans interface {
	InsertPlanGroup(PlanGroup) (id int64, err error)
	UpdatePlanGroup(PlanGroup) error
	ListPlanGroups() ([]PlanGroup, error) // in their order
	DeletePlanGroup(id int64) error       // ErrInUse while it has plans

	InsertPlan(Plan) (id int64, err error) // without its price
	UpdatePlan(Plan) error                 // without its price
	Plan(id int64) (Plan, error)
	ListPlans() ([]Plan, error) // by group and position, with the newest price
	DeletePlan(id int64) error  // ErrInUse when an instance ever was on it
	InsertPrice(PriceVersion) (billing.PriceID, error)
	Price(id billing.PriceID) (PriceVersion, error)
	ListPrices(plan int64) ([]PriceVersion, error) // newest first; 0: all, also of snapshots
	SnapshotPrices() ([]PriceVersion, error)       // newest first
}

// Snapshots are the disks of instances as they were.
type Snapshots interface {
	InsertSnapshot(Snapshot) (id int64, err error) // ErrExists for a UID that exists
	// UpdateSnapshot writes what UpdateImage does, where the snapshot is, its price,
	// protection and end.
	UpdateSnapshot(Snapshot) error
	Snapshot(id int64) (Snapshot, error)
	ListSnapshots(SnapshotFilter) ([]Snapshot, error)
}

// Images are what disks start from, and where their files are.
type Images interface {
	InsertImage(Image) (id int64, err error)
	UpdateImage(Image) error // all but its kind and whose it is
	Image(id int64) (Image, error)
	ListImages(ImageFilter) ([]Image, error)
	SaveReplica(ImageReplica) error
	// ListReplicas returns those of an image or on a hypervisor; 0: of all.
	ListReplicas(image, hypervisor int64) ([]ImageReplica, error)
}
