package scenario

import (
	"context"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// priceSnapshots sets what a GiB of a snapshot costs at the scenario's start.
func (r *run) priceSnapshots(ctx context.Context) error {
	in := r.scenario.Snapshots
	if in == nil {
		return nil
	}
	return r.changePrice(ctx, price{Snapshots: true, Hourly: in.Hourly, Monthly: in.Monthly})
}

// takeSnapshot orders a snapshot. The worker's next step takes it. A user's
// snapshots have different names, so that events can tell them apart.
func (r *run) takeSnapshot(ctx context.Context, who identity.Who, in snapshotCreate) error {
	id, err := r.instance(ctx, who, in.Instance)
	if err != nil {
		return err
	}
	twice, err := r.snapshot(ctx, who, in.Name)
	if err != nil {
		return err
	}
	if twice != 0 {
		return fmt.Errorf("name: user has a snapshot %q already", in.Name)
	}
	made, err := r.panel.CreateSnapshot(ctx, who, id, panel.NewSnapshot{Name: in.Name})
	if err != nil {
		return err
	}
	most := made.VirtualGiB * billing.GiB
	r.bytes = most
	set(&r.bytes, in.Bytes)
	if r.bytes < 1 || r.bytes > most {
		return fmt.Errorf("bytes: must be between 1 and %d, the size of the disk of %s", most, in.Instance)
	}
	return nil
}

func (r *run) deleteSnapshot(ctx context.Context, who identity.Who, name string) error {
	id, err := r.snapshot(ctx, who, name)
	if err != nil {
		return err
	}
	if id == 0 {
		return fmt.Errorf("user has no snapshot %q at this time", name)
	}
	_, err = r.panel.DeleteSnapshot(ctx, who, id)
	return err
}

// snapshot finds a user's snapshot by its name, and is 0 if there is none.
func (r *run) snapshot(ctx context.Context, who identity.Who, name string) (int64, error) {
	views, err := r.panel.Snapshots(ctx, who, panel.SnapshotFilter{AccountID: who.AccountID})
	for _, v := range views {
		if v.Name() == name {
			return v.ID, nil
		}
	}
	return 0, err
}
