package panel

import (
	"context"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// TestMachineUID is that of the machine with which a hypervisor is tried.
const TestMachineUID = "acc20e00-7e57-4000-8000-000000000001"

// Trial is what has come so far of trying a hypervisor with a machine: the last
// one's, for as long as there is no other.
type Trial struct {
	TaskID int64
	At     billing.Instant // when something was last found out
	Image  string          // what the machine starts from; empty: nothing, so that only its firmware runs
	Checks []Check         // in the order of the steps
}

// The checks of a trial.
const (
	TrialMake   CheckName = "make"
	TrialBoot   CheckName = "boot"
	TrialSeen   CheckName = "seen"
	TrialScreen CheckName = "screen"
	TrialRemove CheckName = "remove"
)

// trialExpiry is how long a trial may take, with the way of its image.
const trialExpiry = billing.Hour

// TestHypervisor orders a trial: a machine is made on the hypervisor, switched
// on, looked at, and removed. It is no instance, nobody pays for it, and no look
// at the hypervisor takes it for one. It starts from the smallest image that has
// a file.
func (p *Panel) TestHypervisor(ctx context.Context, who identity.Who, id int64) (t Task, err error) {
	err = p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		host, err := tx.Hypervisor(id)
		if err != nil {
			return err
		}
		if err := untried(tx, host); err != nil {
			return err
		}
		image, err := smallestImage(tx, host)
		if err != nil {
			return err
		}
		t = Task{
			Kind: TaskTest, State: TaskQueued, HypervisorID: id, ImageID: image.ID,
			CreatedAt: tx.Now(), RunAt: tx.Now(), ExpiresAt: tx.Now() + trialExpiry, RequestedBy: who.Actor(),
		}
		if t.ID, err = tx.InsertTask(t); err != nil {
			return err
		}
		trial := Trial{TaskID: t.ID, At: tx.Now()}
		if image.ID != 0 {
			trial.Image = image.Name()
		}
		if err := tx.SetTrial(id, trial); err != nil {
			return err
		}
		return audit(tx, who, "hypervisor.test", fmt.Sprintf("hypervisor:%d", id), host.Name)
	})
	return t, err
}

// untried refuses a second trial beside one that runs, or over what one has left.
func untried(tx Tx, host Hypervisor) error {
	for _, kind := range []TaskKind{TaskTest, TaskCleanup} {
		tasks, err := tx.ListTasks(TaskFilter{Kind: kind, OpenOnly: true})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			switch {
			case t.HypervisorID != host.ID || t.InstanceID != 0:
			case kind == TaskTest:
				return refuse(CodeConflict, "A test of %s is running.", host.Name)
			default:
				return refuse(CodeConflict, "What the last test has left on %s is still to be removed.", host.Name)
			}
		}
	}
	return nil
}

// smallestImage returns the provider's image with the smallest file, or none. A
// simulated hypervisor needs none.
func smallestImage(tx Tx, host Hypervisor) (smallest Image, err error) {
	if host.Driver == "sim" {
		return smallest, nil
	}
	images, err := tx.ListImages(ImageFilter{Kind: ImageSystem})
	for _, i := range images {
		if i.State == ImageReady && i.Digest != "" && (smallest.ID == 0 || i.Bytes < smallest.Bytes) {
			smallest = i
		}
	}
	return smallest, err
}

// HypervisorTest returns the hypervisor's last trial and its task, or ErrNotFound
// if it was never tried.
func (p *Panel) HypervisorTest(ctx context.Context, who identity.Who, id int64) (trial Trial, t Task, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		host, err := tx.Hypervisor(id)
		if err != nil {
			return err
		}
		if trial = host.Trial; trial.TaskID == 0 {
			return ErrNotFound
		}
		t, err = tx.Task(trial.TaskID)
		return err
	})
	return trial, t, err
}
