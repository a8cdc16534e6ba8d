package fleet

import "strings"

// Status is the one word for the state of an instance that people and the API
// see. It is derived and never stored.
type Status string

// The statuses.
const (
	StatusQueued       Status = "queued" // to be created as soon as its hypervisor answers
	StatusProvisioning Status = "provisioning"
	StatusRunning      Status = "running"
	StatusStarting     Status = "starting"
	StatusStopping     Status = "stopping"
	StatusStopped      Status = "stopped"
	StatusSuspending   Status = "suspending" // held, but still running
	StatusSuspended    Status = "suspended"
	StatusRebooting    Status = "rebooting"
	StatusRebuilding   Status = "rebuilding"
	StatusResizing     Status = "resizing"
	StatusMigrating    Status = "migrating"
	StatusRestoring    Status = "restoring"
	StatusRescuing     Status = "rescuing"
	StatusUnknown      Status = "unknown" // its hypervisor does not answer; it may well be running
	StatusError        Status = "error"   // creation failed, or it crashed, or its hypervisor lost it
	StatusDeleting     Status = "deleting"
	StatusDeleted      Status = "deleted"
)

// Label returns the status for people: "Running".
func (s Status) Label() string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// Status derives the word for f. Of several that apply it takes the one that
// says most about what happens next: the end of the instance's life before the
// work in progress, that before a suspension, and what was observed last.
func (f Facts) Status() Status {
	switch f.Lifecycle {
	case LifecyclePending:
		if f.Unreachable {
			return StatusQueued
		}
		return StatusProvisioning
	case LifecycleActive:
		return f.active()
	case LifecycleDeleting:
		return StatusDeleting
	case LifecycleDeleted:
		return StatusDeleted
	case LifecycleFailed:
		return StatusError
	}
	return StatusUnknown
}

func (f Facts) active() Status {
	if status, ok := inProgress(f.Activity); ok {
		return status
	}
	switch {
	case f.Holds.Has(HoldLost):
		return StatusError
	case !f.Holds.Empty() && f.Observed == PowerOn:
		return StatusSuspending
	case !f.Holds.Empty():
		return StatusSuspended
	case f.Unreachable || f.Observed == PowerUnknown || f.Observed == "":
		return StatusUnknown
	case f.Observed == PowerAbsent || f.Observed == PowerCrashed:
		return StatusError
	}
	return f.power()
}

// power compares what the owner wants with what a hypervisor plainly said.
func (f Facts) power() Status {
	switch {
	case f.Desired == PowerOn && f.Observed == PowerOn:
		return StatusRunning
	case f.Desired == PowerOn:
		return StatusStarting
	case f.Observed == PowerOff:
		return StatusStopped
	}
	return StatusStopping
}

// inProgress returns the status of an instance while activity is at work on it.
func inProgress(activity string) (Status, bool) {
	switch activity {
	case ActivityReboot:
		return StatusRebooting, true
	case ActivityRebuild:
		return StatusRebuilding, true
	case ActivityResize:
		return StatusResizing, true
	case ActivityMigrate:
		return StatusMigrating, true
	case ActivityRestore:
		return StatusRestoring, true
	case ActivityRescue:
		return StatusRescuing, true
	}
	return "", false
}
