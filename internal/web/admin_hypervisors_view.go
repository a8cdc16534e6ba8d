package web

// AdminHypervisorsView lists the hypervisors at /admin/hypervisors.
type AdminHypervisorsView struct {
	Hypervisors []HypervisorRow
	NoLocation  bool // one is needed first
}

// HypervisorRow is a hypervisor with its state and load.
type HypervisorRow struct {
	ID, Name, URL string
	Place         Place
	Driver        string // "libvirt", "simulated"
	Status        Status
	Instances     string
	CPU           Load
	Memory        Load
	Disk          Load
	Seen          string // "3 s ago"
}

// AdminHypervisorFormView is the form at /admin/hypervisors/new and
// /admin/hypervisors/{id}/edit, which posts there: name, location, driver,
// endpoint, vcpus, memory_mib, disk_gib, cpu_ratio, gpus, tags and enabled.
type AdminHypervisorFormView struct {
	ID                            string // "" for a new one
	Title                         string
	Name, Endpoint                string
	Locations, Drivers            []Option
	VCPUs, Memory, Disk, CPURatio string
	GPUs, Tags                    string
	Enabled                       bool
	Reach                         *ReachView // of one that is reached by libvirt; nil for others
	Errors                        Errors
}

// ReachView is how a hypervisor is trusted and what of it is used: host_key,
// key_file, network, storage and accel.
type ReachView struct {
	HostKey, KeyFile, Network, Storage string
	Accels                             []Option
}

func (v AdminHypervisorFormView) back() string {
	if v.ID == "" {
		return "/admin/hypervisors"
	}
	return "/admin/hypervisors/" + v.ID
}

func (v AdminHypervisorFormView) action() string {
	if v.ID == "" {
		return "/admin/hypervisors/new"
	}
	return v.back() + "/edit"
}

// AdminHypervisorView is the page at /admin/hypervisors/{id}. Enabling and
// disabling post to /enable and /disable below it, faults to /faults.
type AdminHypervisorView struct {
	Hypervisor HypervisorRow
	Enabled    bool
	Trouble    string // what is wrong with it, and since when
	Facts      []Fact
	Room       []Fact // how many more instances of a plan fit
	Instances  []AdminInstanceRow
	Events     []Event
	Faults     []Fault // of a simulated one; nil for others
	Remove     *Confirm
}

// AdminInstanceRow is an instance in a list of instances of several accounts.
type AdminInstanceRow struct {
	Name, URL string
	Account   Link
	Plan      string
	Place     Place
	Status    Status
	Rate      string
	Month     Amount
}

// Fault is something a simulated hypervisor can be told to do wrong. It is
// posted as Name, "on".
type Fault struct {
	Name, Text, Help string
	On               bool
}
