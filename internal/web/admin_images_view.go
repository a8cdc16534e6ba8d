package web

// AdminImagesView is the catalogue of images at /admin/images. Whether they may
// be fetched from addresses posts to /admin/images/addresses.
type AdminImagesView struct {
	Images    []ImageRow
	Addresses bool
}

// ImageRow is an image of the provider's.
type ImageRow struct {
	Name, URL string
	Glyph     string
	Note      string // what it is
	Arch      string
	Status    Status
	Minimum   string // "5 GiB disk, 512 MiB memory"
	Size      string // of its file; "–" without one
	Digest    string // the first digits of it
	On        string // "2 of 6 hypervisors"
}

// AdminImageFormView is the form at /admin/images/new and /admin/images/{id}/edit,
// which posts there: family, version, arch, description, min_disk_gib,
// min_memory_mib, visible and, for a new one, simulated.
type AdminImageFormView struct {
	ID              string // "" for a new one
	Title           string
	Family, Version string
	Description     string
	Arches          []Option
	MinDisk         string
	MinMemory       string
	Visible         bool
	MaySimulate     bool // there are simulated hypervisors, which need no file
	Simulated       bool
	Errors          Errors
}

func (v AdminImageFormView) back() string {
	if v.ID == "" {
		return "/admin/images"
	}
	return "/admin/images/" + v.ID
}

func (v AdminImageFormView) action() string {
	if v.ID == "" {
		return "/admin/images/new"
	}
	return v.back() + "/edit"
}

// AdminImageView is the page at /admin/images/{id}. Its file is sent to /file
// below it, or fetched through /fetch; /distribute brings it to hypervisors.
type AdminImageView struct {
	Row         ImageRow
	Failure     string // why it has no file
	Wants       bool   // its file has still to come
	Addresses   bool   // it may be fetched
	Source      string // where it is being fetched from
	Facts       []Fact
	Digest      string
	Replicas    []ReplicaRow // nil: it has no file to be distributed
	Everywhere  bool         // every hypervisor that is enabled has it
	Busy        bool         // something is on its way; the page looks again
	Editable    bool
	Rescue      bool // instances are rescued with it
	MayRescue   bool // they could be
	Retire      *Confirm
	FetchErrors Errors
	Address     string
	FetchDigest string
}

// ReplicaRow is a hypervisor with what it has of an image's file.
type ReplicaRow struct {
	ID         string
	Hypervisor Link
	Status     Status
	Meter      *Meter // how much of it has arrived
	Note       string // since when, or why not
	Bring      string // what the button says that brings it; "" without one
}
