package panel

import (
	"context"
	"errors"

	"accrue/internal/fleet"
)

// shelf is a snapshot with the driver of the hypervisor that it is on.
type shelf struct {
	snapshot Snapshot
	instance Instance
	driver   Driver
}

func (p *Panel) shelf(ctx context.Context, t *Task) (found shelf, err error) {
	var host Hypervisor
	err = p.view(ctx, func(tx Tx) (err error) {
		if found.snapshot, err = tx.Snapshot(t.ImageID); err != nil {
			return err
		}
		if found.instance, err = tx.Instance(t.InstanceID); err != nil {
			return err
		}
		host, err = tx.Hypervisor(t.HypervisorID)
		return err
	})
	if err != nil {
		return found, err
	}
	found.driver, err = p.drivers.Driver(host)
	return found, err
}

// performSnapshot has a hypervisor keep a machine's disk. The snapshot is there,
// and costs something, from the transaction on that ends the task.
func (p *Panel) performSnapshot(ctx context.Context, t *Task) error {
	found, err := p.shelf(ctx, t)
	if err != nil {
		return err
	}
	if !found.instance.Live() || found.instance.Holds.Has(fleet.HoldLost) {
		return p.giveUp(ctx, t, string(MachineMissing), "The instance was gone before its snapshot was taken. You were not charged.", nil)
	}
	keeper, ok := found.driver.(Snapshotter)
	if !ok {
		return &DriverError{Kind: InvalidSpec, Operation: "take snapshot", Err: errors.New("this hypervisor keeps no snapshots")}
	}
	if err := p.step(ctx, t, StepSnapshot); err != nil {
		return err
	}
	bytes, err := keeper.EnsureSnapshot(ctx, found.instance.UID, found.snapshot.UID)
	if err != nil {
		return err
	}
	return ignoreReplaced(p.onAccount(ctx, t.AccountID, func(b *book) error {
		if err := finish(b.tx, t, TaskSucceeded); err != nil {
			return err
		}
		s, err := b.tx.Snapshot(t.ImageID)
		if err != nil || s.State != ImageCreating {
			return err
		}
		s.State, s.Bytes = ImageReady, bytes
		if err := b.meterSnapshot(&s); err != nil {
			return err
		}
		if err := b.tx.UpdateSnapshot(s); err != nil {
			return err
		}
		return b.snapshotEvent(EventSnapshotTaken, s, t.RequestedBy)
	}))
}

// failSnapshot says of a snapshot that it could not be taken. What may have been
// left of it goes when its owner deletes it.
func (b *book) failSnapshot(id int64, why string) error {
	s, err := b.tx.Snapshot(id)
	if err != nil || s.State != ImageCreating {
		return err
	}
	s.State, s.Failure = ImageFailed, why
	if err := b.tx.UpdateSnapshot(s); err != nil {
		return err
	}
	return b.snapshotEvent(EventSnapshotFailed, s, "accrue")
}

// performDropSnapshot removes a snapshot from its hypervisor. It never expires.
func (p *Panel) performDropSnapshot(ctx context.Context, t *Task) error {
	found, err := p.shelf(ctx, t)
	if err != nil {
		return err
	}
	if err := p.step(ctx, t, StepDrop); err != nil {
		return err
	}
	if keeper, ok := found.driver.(Snapshotter); ok {
		if err := keeper.EnsureNoSnapshot(ctx, found.snapshot.UID); err != nil {
			return err
		}
	}
	return ignoreReplaced(p.update(ctx, func(tx Tx) error {
		if err := finish(tx, t, TaskSucceeded); err != nil {
			return err
		}
		s, err := tx.Snapshot(t.ImageID)
		if err != nil {
			return err
		}
		s.State, s.HypervisorID = ImageRetired, 0
		return tx.UpdateSnapshot(s)
	}))
}

// snapshotEvent tells of a snapshot in the feed of its instance.
func (b *book) snapshotEvent(kind string, s Snapshot, actor string) error {
	i, err := b.tx.Instance(s.InstanceID)
	if err != nil {
		return err
	}
	return b.event(Event{Kind: kind, InstanceID: i.ID, Name: i.Name, Detail: s.Name(), Actor: actor})
}
