package panel

import (
	"context"
	"fmt"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// silence is how long a hypervisor may not answer before nothing is placed on it.
const silence billing.Instant = 30

// Watch looks at a hypervisor: whether it answers, and what its machines do. A
// machine whose power is not what its instance wants gets a task. What is not
// known is not off: a hypervisor that does not answer changes no instance.
func (p *Panel) Watch(ctx context.Context, id int64) error {
	var host Hypervisor
	err := p.view(ctx, func(tx Tx) (err error) {
		host, err = tx.Hypervisor(id)
		return err
	})
	if err != nil {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := driver.Probe(ctx); err != nil {
		return p.silent(context.WithoutCancel(ctx), host, err)
	}
	inventory, err := driver.Inventory(ctx)
	if err != nil {
		return p.silent(context.WithoutCancel(ctx), host, err)
	}
	return p.answered(ctx, host, inventory.Machines)
}

// silent notes that a hypervisor did not answer.
func (p *Panel) silent(ctx context.Context, host Hypervisor, cause error) error {
	return p.store.Update(ctx, func(tx Tx) error {
		beat := Heartbeat{SeenAt: host.Heartbeat.SeenAt, Error: cause.Error()}
		online := host.Online && tx.Now()-beat.SeenAt <= silence
		return tx.SetHeartbeat(host.ID, online, beat)
	})
}

// answered notes that a hypervisor is there and compares its machines with what
// their instances want.
func (p *Panel) answered(ctx context.Context, host Hypervisor, machines []Machine) error {
	seen := make(map[string]fleet.Power, len(machines))
	for _, m := range machines {
		seen[m.UID] = m.Power
	}
	var present []Instance
	err := p.store.Update(ctx, func(tx Tx) error {
		now := tx.Now()
		if err := tx.SetHeartbeat(host.ID, true, Heartbeat{SeenAt: now}); err != nil {
			return err
		}
		if err := tx.WakeTasks(host.ID, now); err != nil {
			return err
		}
		instances, err := tx.ListInstances(InstanceFilter{HypervisorID: host.ID, LiveOnly: true})
		if err != nil {
			return err
		}
		for _, i := range instances {
			power, there := seen[i.UID]
			if !there {
				power = fleet.PowerAbsent
			}
			if i.Lifecycle != fleet.LifecycleActive {
				continue
			}
			if power != i.Observed {
				if err := tx.SetObserved(i.ID, power, now); err != nil {
					return err
				}
			}
			i.Observed = power
			present = append(present, i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range present {
		if err := p.correct(ctx, i); err != nil {
			return fmt.Errorf("instance %d: %w", i.ID, err)
		}
	}
	return nil
}

// correct orders power for an instance that is not what it should be and that
// nothing is being done about.
func (p *Panel) correct(ctx context.Context, i Instance) error {
	var wrong bool
	err := p.view(ctx, func(tx Tx) error {
		account, err := tx.Account(i.AccountID)
		if err != nil {
			return err
		}
		tasks, err := tx.ListTasks(TaskFilter{InstanceID: i.ID, OpenOnly: true, Limit: 1})
		wrong = len(tasks) == 0 && astray(i, account.Holds)
		return err
	})
	if err != nil || !wrong {
		return err
	}
	return p.onAccount(ctx, i.AccountID, func(b *book) error {
		now, err := b.tx.Instance(i.ID)
		if err != nil || !astray(now, b.account.Holds) {
			return err
		}
		return b.orderPower(now)
	})
}

// astray says whether a machine is on or off against its instance's wish. One
// that is absent or unknown is a matter for people, never for a power switch.
func astray(i Instance, holds fleet.Holds) bool {
	want := i.Facts(holds, "", false).WantOn()
	switch i.Observed {
	case fleet.PowerOn, fleet.PowerPaused:
		return !want
	case fleet.PowerOff, fleet.PowerCrashed:
		return want
	}
	return false
}

// HypervisorIDs returns which hypervisors there are to watch.
func (p *Panel) HypervisorIDs(ctx context.Context) (ids []int64, err error) {
	err = p.view(ctx, func(tx Tx) error {
		hosts, err := tx.ListHypervisors(0)
		for _, h := range hosts {
			ids = append(ids, h.ID)
		}
		return err
	})
	return ids, err
}

// Beat notes that a worker is alive.
func (p *Panel) Beat(ctx context.Context, b Beat) error {
	return p.store.Update(ctx, func(tx Tx) error {
		b.SeenAt = tx.Now()
		if err := tx.DeleteRequests(b.SeenAt - RequestsKept); err != nil {
			return err
		}
		return tx.SaveBeat(b)
	})
}

// Agenda is what waits for a worker, and until when.
type Agenda struct {
	Now     billing.Instant
	Account billing.Instant // when the next account is due, or Never
	Task    billing.Instant // when the next task is, or Never
	Settle  billing.Instant // the last full interval: everything is to be settled until here
	Again   billing.Instant // the next full interval
}

// Agenda returns what waits for a worker.
func (p *Panel) Agenda(ctx context.Context) (a Agenda, err error) {
	err = p.view(ctx, func(tx Tx) error {
		settings, err := tx.Settings()
		if err != nil {
			return err
		}
		a.Now = tx.Now()
		a.Settle = a.Now.Floor(settings.SettlementInterval.Seconds())
		a.Again = a.Settle + settings.SettlementInterval.Seconds()
		if a.Account, err = tx.NextDue(); err != nil {
			return err
		}
		a.Task, err = tx.NextTask()
		return err
	})
	return a, err
}
