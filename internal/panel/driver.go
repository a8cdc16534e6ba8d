package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/fleet"
)

// Driver speaks to one hypervisor. Its Ensure methods are idempotent: they bring
// a machine into the wanted state, whatever it is in now, and return nil when it
// is there already. They block until done or until their context ends; retries
// and history are the task engine's. Errors are *DriverError.
type Driver interface {
	// Probe answers whether the hypervisor is there.
	Probe(ctx context.Context) error
	// Inventory lists every machine of ours on the hypervisor.
	Inventory(ctx context.Context) ([]Machine, error)
	// EnsureDisk makes the machine's disk, of the wanted size at least.
	EnsureDisk(ctx context.Context, m Machine) error
	// EnsureDefined makes the machine known with the wanted size. A machine that
	// is on takes a new size with its next start.
	EnsureDefined(ctx context.Context, m Machine) error
	// EnsurePower switches the machine on or off: in an orderly way first, by
	// force when the guest does not follow.
	EnsurePower(ctx context.Context, uid string, want fleet.Power) error
	// Reboot restarts a machine that is on.
	Reboot(ctx context.Context, uid string) error
	// Ready says whether the guest has come up since it was switched on.
	Ready(ctx context.Context, uid string) (bool, error)
	// EnsureAbsent removes the machine and its disk.
	EnsureAbsent(ctx context.Context, uid string) error
}

// Machine is an instance as a hypervisor sees it.
type Machine struct {
	UID   string
	Name  string
	Image string
	Size  fleet.Resources
	Power fleet.Power // in an inventory: what it is
}

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
