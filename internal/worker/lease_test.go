package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/worker"
)

// stuck makes both hypervisors hang and orders an instance.
func (p *provider) stuck() panel.Instance {
	p.t.Helper()
	who := p.customer("ida", 100*billing.Credit)
	for _, host := range p.hosts {
		p.must(p.world.SetFault(host.ID, panel.FaultHang, true))
	}
	return p.order(who, "web-1")
}

// creation is the task that creates an instance.
func (p *provider) creation(instance int64) panel.Task {
	p.t.Helper()
	tasks, err := p.Tasks(p.t.Context(), admin, panel.TaskFilter{InstanceID: instance})
	p.must(err)
	if len(tasks) != 1 || tasks[0].Kind != panel.TaskCreate {
		p.t.Fatalf("got tasks %+v, want one that creates", tasks)
	}
	return tasks[0]
}

// A task that takes longer than its lease stays with the worker that has it,
// while another one waits for its turn.
func TestTaskThatTakesLongStays(t *testing.T) {
	bubble(t, with{slow: true}, func(t *testing.T, p *provider) {
		i := p.stuck()
		other := *p
		other.worker = worker.New(panel.New(p.store, p.world, nil, nil), slog.New(slog.DiscardHandler), worker.Options{})
		end, endOther := p.work(), other.work()
		synctest.Wait()
		first := p.creation(i.ID)
		for range 7 {
			time.Sleep(3 * time.Second)
			synctest.Wait()
			now := p.creation(i.ID)
			if now.State != panel.TaskRunning || now.Attempt != 1 || now.LeaseOwner != first.LeaseOwner {
				t.Fatalf("it is %s at try %d with %s, want that it stays with %s", now.State, now.Attempt, now.LeaseOwner, first.LeaseOwner)
			}
		}
		if now := p.creation(i.ID); now.LeaseUntil < first.LeaseUntil+billing.Instant(8) {
			t.Errorf("its lease goes until %s, as it did until %s", now.LeaseUntil, first.LeaseUntil)
		}
		p.must(end())
		p.must(endOther())
	})
}

// What a worker had that is gone is taken over as soon as its lease is.
func TestTaskOfADeadWorkerIsTakenOver(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		i := p.order(who, "web-1")
		var claimed panel.Task
		p.must(p.store.Update(t.Context(), func(tx panel.Tx) (err error) {
			claimed, err = tx.ClaimTask(panel.Claim{Lane: panel.LaneMachines, Worker: "dead", Now: tx.Now(), PerHypervisor: 4})
			return err
		}))
		end := p.work()
		until(claimed.LeaseUntil, -time.Millisecond)
		if now := p.creation(i.ID); now.LeaseOwner != "dead" {
			t.Errorf("it was taken over before its time, by %s", now.LeaseOwner)
		}
		until(claimed.LeaseUntil, time.Millisecond)
		if got := p.view(who, i.ID).Lifecycle; got != fleet.LifecycleActive {
			t.Errorf("%d seconds after the claim the instance is %s", panel.Lease, got)
		}
		p.must(end())
		p.verify()
	})
}

// A worker that lost the database gives up what it does before another one may
// begin it.
func TestWorkerLetsGoBeforeItsLeaseEnds(t *testing.T) {
	var lost atomic.Bool
	wrap := func(s panel.Store) panel.Store { return unreliable{s, &lost} }
	bubble(t, with{slow: true, wrap: wrap}, func(t *testing.T, p *provider) {
		i := p.stuck()
		began := time.Now()
		time.AfterFunc(5*time.Second, func() { lost.Store(true) }) // after one sign of life
		if err := p.RunTask(t.Context(), panel.Claim{Lane: panel.LaneMachines, Worker: "test", PerHypervisor: 4}); err != nil {
			t.Errorf("got error %v, want that it was let go", err)
		}
		if took := time.Since(began); took != 14*time.Second {
			t.Errorf("it was let go after %s, want 10 seconds after the sign of life at 4", took)
		}
		lost.Store(false)
		now, err := p.Now(t.Context())
		p.must(err)
		if k := p.creation(i.ID); k.State != panel.TaskRunning || k.LeaseUntil <= now {
			t.Errorf("it is %s until %s, want that it is running and another's at %s at the earliest", k.State, k.LeaseUntil, now+1)
		}
	})
}

// unreliable is a store that can be lost.
type unreliable struct {
	panel.Store
	lost *atomic.Bool
}

func (u unreliable) Update(ctx context.Context, write func(panel.Tx) error) error {
	if u.lost.Load() {
		return errors.New("the database is gone")
	}
	return u.Store.Update(ctx, write)
}
