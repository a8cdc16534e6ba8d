package panel

import "accrue/internal/billing"

// Findings are what looks at hypervisors leave behind.
type Findings interface {
	// InsertFinding returns ErrExists while there is one of the kind about the same
	// machine or hypervisor.
	InsertFinding(Finding) (id int64, err error)
	UpdateFinding(Finding) error // its end and resolution
	// SetFindingMailed notes when administrators were told of a finding.
	SetFindingMailed(id int64, at billing.Instant) error
	// FindingsMailedAt is when they were last told of any; 0: never.
	FindingsMailedAt() (billing.Instant, error)
	Finding(id int64) (Finding, error)
	ListFindings(FindingFilter) ([]Finding, error)

	SaveSighting(Sighting) error
	DeleteSighting(instance int64) error // if there is one
	// Sighting returns the zero one of an instance that has none.
	Sighting(instance int64) (Sighting, error)
	ListSightings(hypervisor int64) ([]Sighting, error) // of its instances
	// Unmetered are the active instances of a hypervisor without an open segment,
	// whether they should have one or not.
	Unmetered(hypervisor int64) ([]int64, error)
}
