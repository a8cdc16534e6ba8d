package fleet

// Lifecycle says how far an instance has come.
type Lifecycle string

// The lives of an instance. Failed means that it could not be created.
const (
	LifecyclePending  Lifecycle = "pending"
	LifecycleActive   Lifecycle = "active"
	LifecycleDeleting Lifecycle = "deleting"
	LifecycleDeleted  Lifecycle = "deleted"
	LifecycleFailed   Lifecycle = "failed"
)

// Live says whether an instance still exists for its owner.
func (l Lifecycle) Live() bool { return l != LifecycleDeleting && l != LifecycleDeleted }

// Power is whether an instance runs, as its owner wants it or as its hypervisor
// saw it. An owner wants only PowerOn or PowerOff.
type Power string

// What power can be. Unknown is not off: whoever cannot see an instance must
// not act as if it were stopped.
const (
	PowerOn      Power = "on"
	PowerOff     Power = "off"
	PowerPaused  Power = "paused"
	PowerCrashed Power = "crashed"
	PowerAbsent  Power = "absent" // the hypervisor does not know the instance
	PowerUnknown Power = "unknown"
)

// The activities that have a status of their own. Every other task of an
// instance shows in what it wants and what is observed.
const (
	ActivityReboot   = "reboot"
	ActivityRebuild  = "rebuild"
	ActivityResize   = "resize"
	ActivityMigrate  = "migrate"
	ActivityRestore  = "restore"
	ActivityRescue   = "rescue"
	ActivitySnapshot = "snapshot" // shows in no status: the guest goes on
)

// Facts is what is known about an instance. They are independent of each other,
// and everything else about its state is derived from them: no fact is lost
// when another changes, so an instance that its owner had stopped is still
// stopped when a suspension ends.
type Facts struct {
	Lifecycle   Lifecycle
	Desired     Power  // what the owner wants; only commands of the owner change it
	Observed    Power  // what the hypervisor last said
	Holds       Holds  // what forbids running
	Activity    string // kind of the running exclusive task, or ""
	Unreachable bool   // the hypervisor does not answer, or has not for long
}

// WantOn reports whether the instance should run. It is the only thing that
// whoever starts and stops instances has to bring about.
func (f Facts) WantOn() bool {
	return f.Lifecycle == LifecycleActive && f.Desired == PowerOn && f.Holds.Empty()
}

// BilledPercent returns at how many percent the instance is billed now, given
// its plan's percentage for stopped instances: 100 while its owner wants it on,
// stoppedPercent while the owner wants it off, and 0, which means no segment,
// before it was first up, while anything holds it, and from the moment its
// deletion was accepted.
//
// It depends on Lifecycle, Desired and Holds alone, because those change only
// in transactions of the panel, which open and close segments at the same
// second. What a hypervisor says comes late, or never, or twice: a bill must
// not depend on it. So an owner pays from the second of "start", stops paying
// in full from the second of "stop", and a hypervisor that cannot be reached
// makes nobody's bill longer. Where an instance is lost, a hold says so and
// ends the segment.
func (f Facts) BilledPercent(stoppedPercent int64) int64 {
	switch {
	case f.Lifecycle != LifecycleActive || !f.Holds.Empty():
		return 0
	case f.Desired == PowerOn:
		return 100
	}
	return stoppedPercent
}
