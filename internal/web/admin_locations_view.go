package web

// AdminLocationsView lists the locations at /admin/locations.
type AdminLocationsView struct {
	Locations []LocationRow
}

// LocationRow is a location with what it holds.
type LocationRow struct {
	ID, URL     string
	Place       Place
	City        string
	Hypervisors string // "7"
	Instances   string
	Plans       string // offered there
	CPU, Memory Load
	Full        bool // no plan fits any more
	Hidden      bool // customers do not see it
}

// AdminLocationView is the form at /admin/locations/new and
// /admin/locations/{id}, which posts there: name, city, country, visible, and for
// each hypervisor its turn as order-ID.
type AdminLocationView struct {
	ID                  string // "" for a new one
	Title               string // "Add location", or its name
	Name, City, Country string
	Visible             bool
	Hypervisors         []OrderedHypervisor
	Remove              *Confirm // nil while it holds something
	Used                string   // why it cannot be removed
	Errors              Errors
}

// OrderedHypervisor is a hypervisor with its turn when instances are placed.
type OrderedHypervisor struct {
	ID, Name, URL string
	Status        Status
	Order         string
	Next          bool // the next instance is tried here first
}

func (v AdminLocationView) action() string {
	if v.ID == "" {
		return "/admin/locations/new"
	}
	return "/admin/locations/" + v.ID
}
