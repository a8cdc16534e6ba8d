package panel

import "accrue/internal/billing"

// Snapshot is the disk of an instance as it was at an instant. It is an image, from
// which disks are made on the hypervisor that it is on, and outlives its instance.
// Description is what its owner calls it, Bytes what it takes, VirtualGiB the size
// of the disk.
type Snapshot struct {
	Image
	UID          string          // a UUID; its name on its hypervisor
	InstanceID   int64           // whose disk it is of; that may be gone
	HypervisorID int64           // where it is; 0 once it is deleted
	PriceID      billing.PriceID // of a GiB, the version that its next segment uses; 0: it costs nothing
	Protected    bool            // from being deleted by mistake
	DeletedAt    billing.Instant // when deleting was asked for; 0 before
}

// GiB is the size that it is charged for: each GiB that it has begun.
func (s Snapshot) GiB() int64 { return billing.GiBOf(s.Bytes) }

// SnapshotFilter selects snapshots, oldest first.
type SnapshotFilter struct {
	AccountID    int64 // 0: every account
	InstanceID   int64 // 0: of every instance
	HypervisorID int64 // 0: on every hypervisor
	Gone         bool  // also those that have been deleted
}
