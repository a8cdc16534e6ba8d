package web

// ResizeView is the page at /instances/{id}/resize. Its form posts plan and key
// there.
type ResizeView struct {
	Name   string
	URL    string // of the instance
	Now    []Fact // plan, price, what it has cost this month
	Groups []PlanGroupChoice
	Notes  []string // what a resize means: "The instance is stopped for about a minute."
	Key    string
	Errors Errors // of plan
}
