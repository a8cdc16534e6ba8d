package sim

import (
	"context"
	"errors"
	"time"

	"accrue/internal/panel"
)

var _ panel.Snapshotter = (*driver)(nil)

// Snapshot is a disk as it was at an instant.
type Snapshot struct {
	Disk
	Machine string // the UID of what it was taken of
	Bytes   int64
}

// EnsureSnapshot keeps the machine's disk as it is. Two fifths of a simulated
// disk are written to.
func (d *driver) EnsureSnapshot(ctx context.Context, uid, snapshot string) (int64, error) {
	const operation = "take snapshot"
	p, err := d.world.shelf.find(d.id, uid)
	if err != nil {
		return 0, d.named(operation, err)
	}
	takes := func(kept Placed) time.Duration {
		if kept.Snapshot != nil {
			return 0
		}
		return d.draw(d.world.profile.Disk, operation, snapshot)
	}
	var bytes int64
	err = d.change(ctx, operation, snapshot, takes, func(kept *Placed) error {
		if kept.Snapshot == nil {
			if !p.Defined || p.disk().GiB == 0 {
				return missing("there is no such machine with a disk")
			}
			kept.Snapshot = &Snapshot{p.disk(), uid, p.disk().GiB << 30 * 2 / 5}
		}
		bytes = kept.Snapshot.Bytes
		return nil
	})
	return bytes, err
}

// EnsureNoSnapshot removes a snapshot. Disks that were made from it stay.
func (d *driver) EnsureNoSnapshot(ctx context.Context, snapshot string) error {
	const operation = "remove snapshot"
	takes := func(kept Placed) time.Duration {
		if kept.Snapshot == nil {
			return 0
		}
		return d.draw(d.world.profile.Remove, operation, snapshot)
	}
	return d.change(ctx, operation, snapshot, takes, func(kept *Placed) error {
		kept.Snapshot = nil
		return nil
	})
}

// sourceOf returns an error if what a disk is to be made from is a snapshot that
// is not here.
func (d *driver) sourceOf(image panel.ImageFile) error {
	if image.Snapshot == "" {
		return nil
	}
	p, err := d.world.shelf.find(d.id, image.Snapshot)
	if err == nil && p.Snapshot == nil {
		err = refusal(panel.InvalidSpec, errors.New("there is no such snapshot"))
	}
	return err
}
