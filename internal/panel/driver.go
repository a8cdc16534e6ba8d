package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/fleet"
)

// Driver speaks to one hypervisor. Its Ensure methods are idempotent: they bring
// a machine into the wanted state, whatever it is in now, and return nil when it
// is there already. They block until done or until their context ends; retries
// and history are the task engine's. Errors are *DriverError.
//
// What not every driver can do are interfaces of their own: Sampler, Screener,
// Snapshotter, PasswordSetter, Watcher. A driver is asked for them by a type assertion.
type Driver interface {
	// Probe answers whether the hypervisor is there, and what it is.
	Probe(ctx context.Context) (Facts, error)
	// Inventory lists every machine on the hypervisor, or none with an error.
	Inventory(ctx context.Context) (Inventory, error)
	// EnsureImage brings an image's file to the hypervisor, under the name of its
	// digest, which is checked. An image without a digest needs no file.
	EnsureImage(ctx context.Context, image ImageFile, source ImageSource) error
	// EnsureDisk makes the disk of the machine's generation from its image, of the
	// wanted size at least, and grows one that is smaller. It never shrinks one.
	EnsureDisk(ctx context.Context, m Machine) error
	// EnsureDefined makes the machine known with the wanted size, disk, interfaces
	// and seed. A machine that is on takes a new size or disk with its next start,
	// and new limits of its port at once.
	// Disks of older generations are removed once nothing uses them.
	EnsureDefined(ctx context.Context, m Machine) error
	// EnsurePower switches the machine on or off. Off asks the guest first, waits
	// as long as grace for it, and then forces it; without grace it forces at once.
	EnsurePower(ctx context.Context, uid string, want fleet.Power, grace time.Duration) error
	// Reboot restarts a machine that is on: the guest is asked to within grace,
	// and reset after that; without grace it is reset at once.
	Reboot(ctx context.Context, uid string, grace time.Duration) error
	// Ready says whether the guest has come up since it was switched on.
	Ready(ctx context.Context, uid string) (bool, error)
	// EnsureAbsent removes the machine, its disks of every generation and its seed.
	// Its snapshots stay.
	EnsureAbsent(ctx context.Context, uid string) error
}

// ShutdownGrace is how long a guest may take to shut down before it is forced.
const ShutdownGrace = 60 * time.Second

// Drivers connects to hypervisors.
type Drivers interface {
	Driver(Hypervisor) (Driver, error)
}

// Fault is something that goes wrong with a simulated hypervisor.
type Fault string

// The faults that can be switched on.
const (
	FaultUnreachable Fault = "unreachable" // does not answer; nothing is done
	FaultHang        Fault = "hang"        // answers only when the caller gives up
	FaultError       Fault = "error"       // refuses everything that changes something
	FaultReplyLost   Fault = "reply-lost"  // does what is asked, and the answer is lost
)

// Faulty is a Drivers whose hypervisors can be made to fail: the simulation.
type Faulty interface {
	Faults(hypervisor int64) ([]Fault, error)
	SetFault(hypervisor int64, fault Fault, on bool) error
}

// ErrorKind says how a driver's error is dealt with.
type ErrorKind string

// The kinds of driver errors.
const (
	Unreachable    ErrorKind = "unreachable"     // certainly not done; wait for the hypervisor
	UnknownOutcome ErrorKind = "unknown-outcome" // perhaps done; look, then go on
	Transient      ErrorKind = "transient"       // try again, later and later
	HostFault      ErrorKind = "host-fault"      // this hypervisor cannot; another may
	InvalidSpec    ErrorKind = "invalid"         // will never work
	MachineMissing ErrorKind = "not-found"
	GuestFault     ErrorKind = "guest" // the guest does not do its part; asking again at once is no use
)

// DriverError is what a driver returns.
type DriverError struct {
	Kind       ErrorKind
	Operation  string
	Hypervisor string
	Err        error
}

func (e *DriverError) Error() string {
	return fmt.Sprintf("%s on %s: %s: %v", e.Operation, e.Hypervisor, e.Kind, e.Err)
}

func (e *DriverError) Unwrap() error { return e.Err }

// KindOf returns the kind of a driver's error. An error of no kind, such as a
// deadline, leaves the outcome unknown.
func KindOf(err error) ErrorKind {
	var driver *DriverError
	if errors.As(err, &driver) {
		return driver.Kind
	}
	return UnknownOutcome
}
