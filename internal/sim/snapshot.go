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

// EnsureSnapshot keeps the machine's disk as it is.
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
			kept.Snapshot = &Snapshot{p.disk(), uid, d.world.written(p.disk().GiB)}
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

// sourceOf returns an error if what a machine's disk is to be made from is not
// here. A disk that is there does not need it any more.
func (d *driver) sourceOf(m panel.Machine) error {
	made, err := d.world.shelf.find(d.id, m.UID)
	if _, there := made.Disks[m.Generation]; err != nil || there {
		return err
	}
	if m.Image.Snapshot != "" {
		p, err := d.world.shelf.find(d.id, m.Image.Snapshot)
		if err == nil && p.Snapshot == nil {
			err = refusal(panel.InvalidSpec, errors.New("there is no such snapshot"))
		}
		return err
	}
	if m.Image.Digest != "" {
		p, err := d.world.shelf.find(d.id, fileOf(m.Image))
		if err == nil && !p.File {
			err = refusal(panel.InvalidSpec, errors.New("the file of its image is not here"))
		}
		return err
	}
	return nil
}
