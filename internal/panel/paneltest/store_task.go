package paneltest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func tasksComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	mail := add(t, s, panel.Tx.InsertMail, panel.Mail{Kind: panel.MailTest})
	k := whole(t, panel.Task{
		ID: 1, Kind: panel.TaskMail, Key: "mail/1", AccountID: w.account, InstanceID: w.instance, HypervisorID: w.hypervisor, MailID: mail, ImageID: w.image,
		Priority: 2, State: panel.TaskWaiting, Step: "send", Attempt: 3, CreatedAt: 4, RunAt: 5, ExpiresAt: billing.Never, StartedAt: 6,
		FinishedAt: 7, LeaseOwner: "w1", LeaseUntil: 8, Fence: 9, RequestedBy: "ida", ErrorCode: "timeout", ErrorPublic: "later", ErrorDetail: "i/o",
	})
	k.ID = add(t, s, panel.Tx.InsertTask, k)
	read := func(tx panel.Tx) (panel.Task, error) { return tx.Task(k.ID) }
	same(t, s, k, read)
	update(t, s, func(tx panel.Tx) error {
		if _, err := tx.InsertTask(k); !is(err, panel.ErrExists) {
			t.Errorf("the same key: got error %v, want %v", err, panel.ErrExists)
		}
		return nil // the transaction goes on
	})
	changed := k
	changed.AccountID, changed.InstanceID, changed.HypervisorID, changed.MailID, changed.ImageID, changed.Priority = 0, 0, 0, 0, 0, 0
	changed.State, changed.Step, changed.Attempt, changed.RunAt, changed.ExpiresAt = panel.TaskFailed, "", 0, 15, 16
	changed.StartedAt, changed.FinishedAt, changed.LeaseOwner, changed.LeaseUntil = 17, 18, "", 0
	changed.RequestedBy, changed.ErrorCode, changed.ErrorPublic, changed.ErrorDetail = "", "", "", ""
	update(t, s, func(tx panel.Tx) error { return tx.UpdateTask(changed) })
	same(t, s, changed, read)
	changed.Fence--
	fails(t, s, panel.ErrReplaced, func(tx panel.Tx) error { return tx.UpdateTask(changed) })

	second := panel.Task{Kind: panel.TaskPower, AccountID: w.account, InstanceID: w.instance, State: panel.TaskQueued}
	second.ID = add(t, s, panel.Tx.InsertTask, second)
	third := second
	third.ID, third.InstanceID, third.State = 0, 0, panel.TaskWaiting
	third.ID = add(t, s, panel.Tx.InsertTask, third)
	for _, test := range []struct {
		filter panel.TaskFilter
		want   []int64
	}{
		{panel.TaskFilter{}, []int64{third.ID, second.ID, k.ID}},
		{panel.TaskFilter{AccountID: w.account}, []int64{third.ID, second.ID}},
		{panel.TaskFilter{InstanceID: w.instance}, []int64{second.ID}},
		{panel.TaskFilter{OpenOnly: true, Limit: 1}, []int64{third.ID}},
		{panel.TaskFilter{State: panel.TaskFailed}, []int64{k.ID}},
		{panel.TaskFilter{Instances: true}, []int64{second.ID}},
		{panel.TaskFilter{Before: third.ID}, []int64{second.ID, k.ID}},
		{panel.TaskFilter{IDs: []int64{k.ID, third.ID, third.ID + 99}}, []int64{third.ID, k.ID}},
		{panel.TaskFilter{IDs: []int64{k.ID, third.ID}, AccountID: w.account}, []int64{third.ID}},
	} {
		same(t, s, test.want, func(tx panel.Tx) (ids []int64, err error) {
			tasks, err := tx.ListTasks(test.filter)
			for _, task := range tasks {
				ids = append(ids, task.ID)
			}
			return ids, err
		})
	}
	same(t, s, map[panel.TaskState]int64{panel.TaskFailed: 1, panel.TaskQueued: 1, panel.TaskWaiting: 1}, panel.Tx.CountTasks)
	absent(t, s, func(tx panel.Tx) (panel.Task, error) { return tx.Task(third.ID + 9) })
}

var claim = panel.Claim{Lane: panel.LaneMachines, Worker: "w1", Now: noon, PerHypervisor: 4}

// claims claims a task and compares it; want 0 is none.
func claims(t *testing.T, s panel.Store, c panel.Claim, want int64) (claimed panel.Task) {
	t.Helper()
	err := s.Update(context.Background(), func(tx panel.Tx) (err error) {
		claimed, err = tx.ClaimTask(c)
		return err
	})
	if want == 0 && !is(err, panel.ErrNotFound) {
		t.Fatalf("claimed task %d, %v, want none", claimed.ID, err)
	}
	if want != 0 && (err != nil || claimed.ID != want) {
		t.Fatalf("claimed task %d, %v, want %d", claimed.ID, err, want)
	}
	return claimed
}

func next(t *testing.T, s panel.Store, want billing.Instant) {
	t.Helper()
	same(t, s, panel.Due{Account: billing.Never, Task: want}, panel.Tx.NextDue)
}

func addTask(t *testing.T, s panel.Store, k panel.Task) int64 {
	t.Helper()
	if k.Kind == "" {
		k.Kind = panel.TaskPower
	}
	if k.State == "" {
		k.State = panel.TaskQueued
	}
	return add(t, s, panel.Tx.InsertTask, k)
}

// finish ends a task as its worker would.
func finish(t *testing.T, s panel.Store, k panel.Task) {
	t.Helper()
	k.State, k.FinishedAt, k.LeaseOwner, k.LeaseUntil = panel.TaskSucceeded, noon, "", 0
	update(t, s, func(tx panel.Tx) error { return tx.UpdateTask(k) })
}

func tasksAreClaimedInOrder(t *testing.T, s panel.Store) {
	next(t, s, billing.Never)
	claims(t, s, claim, 0)
	later := addTask(t, s, panel.Task{RunAt: noon - 1})
	first := addTask(t, s, panel.Task{RunAt: noon - 2})
	urgent := addTask(t, s, panel.Task{RunAt: noon, Priority: 5})
	future := addTask(t, s, panel.Task{RunAt: noon + 1, Priority: 9})
	waiting := addTask(t, s, panel.Task{RunAt: noon, State: panel.TaskWaiting})
	mail := addTask(t, s, panel.Task{Kind: panel.TaskMail})
	addTask(t, s, panel.Task{State: panel.TaskCanceled})

	got := claims(t, s, claim, urgent)
	want := panel.Task{
		ID: urgent, Kind: panel.TaskPower, RunAt: noon, Priority: 5, State: panel.TaskRunning, Attempt: 1, StartedAt: noon,
		LeaseOwner: "w1", LeaseUntil: noon + panel.Lease, Fence: 1,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	same(t, s, want, func(tx panel.Tx) (panel.Task, error) { return tx.Task(urgent) })
	claims(t, s, claim, first)
	claims(t, s, claim, later)
	claims(t, s, claim, waiting)
	claims(t, s, claim, 0)
	next(t, s, 0) // the mail, in its own lane
	claims(t, s, panel.Claim{Lane: panel.LaneMail, Now: noon, Worker: "w2", PerHypervisor: 4}, mail)
	next(t, s, noon+1)
	soon := claim
	soon.Now++
	claims(t, s, soon, future)
	next(t, s, noon+panel.Lease)
}

func tasksOfAnInstance(t *testing.T, s panel.Store) {
	w := build(t, s)
	second := w.addInstance(t, "web2")
	create := addTask(t, s, panel.Task{InstanceID: w.instance, RunAt: noon - 5})
	reboot := addTask(t, s, panel.Task{InstanceID: w.instance, RunAt: noon - 9})
	other := addTask(t, s, panel.Task{InstanceID: second, RunAt: noon})
	running := claims(t, s, claim, create) // the older one, although the other was due before
	remove := addTask(t, s, panel.Task{InstanceID: w.instance, RunAt: noon, Priority: 9})
	claims(t, s, claim, other)
	claims(t, s, claim, 0)
	next(t, s, noon+panel.Lease) // the two that wait have no moment of their own

	const soon = noon + panel.Lease/2
	running.State, running.RunAt = panel.TaskQueued, soon // will be tried again
	update(t, s, func(tx panel.Tx) error { return tx.UpdateTask(running) })
	running = claims(t, s, claim, remove) // a higher priority need not wait for it
	claims(t, s, claim, 0)
	finish(t, s, running)
	claims(t, s, claim, 0)
	next(t, s, soon)
	again := claim
	again.Now = soon
	finish(t, s, claims(t, s, again, create))
	finish(t, s, claims(t, s, again, reboot))
}

func tasksOfAHypervisor(t *testing.T, s panel.Store) {
	w := build(t, s)
	var ids []int64
	for range 3 {
		ids = append(ids, addTask(t, s, panel.Task{HypervisorID: w.hypervisor}))
	}
	elsewhere := addTask(t, s, panel.Task{HypervisorID: w.addHypervisor(t, "hv2", small)})
	two := claim
	two.PerHypervisor = 2
	first := claims(t, s, two, ids[0])
	claims(t, s, two, ids[1])
	claims(t, s, two, elsewhere)
	claims(t, s, two, 0)
	finish(t, s, first)
	claims(t, s, two, ids[2])
	two.Now += panel.Lease // leases that ran out do not count
	claims(t, s, two, ids[1])
}

func leasesRunOut(t *testing.T, s panel.Store) {
	w := build(t, s)
	id := addTask(t, s, panel.Task{InstanceID: w.instance})
	urgent := addTask(t, s, panel.Task{InstanceID: w.instance, Priority: 9, RunAt: noon + 1})
	old := claims(t, s, claim, id)
	renew := func(k panel.Task, until billing.Instant) func(panel.Tx) error {
		return func(tx panel.Tx) error { return tx.RenewLease(k.ID, k.Fence, until) }
	}
	update(t, s, renew(old, noon+panel.Lease))
	late := panel.Claim{Lane: panel.LaneMachines, Worker: "w2", Now: noon + panel.Lease - 1, PerHypervisor: 4}
	claims(t, s, late, 0)
	late.Now++
	taken := claims(t, s, late, id)
	if taken.Fence != old.Fence+1 || taken.Attempt != 2 || taken.StartedAt != noon || taken.LeaseOwner != "w2" {
		t.Errorf("taken over as %+v", taken)
	}
	fails(t, s, panel.ErrReplaced, func(tx panel.Tx) error { return tx.UpdateTask(old) })
	fails(t, s, panel.ErrReplaced, renew(old, late.Now+99))
	update(t, s, renew(taken, late.Now+50))
	taken.LeaseUntil = late.Now + 50
	same(t, s, taken, func(tx panel.Tx) (panel.Task, error) { return tx.Task(id) })
	taken.Step, taken.LeaseUntil = "power", late.Now+99
	update(t, s, func(tx panel.Tx) error { return tx.UpdateTask(taken) })
	same(t, s, taken, func(tx panel.Tx) (panel.Task, error) { return tx.Task(id) })
	finish(t, s, taken)
	fails(t, s, panel.ErrReplaced, renew(taken, late.Now+99)) // it has ended
	claims(t, s, late, urgent)
}

func tasksAreCanceledAndWoken(t *testing.T, s panel.Store) {
	w := build(t, s)
	running := addTask(t, s, panel.Task{InstanceID: w.instance})
	claims(t, s, claim, running)
	queued := panel.Task{Kind: panel.TaskPower, InstanceID: w.instance, State: panel.TaskQueued, Fence: 3, LeaseOwner: "w0", LeaseUntil: 1}
	queued.ID = addTask(t, s, queued)
	kept := addTask(t, s, panel.Task{Kind: panel.TaskDelete, InstanceID: w.instance})
	waiting := addTask(t, s, panel.Task{Kind: panel.TaskReboot, InstanceID: w.instance, State: panel.TaskWaiting})
	cancel := func(kinds ...panel.TaskKind) {
		update(t, s, func(tx panel.Tx) error { return tx.CancelTasks(w.instance, noon, "replaced", kinds...) })
	}
	cancel()
	cancel(panel.TaskPower, panel.TaskReboot)
	state := func(id int64) panel.TaskState {
		var k panel.Task
		update(t, s, func(tx panel.Tx) (err error) {
			k, err = tx.Task(id)
			return err
		})
		return k.State
	}
	for id, want := range map[int64]panel.TaskState{
		running: panel.TaskRunning, queued.ID: panel.TaskCanceled, kept: panel.TaskQueued, waiting: panel.TaskCanceled,
	} {
		if got := state(id); got != want {
			t.Errorf("task %d is %s, want %s", id, got, want)
		}
	}
	fails(t, s, panel.ErrReplaced, func(tx panel.Tx) error { return tx.UpdateTask(queued) })
	same(t, s, [2]any{noon, "replaced"}, func(tx panel.Tx) ([2]any, error) {
		k, err := tx.Task(queued.ID)
		return [2]any{k.FinishedAt, k.ErrorPublic}, err
	})

	patient := addTask(t, s, panel.Task{HypervisorID: w.hypervisor, State: panel.TaskWaiting, RunAt: noon + 500})
	update(t, s, func(tx panel.Tx) error { return tx.WakeTasks(w.hypervisor, noon) })
	claims(t, s, claim, patient)
}

func tasksAreInterrupted(t *testing.T, s panel.Store) {
	w := build(t, s)
	running := addTask(t, s, panel.Task{Kind: panel.TaskReboot, InstanceID: w.instance})
	claims(t, s, claim, running)
	queued := addTask(t, s, panel.Task{Kind: panel.TaskPower, InstanceID: w.instance})
	kept := addTask(t, s, panel.Task{Kind: panel.TaskDelete, InstanceID: w.instance})
	var before panel.Task
	update(t, s, func(tx panel.Tx) (err error) {
		if before, err = tx.Task(running); err != nil {
			return err
		}
		return tx.InterruptTasks(w.instance, noon, "replaced", panel.TaskReboot, panel.TaskPower)
	})
	for id, want := range map[int64]panel.TaskState{running: panel.TaskCanceled, queued: panel.TaskCanceled, kept: panel.TaskQueued} {
		same(t, s, want, func(tx panel.Tx) (panel.TaskState, error) {
			k, err := tx.Task(id)
			return k.State, err
		})
	}
	fails(t, s, panel.ErrReplaced, func(tx panel.Tx) error { return tx.UpdateTask(before) })
	fails(t, s, panel.ErrReplaced, func(tx panel.Tx) error { return tx.RenewLease(running, before.Fence, noon+9) })
	claims(t, s, claim, kept) // nothing of the instance runs any more
}

// Eight workers share two hundred tasks of twenty instances on two hypervisors,
// of which neither takes as many at once as would come.
func eachTaskRunsOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	const tasks, perHypervisor = 200, 2
	hosts := []int64{w.hypervisor, w.addHypervisor(t, "hv2", small)}
	instances := make([]int64, 20)
	for i := range instances {
		instances[i] = w.addInstance(t, fmt.Sprint("vm", i))
	}
	update(t, s, func(tx panel.Tx) error {
		for i := range tasks {
			k := panel.Task{Kind: panel.TaskPower, State: panel.TaskQueued, InstanceID: instances[i%len(instances)], HypervisorID: hosts[i%len(hosts)]}
			if _, err := tx.InsertTask(k); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	runs, instance, hypervisor := map[int64]int{}, map[int64]int64{}, map[int64]int{}
	begin := func(k panel.Task) {
		mu.Lock()
		defer mu.Unlock()
		runs[k.ID]++
		if other, busy := instance[k.InstanceID]; busy {
			t.Errorf("tasks %d and %d of instance %d run at once", other, k.ID, k.InstanceID)
		}
		instance[k.InstanceID] = k.ID
		if hypervisor[k.HypervisorID]++; hypervisor[k.HypervisorID] > perHypervisor {
			t.Errorf("%d tasks of hypervisor %d run at once", hypervisor[k.HypervisorID], k.HypervisorID)
		}
	}
	end := func(k panel.Task) {
		mu.Lock()
		defer mu.Unlock()
		delete(instance, k.InstanceID)
		hypervisor[k.HypervisorID]--
	}
	var group errgroup.Group
	for worker := range 8 {
		group.Go(func() error { return work(s, fmt.Sprint("w", worker), perHypervisor, begin, end) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for id, n := range runs {
		if n != 1 {
			t.Errorf("task %d ran %d times", id, n)
		}
	}
	if len(runs) != tasks {
		t.Errorf("%d tasks ran, want %d", len(runs), tasks)
	}
}

// work runs tasks until none is open.
func work(s panel.Store, worker string, perHypervisor int64, begin, end func(panel.Task)) error {
	for {
		var k panel.Task
		err := s.Update(context.Background(), func(tx panel.Tx) (err error) {
			k, err = tx.ClaimTask(panel.Claim{Lane: panel.LaneMachines, Worker: worker, Now: noon, PerHypervisor: perHypervisor})
			if err == nil {
				time.Sleep(time.Millisecond) // others claim at the same time
			}
			return err
		})
		if is(err, panel.ErrNotFound) {
			var open []panel.Task
			err = s.View(context.Background(), func(tx panel.Tx) (err error) {
				open, err = tx.ListTasks(panel.TaskFilter{OpenOnly: true, Limit: 1})
				return err
			})
			if err != nil || len(open) == 0 {
				return err
			}
			time.Sleep(time.Millisecond) // the others are busy with the rest
			continue
		}
		if err != nil {
			return err
		}
		begin(k)
		time.Sleep(time.Millisecond)
		end(k)
		k.State = panel.TaskSucceeded
		if err := s.Update(context.Background(), func(tx panel.Tx) error { return tx.UpdateTask(k) }); err != nil {
			return err
		}
	}
}
