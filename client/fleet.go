package client

import "time"

// AdminLocation is a location as administrators see it.
type AdminLocation struct {
	Location
	Visible  bool  `json:"visible" doc:"Customers can order there."`
	Position int64 `json:"position"`
}

// NewLocation is a location to be made.
type NewLocation struct {
	Slug     string `json:"slug" maxLength:"32" example:"ams-1"`
	Name     string `json:"name" maxLength:"80" example:"Amsterdam"`
	City     string `json:"city,omitempty" maxLength:"80"`
	Country  string `json:"country,omitempty" maxLength:"2" example:"nl"`
	Visible  *bool  `json:"visible,omitempty" default:"true"`
	Position int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// LocationChange is what can be changed about a location. What is absent stays as
// it is.
type LocationChange struct {
	Slug     *string `json:"slug,omitempty" maxLength:"32"`
	Name     *string `json:"name,omitempty" maxLength:"80"`
	City     *string `json:"city,omitempty" maxLength:"80"`
	Country  *string `json:"country,omitempty" maxLength:"2"`
	Visible  *bool   `json:"visible,omitempty"`
	Position *int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// HypervisorOrder is the order in which a location's hypervisors take turns.
type HypervisorOrder struct {
	HypervisorIDs []int64 `json:"hypervisor_ids" maxItems:"1000" nullable:"false" doc:"Those not named come after them."`
}

// Hypervisor is a machine that runs instances.
type Hypervisor struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	LocationID int64      `json:"location_id"`
	Position   int64      `json:"position"`
	Driver     string     `json:"driver" example:"libvirt"`
	Endpoint   string     `json:"endpoint,omitempty"`
	HostKey    string     `json:"host_key,omitempty" doc:"The fingerprint that it must show to be believed."`
	KeyFile    string     `json:"key_file,omitempty" doc:"The file with the panel's key, on the panel's machines."`
	Network    string     `json:"network,omitempty"`
	Storage    string     `json:"storage,omitempty"`
	Accel      string     `json:"accel" example:"auto"`
	Capacity   Resources  `json:"capacity"`
	CPURatio   string     `json:"cpu_ratio" example:"4" doc:"vCPUs that may be promised for each one it has."`
	Limit      Resources  `json:"limit" doc:"What may be promised in all."`
	Used       Resources  `json:"used" doc:"What its instances have reserved."`
	Instances  int64      `json:"instances"`
	Tags       []string   `json:"tags" nullable:"false"`
	Enabled    bool       `json:"enabled" doc:"New instances may be placed on it."`
	Online     bool       `json:"online" doc:"It answers."`
	SeenAt     *time.Time `json:"seen_at,omitempty" doc:"Its last answer."`
	Error      string     `json:"error,omitempty" doc:"Why the last try failed."`
}

// HypervisorReach is where a machine is, how the panel is let in, and what of it
// is used.
type HypervisorReach struct {
	Driver   string `json:"driver" maxLength:"32" example:"libvirt"`
	Endpoint string `json:"endpoint,omitempty" maxLength:"500" example:"ssh://accrue@hv1.example.org/run/libvirt/libvirt-sock" doc:"Also as libvirt's own programs take it, such as qemu+ssh://accrue@hv1.example.org/system. Simulated ones have none."`
	HostKey  string `json:"host_key,omitempty" maxLength:"60" example:"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU" doc:"The fingerprint that it must show to be believed: of its SSH host key, or of its TLS certificate."`
	KeyFile  string `json:"key_file,omitempty" maxLength:"500" example:"/etc/accrue/id_ed25519" doc:"The file, on the panel's machines, with the private key for SSH, or with certificate and private key for TLS."`
	Network  string `json:"network,omitempty" maxLength:"63" example:"default" doc:"The network or bridge that machines are on where no address pool says another."`
	Storage  string `json:"storage,omitempty" maxLength:"63" doc:"The storage pool that has the disks; without one, the panel makes its own."`
	Accel    string `json:"accel,omitempty" enum:"auto,kvm,tcg" default:"auto" doc:"How processors are run: auto takes the hardware's help where a test shows that it works."`
}

// HypervisorExamination is what was found when a machine was looked at closely.
type HypervisorExamination struct {
	At          time.Time         `json:"at"`
	Usable      bool              `json:"usable" doc:"Machines would run: no check failed, and none waits for somebody's word."`
	Fingerprint string            `json:"fingerprint,omitempty" doc:"Of the key that it shows."`
	Version     string            `json:"version,omitempty" example:"libvirt 9.0.0, QEMU 7.2.22"`
	Accel       string            `json:"accel,omitempty" doc:"How processors are run, as found by trying."`
	Has         Resources         `json:"has" doc:"What the machine has."`
	Offer       Resources         `json:"offer" doc:"What of it could be registered: without what the machine itself needs."`
	Networks    []string          `json:"networks" nullable:"false"`
	Pools       []string          `json:"pools" nullable:"false"`
	Checks      []HypervisorCheck `json:"checks" nullable:"false"`
}

// HypervisorTest is what has come so far of trying a hypervisor with a machine.
type HypervisorTest struct {
	TaskID     int64             `json:"task_id"`
	State      string            `json:"state" enum:"queued,running,waiting,succeeded,failed,canceled"`
	Step       string            `json:"step,omitempty" doc:"What it is doing."`
	Progress   int64             `json:"progress" minimum:"0" maximum:"100"`
	Image      string            `json:"image,omitempty" doc:"What the machine starts from; without one only its firmware runs."`
	Checks     []HypervisorCheck `json:"checks" nullable:"false"`
	CreatedAt  time.Time         `json:"created_at"`
	FinishedAt *time.Time        `json:"finished_at,omitempty"`
}

// HypervisorCheck is one thing that was tried on a machine.
type HypervisorCheck struct {
	Name   string `json:"name" example:"network"`
	Title  string `json:"title" example:"Network"`
	State  string `json:"state" enum:"passed,warning,failed,confirm,skipped" doc:"With a warning machines run, with less than they could have. What is to be confirmed waits for somebody's word."`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty" doc:"What to do about it."`
}

// NewHypervisor is a hypervisor to be added.
type NewHypervisor struct {
	Name       string `json:"name" maxLength:"63"`
	LocationID int64  `json:"location_id" minimum:"1"`
	HypervisorReach
	Capacity Resources `json:"capacity"`
	CPURatio string    `json:"cpu_ratio,omitempty" maxLength:"8" default:"4"`
	Tags     []string  `json:"tags,omitempty" maxItems:"100"`
	Enabled  *bool     `json:"enabled,omitempty" default:"true"`
}

// HypervisorChange is what can be changed about a hypervisor. What is absent stays
// as it is.
type HypervisorChange struct {
	Name       *string    `json:"name,omitempty" maxLength:"63"`
	LocationID *int64     `json:"location_id,omitempty" minimum:"1"`
	Endpoint   *string    `json:"endpoint,omitempty" maxLength:"500"`
	HostKey    *string    `json:"host_key,omitempty" maxLength:"60"`
	KeyFile    *string    `json:"key_file,omitempty" maxLength:"500"`
	Network    *string    `json:"network,omitempty" maxLength:"63"`
	Storage    *string    `json:"storage,omitempty" maxLength:"63"`
	Accel      *string    `json:"accel,omitempty" enum:"auto,kvm,tcg"`
	Capacity   *Resources `json:"capacity,omitempty"`
	CPURatio   *string    `json:"cpu_ratio,omitempty" maxLength:"8"`
	Tags       *[]string  `json:"tags,omitempty" maxItems:"100"`
	Enabled    *bool      `json:"enabled,omitempty"`
}

// FaultSwitch makes a simulated hypervisor fail, or work again.
type FaultSwitch struct {
	Fault string `json:"fault" enum:"unreachable,hang,error,reply-lost"`
	On    bool   `json:"on"`
}

// Faults is what is made to fail on a simulated hypervisor.
type Faults struct {
	Simulated bool     `json:"simulated" doc:"Only simulated hypervisors can be made to fail."`
	Faults    []string `json:"faults" nullable:"false"`
}
