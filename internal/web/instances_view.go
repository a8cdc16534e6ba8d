package web

// InstancesView is the list at /instances?q=&status=&location=.
type InstancesView struct {
	Query     string
	Statuses  []Option // posted as status
	Locations []Option // posted as location
	Table     InstanceTable
	All       int    // how many there are without the filter
	Monthly   string // "about $60.44 a month at this rate", below the total
	Cheapest  string // as on the dashboard
	Refused   string // why no instance may be created now
}

// Filtered tells whether the list shows only some of the instances.
func (v InstancesView) Filtered() bool {
	return v.Query != "" || chosen(v.Statuses) || chosen(v.Locations)
}

// chosen tells whether an option other than the first, "all", is selected.
func chosen(options []Option) bool {
	for i, o := range options {
		if i > 0 && o.Selected {
			return true
		}
	}
	return false
}
