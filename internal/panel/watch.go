package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/billing"
)

// How long, in seconds, a hypervisor may be silent before nothing is placed on
// it, what it has stays unlooked at, and a sign of life is one still.
const (
	silence    billing.Instant = 30
	stockEvery billing.Instant = 30
	fresh      billing.Instant = 5
)

// watchBound is how long one look at a hypervisor may take.
const watchBound = 10 * time.Second

// Heartbeat asks a hypervisor for a sign of life, and takes a complete look at it
// when the last one is old or what it says of itself has changed. What another
// process has just done is not done again.
func (p *Panel) Heartbeat(ctx context.Context, id int64) error {
	host, now, err := p.hostNow(ctx, id)
	switch {
	case err != nil:
		return err
	case !host.Online || now-host.Stock.At > stockEvery-fresh:
		return p.Watch(ctx, id)
	case now-host.Heartbeat.SeenAt < fresh:
		return nil
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return p.silent(ctx, host, err)
	}
	bounded, cancel := context.WithTimeout(ctx, watchBound)
	defer cancel()
	facts, err := driver.Probe(bounded)
	if err != nil {
		return p.silent(ctx, host, err)
	}
	if facts.UID != host.Stock.Facts.UID || facts.BootID != host.Stock.Facts.BootID {
		return p.Watch(ctx, id)
	}
	return p.store.Update(ctx, func(tx Tx) error { return sawAlive(tx, host.ID) })
}

// Watch takes a complete look at a hypervisor and acts on what differs from what
// the instances want. Changes are what a Watcher has said since the last look.
// What is not known is not off: a hypervisor that does not answer, or not
// completely, changes no instance.
func (p *Panel) Watch(ctx context.Context, id int64, changes ...Change) error {
	host, began, err := p.hostNow(ctx, id)
	if err != nil {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return p.silent(ctx, host, err)
	}
	bounded, cancel := context.WithTimeout(ctx, watchBound)
	defer cancel()
	facts, err := driver.Probe(bounded)
	if err != nil {
		return p.silent(ctx, host, err)
	}
	inventory, err := driver.Inventory(bounded)
	if err != nil {
		return p.silent(ctx, host, err)
	}
	var seen []sight
	err = p.store.Update(ctx, func(tx Tx) (err error) {
		s := scan{tx: tx, began: began, facts: facts, inventory: inventory, changes: changes}
		seen, err = s.compare(id)
		return err
	})
	if err != nil {
		return err
	}
	return p.remedy(ctx, seen)
}

func (p *Panel) hostNow(ctx context.Context, id int64) (host Hypervisor, now billing.Instant, err error) {
	err = p.view(ctx, func(tx Tx) error {
		host, err = tx.Hypervisor(id)
		now = tx.Now()
		return err
	})
	return host, now, err
}

// silent notes that a hypervisor did not answer.
func (p *Panel) silent(ctx context.Context, host Hypervisor, cause error) error {
	return p.store.Update(context.WithoutCancel(ctx), func(tx Tx) error {
		beat := Heartbeat{SeenAt: host.Heartbeat.SeenAt, Error: cause.Error()}
		online := host.Online && tx.Now()-beat.SeenAt <= silence
		if host.Online && !online {
			detail := fmt.Sprintf("%s has not answered for more than %d seconds: %v", host.Name, silence, cause)
			f := Finding{Kind: AlarmUnreachable, HypervisorID: host.ID, Detail: detail, FoundAt: tx.Now()}
			if _, err := tx.InsertFinding(f); err != nil && !errors.Is(err, ErrExists) {
				return err
			}
		}
		return tx.SetHeartbeat(host.ID, online, beat)
	})
}

// sawAlive notes that a hypervisor answers; what waited for it goes on.
func sawAlive(tx Tx, id int64) error {
	if err := tx.SetHeartbeat(id, true, Heartbeat{SeenAt: tx.Now()}); err != nil {
		return err
	}
	return tx.WakeTasks(id, tx.Now())
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
