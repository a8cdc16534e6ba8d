package panel

import (
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// TaskKind says what a task does.
type TaskKind string

// The kinds of tasks.
const (
	TaskCreate       TaskKind = "instance.create"
	TaskPower        TaskKind = "instance.power"    // on or off, as the instance is wanted
	TaskPowerOff     TaskKind = "instance.poweroff" // without asking the guest
	TaskReboot       TaskKind = "instance.reboot"
	TaskReset        TaskKind = "instance.reset"
	TaskResize       TaskKind = "instance.resize"
	TaskRebuild      TaskKind = "instance.rebuild"
	TaskRestore      TaskKind = "instance.restore" // from a snapshot
	TaskRescue       TaskKind = "instance.rescue"  // into the rescue system, or out of it
	TaskPassword     TaskKind = "instance.password"
	TaskSnapshot     TaskKind = "instance.snapshot"
	TaskDropSnapshot TaskKind = "snapshot.delete"
	TaskDelete       TaskKind = "instance.delete"
	TaskLimits       TaskKind = "instance.limits"
	TaskImport       TaskKind = "image.import"
	TaskDistribute   TaskKind = "image.distribute"
	TaskForget       TaskKind = "image.forget" // the file of a retired one
	TaskCleanup      TaskKind = "hypervisor.cleanup"
	TaskTest         TaskKind = "hypervisor.test"
	TaskMail         TaskKind = "mail.send"
	TaskSettle       TaskKind = "settle"
)

// instanceTasks are what deleting an instance puts an end to.
var instanceTasks = []TaskKind{TaskCreate, TaskPower, TaskPowerOff, TaskReboot, TaskReset, TaskResize, TaskRebuild, TaskRestore, TaskRescue, TaskPassword}

// Verb is the word for what an instance is busy with while a task of the kind
// runs: "resize". It is empty for tasks that do not show in its status.
func (k TaskKind) Verb() string {
	switch k {
	case TaskReboot, TaskReset:
		return fleet.ActivityReboot
	case TaskResize:
		return fleet.ActivityResize
	case TaskRebuild:
		return fleet.ActivityRebuild
	case TaskRestore:
		return fleet.ActivityRestore
	case TaskRescue:
		return fleet.ActivityRescue
	case TaskSnapshot:
		return fleet.ActivitySnapshot
	}
	return ""
}

// carries says whether tasks of the kind have to do with files as large as disks.
func (k TaskKind) carries() bool {
	switch k {
	case TaskCreate, TaskRebuild, TaskRestore, TaskRescue, TaskSnapshot, TaskImport, TaskDistribute, TaskTest:
		return true
	}
	return false
}

// makesDisk says whether tasks of the kind make a disk from an image.
func (k TaskKind) makesDisk() bool {
	return k == TaskCreate || k == TaskRebuild || k == TaskRestore
}

// Lane says which of the worker's queues takes tasks of the kind, so that a
// dead mail server delays no instance and a slow hypervisor no settlement.
func (k TaskKind) Lane() Lane {
	switch k {
	case TaskMail:
		return LaneMail
	case TaskSettle:
		return LaneMoney
	default:
		return LaneMachines
	}
}

// Lane is a queue of tasks that waits for nothing in other lanes.
type Lane string

// The lanes.
const (
	LaneMachines Lane = "machines"
	LaneMail     Lane = "mail"
	LaneMoney    Lane = "money"
)

// TaskState is where a task stands.
type TaskState string

// The states of a task. Waiting is queued for a hypervisor that does not answer.
const (
	TaskQueued    TaskState = "queued"
	TaskRunning   TaskState = "running"
	TaskWaiting   TaskState = "waiting"
	TaskSucceeded TaskState = "succeeded"
	TaskFailed    TaskState = "failed"
	TaskCanceled  TaskState = "canceled"
)

// Ended says whether the task will not run again.
func (s TaskState) Ended() bool {
	return s == TaskSucceeded || s == TaskFailed || s == TaskCanceled
}

// Task is an effect outside the database, written in the transaction that
// decided it. Running one twice is harmless.
type Task struct {
	ID           int64
	Kind         TaskKind
	Key          string // can exist once; empty: no such bound
	AccountID    int64  // 0: the provider's own
	InstanceID   int64
	HypervisorID int64
	MailID       int64
	ImageID      int64
	Priority     int64 // higher runs first
	State        TaskState
	Step         string // what it is doing, one of Steps(kind)
	Attempt      int64  // how often it was started

	CreatedAt  billing.Instant
	RunAt      billing.Instant // not before
	ExpiresAt  billing.Instant // given up after; Never for what must happen
	StartedAt  billing.Instant // the first start; 0 before
	FinishedAt billing.Instant

	LeaseOwner string
	LeaseUntil billing.Instant
	Fence      int64 // grows with every claim and every replacement; an old run cannot end a task

	RequestedBy string
	ErrorCode   string
	ErrorPublic string // for the customer
	ErrorDetail string // for administrators
}

// Progress is how far a task has come, in percent: the part of its steps that
// are behind it. Only one that has succeeded is at 100.
func Progress(t Task) int64 {
	if t.State == TaskSucceeded {
		return 100
	}
	steps := Steps(t.Kind)
	at := slices.Index(steps, t.Step)
	if at < 0 {
		return 0
	}
	return int64(100 * at / len(steps))
}

// Claim selects the next task that a worker may run.
type Claim struct {
	Lane          Lane
	Worker        string
	Now           billing.Instant
	PerHypervisor int64 // at most so many at once on one hypervisor

	Claimed func() // is called when there is a task, before it runs; nil: nothing is
}

// TaskFilter selects tasks, newest first.
type TaskFilter struct {
	IDs        []int64 // empty: all
	InstanceID int64
	AccountID  int64
	Kind       TaskKind  // empty: every kind
	State      TaskState // empty: every state
	OpenOnly   bool      // only those that have not ended
	Instances  bool      // only those of instances: no mail, no settlement
	Before     int64
	Limit      int
}
