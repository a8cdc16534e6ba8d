package web

// AdminFindingsView is the page at /admin/findings. What is resolved is asked
// about and posted at /admin/findings/{id}/resolve, with a note.
type AdminFindingsView struct {
	Tabs     []Tab
	Alarms   []FindingRow
	Found    []FindingRow // machines that are where they should not be
	All      bool         // also what is over
	Resolves []Confirm    // a dialog for each that is open
}

// FindingRow is a finding in words.
type FindingRow struct {
	ID         string
	Title      string
	Detail     string
	Meaning    string // what it means, and what may be done about it
	Hypervisor Link
	Found      Instant
	Status     Status
	Note       string // who resolved it, and what they said
	Resolve    *Confirm
}
