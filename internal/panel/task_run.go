package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/billing"
)

// errNap says that a task has nothing to do for a second and is not done.
var errNap = errors.New("not yet")

// RunTask claims the next task of a lane and runs it to its end or its next
// try. It returns ErrNotFound when there is none. Any number of workers, in any
// number of processes, may call it at once. What comes back otherwise is the
// world's fault: the task itself has been written down by then.
func (p *Panel) RunTask(ctx context.Context, c Claim) error {
	var t Task
	err := p.store.Update(ctx, func(tx Tx) (err error) {
		c.Now = tx.Now()
		t, err = tx.ClaimTask(c)
		return err
	})
	if err != nil {
		return err
	}
	if c.Claimed != nil {
		c.Claimed()
	}
	if t.ExpiresAt <= c.Now {
		return p.giveUp(ctx, &t, "expired", "It could not be done in time.", nil)
	}
	return p.settleTask(ctx, &t, p.whileHeld(ctx, &t, p.perform))
}

// perform does what a task is about. It may have been done before, wholly or in
// part; nothing here minds.
func (p *Panel) perform(ctx context.Context, t *Task) error {
	bound := taskBound
	if t.Kind.carries() {
		bound = fileBound
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	switch t.Kind {
	case TaskCreate:
		return p.performCreate(ctx, t)
	case TaskPower, TaskPowerOff:
		return p.performPower(ctx, t)
	case TaskReboot, TaskReset:
		return p.performReboot(ctx, t)
	case TaskResize:
		return p.performResize(ctx, t)
	case TaskRebuild, TaskRestore:
		return p.performRebuild(ctx, t)
	case TaskRescue:
		return p.performRescue(ctx, t)
	case TaskPassword:
		return p.performPassword(ctx, t)
	case TaskSnapshot:
		return p.performSnapshot(ctx, t)
	case TaskDropSnapshot:
		return p.performDropSnapshot(ctx, t)
	case TaskDelete:
		return p.performDelete(ctx, t)
	case TaskLimits:
		return p.performLimits(ctx, t)
	case TaskTest:
		return p.performTest(ctx, t)
	case TaskCleanup:
		return p.performCleanup(ctx, t)
	case TaskImport:
		return p.performImport(ctx, t)
	case TaskDistribute:
		return p.performDistribute(ctx, t)
	case TaskForget:
		return p.performForget(ctx, t)
	case TaskMail:
		return p.performMail(ctx, t)
	case TaskSettle:
		return p.performSettle(ctx, t)
	default:
		return fmt.Errorf("there are no tasks of kind %q", t.Kind)
	}
}

// taskBound is how long one try may take, and each step of it but those that
// carry a file, which may take up to fileBound.
const (
	taskBound = 90 * time.Second
	fileBound = 45 * time.Minute
)

// settleTask writes down what a try has come to.
func (p *Panel) settleTask(ctx context.Context, t *Task, err error) error {
	switch {
	case err == nil:
		return p.endTask(ctx, t, TaskSucceeded)
	case errors.Is(err, ErrReplaced):
		return nil // another worker has it, or nobody wants it any more
	case errors.Is(err, errNap):
		t.Attempt--
		return p.again(ctx, t, TaskQueued, 1)
	case ctx.Err() != nil:
		return p.again(context.WithoutCancel(ctx), t, TaskQueued, 0) // the worker is being stopped
	}
	t.ErrorDetail = err.Error()
	switch t.ErrorCode = string(KindOf(err)); KindOf(err) {
	case Unreachable:
		t.ErrorPublic = "The hypervisor does not answer. This goes on when it does."
		return p.again(ctx, t, TaskWaiting, unreachableRetry)
	case GuestFault:
		return p.giveUp(ctx, t, t.ErrorCode, guestFault, err)
	case InvalidSpec:
		return p.giveUp(ctx, t, t.ErrorCode, "This was refused for good and is not tried again.", err)
	case HostFault:
		if t.Kind == TaskCreate {
			return p.placeElsewhere(ctx, t, err)
		}
	}
	t.ErrorPublic = "This is taking longer than usual. It is being tried again."
	return p.again(ctx, t, TaskQueued, backoff(t.Attempt))
}

const unreachableRetry billing.Instant = 10

// backoff is how long to wait after a number of tries: 1, 2, 4 ... 300 seconds.
func backoff(attempt int64) billing.Instant {
	return min(300, billing.Instant(1)<<min(max(attempt-1, 0), 9))
}

// again queues a task for another try after some seconds.
func (p *Panel) again(ctx context.Context, t *Task, state TaskState, after billing.Instant) error {
	return p.store.Update(ctx, func(tx Tx) error {
		t.State, t.RunAt, t.LeaseUntil = state, tx.Now()+after, 0
		return ignoreReplaced(tx.UpdateTask(*t))
	})
}

func (p *Panel) endTask(ctx context.Context, t *Task, state TaskState) error {
	return p.update(ctx, func(tx Tx) error { return ignoreReplaced(finish(tx, t, state)) })
}

// finish ends a task within a transaction.
func finish(tx Tx, t *Task, state TaskState) error {
	if t.State.Ended() {
		return nil
	}
	t.State, t.FinishedAt, t.LeaseUntil = state, tx.Now(), 0
	if state == TaskSucceeded {
		t.ErrorCode, t.ErrorPublic, t.ErrorDetail = "", "", ""
	}
	return tx.UpdateTask(*t)
}

// ignoreReplaced forgives a task that somebody else ended or took over.
func ignoreReplaced(err error) error {
	if errors.Is(err, ErrReplaced) {
		return nil
	}
	return err
}

// giveUp ends a task as failed. An instance that could not be created is let go
// with everything it held; it was never charged.
func (p *Panel) giveUp(ctx context.Context, t *Task, code, public string, cause error) error {
	t.ErrorCode, t.ErrorPublic = code, public
	if cause != nil {
		t.ErrorDetail = cause.Error()
	}
	switch t.Kind {
	case TaskCreate, TaskSnapshot:
	case TaskImport:
		why := public
		if cause != nil {
			why = importFailure(cause)
		}
		return ignoreReplaced(p.update(ctx, func(tx Tx) error {
			return errors.Join(finish(tx, t, TaskFailed), failImport(tx, t.ImageID, why))
		}))
	case TaskPassword:
		return ignoreReplaced(p.update(ctx, func(tx Tx) error {
			return errors.Join(finish(tx, t, TaskFailed), tx.DeleteSeeds(t.InstanceID, SeedPassword))
		}))
	case TaskTest:
		return ignoreReplaced(p.update(ctx, func(tx Tx) error {
			left := Task{Kind: TaskCleanup, HypervisorID: t.HypervisorID, RequestedBy: "accrue"}
			return errors.Join(finish(tx, t, TaskFailed), insertTask(tx, left, tx.Now()))
		}))
	default:
		return p.endTask(ctx, t, TaskFailed)
	}
	return ignoreReplaced(p.onAccount(ctx, t.AccountID, func(b *book) error {
		if err := finish(b.tx, t, TaskFailed); err != nil {
			return err
		}
		if t.Kind == TaskSnapshot {
			return b.failSnapshot(t.ImageID, public)
		}
		return b.failCreate(t.InstanceID, public)
	}))
}

// step notes what a task is doing and keeps its lease. It returns ErrReplaced
// when the task is no longer this worker's to run.
func (p *Panel) step(ctx context.Context, t *Task, name string) error {
	if t.Step == name {
		return nil
	}
	t.Step = name
	return p.store.Update(ctx, func(tx Tx) error {
		t.LeaseUntil = tx.Now() + Lease
		return tx.UpdateTask(*t)
	})
}

// Steps returns what a task of a kind goes through, in words for people.
func Steps(kind TaskKind) []string {
	switch kind {
	case TaskCreate:
		return []string{StepImage, StepDisk, StepDefine, StepPower, StepBoot}
	case TaskResize:
		return []string{StepPowerOff, StepDisk, StepDefine, StepPower}
	case TaskRescue:
		return []string{StepImage, StepPowerOff, StepDisk, StepDefine, StepPower}
	case TaskPassword:
		return []string{StepPassword}
	case TaskSnapshot:
		return []string{StepSnapshot}
	case TaskDropSnapshot:
		return []string{StepDrop}
	case TaskRebuild, TaskRestore:
		return []string{StepImage, StepPowerOff, StepDisk, StepDefine, StepPower, StepBoot}
	case TaskTest:
		return []string{StepImage, StepDisk, StepDefine, StepPower, StepBoot, StepLook, StepRemove}
	case TaskImport:
		return []string{StepFetch}
	case TaskDistribute:
		return []string{StepImage}
	case TaskPower, TaskPowerOff, TaskReboot, TaskReset:
		return []string{StepPower}
	case TaskLimits:
		return []string{StepDefine}
	case TaskDelete, TaskCleanup:
		return []string{StepRemove}
	}
	return nil
}

// The steps of tasks.
const (
	StepImage    = "Bringing the image"
	StepFetch    = "Fetching the file"
	StepDisk     = "Preparing the disk"
	StepDefine   = "Defining the machine"
	StepPower    = "Switching the power"
	StepPowerOff = "Shutting down"
	StepBoot     = "Waiting for the guest to come up"
	StepLook     = "Looking at the machine"
	StepPassword = "Setting the password"
	StepSnapshot = "Copying the disk"
	StepDrop     = "Removing the snapshot"
	StepRemove   = "Removing the machine and its disk"
	StepSend     = "Handing over to the mail server"
	StepSettle   = "Posting usage"
)
