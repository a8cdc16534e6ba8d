package web

// SnapshotsView is the page at /snapshots.
type SnapshotsView struct {
	Rows []SnapshotRow
	Note string // what they cost together
}

// InstanceSnapshots are the snapshots on the page of their instance.
type InstanceSnapshots struct {
	Rows    []SnapshotRow
	Take    string // where one is taken; "" where none can be
	Refused string // why none can be taken now; "" if one can
	Note    string
}

// snapshotColumns is how many columns a list of snapshots has.
func snapshotColumns(instances bool) int {
	if instances {
		return 4
	}
	return 3
}

// SnapshotRow is a snapshot in a list.
type SnapshotRow struct {
	ID, Name string
	Note     string // what is to be said of it: its state, its protection
	Failed   bool
	Instance Link
	Size     string
	Taken    Instant
	Month    Amount // what a month comes to
	Create   string // where an instance is created from it; "" while none can be
	Restore  *Confirm
	Rename   *Confirm
	Remove   *Confirm
}
