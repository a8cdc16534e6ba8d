package panel

import (
	"errors"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Hypervisor is a machine that runs instances.
type Hypervisor struct {
	fleet.Hypervisor
	LocationID int64
	Position   int64  // its place in the location's order
	Driver     string // which kind of driver speaks to it: "sim", "libvirt"

	// Endpoint is where the driver finds it: unix:///run/libvirt/libvirt-sock,
	// ssh://accrue@hv1.example.org:22/run/libvirt/libvirt-sock, or
	// tls://hv1.example.org:16514. Simulated ones have none.
	Endpoint string
	// HostKey is what it must show to be believed, as "SHA256:" and the hash in
	// base64 without padding: of its SSH host key, as ssh-keygen prints it, or of
	// its TLS certificate. A local socket shows nothing.
	HostKey string
	// KeyFile names the file, on every machine that the panel runs on, with the
	// private key for SSH, or with certificate and private key for TLS in PEM. Only
	// the name is kept here.
	KeyFile string
	Network string // which of its networks or bridges machines are on, where no address pool says another
	Storage string // which of its storage pools has the disks
	Accel   Accel

	HostUID   string // its own, as seen first; another machine at the endpoint is not trusted
	Heartbeat Heartbeat
	Stock     Stock
	Trial     Trial
}

// Accel is how a hypervisor runs the processors of its machines.
type Accel string

// The ways. AccelAuto takes the hardware's help where a test shows that it works.
const (
	AccelAuto Accel = "auto"
	AccelKVM  Accel = "kvm"
	AccelTCG  Accel = "tcg" // by translation: everywhere, and many times slower
)

// Heartbeat is when a hypervisor last answered.
type Heartbeat struct {
	SeenAt billing.Instant // the last answer; 0 if none yet
	Error  string          // why the last try failed; empty when it did not
}

// Stock is what the last complete look at a hypervisor showed. What its foreign
// machines take is its fleet.Hypervisor's.
type Stock struct {
	At      billing.Instant // 0: nobody has looked yet
	Facts   Facts
	Foreign int64 // machines that are not the panel's
}

// keep takes over from what is known what no administrator says. What answers at
// another endpoint is another machine, and not trusted for the old one's sake.
func (h *Hypervisor) keep(known Hypervisor) {
	h.Online, h.Used, h.Instances, h.Taken = known.Online, known.Used, known.Instances, known.Taken
	h.HostUID, h.Heartbeat, h.Stock, h.Trial = known.HostUID, known.Heartbeat, known.Stock, known.Trial
	if h.Endpoint != known.Endpoint || h.Driver != known.Driver {
		h.HostUID = ""
	}
}

func checkHypervisor(h Hypervisor) error {
	if err := fleet.ValidateName(h.Name); err != nil {
		return invalid("name", err.Error())
	}
	if err := h.Capacity.Validate(); err != nil {
		return asInvalidSize(err)
	}
	switch {
	case h.Capacity.VCPUs < 1:
		return invalid("vcpus", "must be at least 1")
	case h.Capacity.MemoryMiB < 1:
		return invalid("memory_mib", "must be at least 1")
	case h.Capacity.DiskGiB < 1:
		return invalid("disk_gib", "must be at least 1")
	case h.CPURatio <= 0:
		return invalid("cpu_ratio", "must be above 0, such as 4")
	case h.LocationID == 0:
		return invalid("location", "choose a location")
	case h.Driver == "":
		return invalid("driver", "choose how the hypervisor is reached")
	case !slices.Contains([]Accel{AccelAuto, AccelKVM, AccelTCG}, h.Accel):
		return invalid("accel", "must be auto, kvm or tcg")
	case h.Driver == "sim":
		return nil
	}
	if err := checkEndpoint(h); err != nil {
		return err
	}
	return checkTrust(h)
}

// asInvalidSize turns fleet's complaint about a field into the panel's.
func asInvalidSize(err error) error {
	var field *fleet.FieldError
	if errors.As(err, &field) {
		return invalid(field.Field, field.Message)
	}
	return err
}
