package paneltest

import (
	"fmt"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// addSnapshot adds a snapshot of the world's instance.
func (w world) addSnapshot(t *testing.T) panel.Snapshot {
	t.Helper()
	shot := panel.Snapshot{
		Image: panel.Image{Kind: panel.ImageSnapshot, AccountID: w.account, State: panel.ImageReady}, InstanceID: w.instance, HypervisorID: w.hypervisor,
	}
	update(t, w.store, func(tx panel.Tx) error {
		others, err := tx.ListSnapshots(panel.SnapshotFilter{Gone: true})
		if err != nil {
			return err
		}
		shot.UID = fmt.Sprint("shot", len(others))
		shot.ID, err = tx.InsertSnapshot(shot)
		return err
	})
	return shot
}

func snapshotsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	shot := whole(t, panel.Snapshot{
		Image: panel.Image{
			ID: 1, Kind: panel.ImageSnapshot, AccountID: w.account, Family: "none", Version: "1", Arch: "x86_64", Description: "before the update",
			Digest: "abc", Bytes: 2, VirtualGiB: 3, MinDiskGiB: 10, MinMemoryMiB: 512, State: panel.ImageReady, Visible: true,
			Source: "none", Failure: "none", Labels: fleet.Labels{"a": "b"}, CreatedAt: noon,
		},
		UID: "uid", InstanceID: w.instance, HypervisorID: w.hypervisor, PriceID: w.price, Protected: true, DeletedAt: noon + 1,
	})
	shot.ID = add(t, s, panel.Tx.InsertSnapshot, shot)
	read := func(tx panel.Tx) (panel.Snapshot, error) { return tx.Snapshot(shot.ID) }
	same(t, s, shot, read)
	same(t, s, shot.Image, func(tx panel.Tx) (panel.Image, error) { return tx.Image(shot.ID) })
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertSnapshot(shot)
		return err
	})
	absent(t, s, func(tx panel.Tx) (panel.Snapshot, error) { return tx.Snapshot(w.image) })

	other := w.addSnapshot(t)
	list := func(f panel.SnapshotFilter, want ...panel.Snapshot) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Snapshot, error) { return tx.ListSnapshots(f) })
	}
	list(panel.SnapshotFilter{}, shot, other)
	list(panel.SnapshotFilter{AccountID: w.account, InstanceID: w.instance, HypervisorID: w.hypervisor}, shot, other)
	list(panel.SnapshotFilter{AccountID: w.account + 1})
	list(panel.SnapshotFilter{InstanceID: w.instance + 1})
	list(panel.SnapshotFilter{HypervisorID: w.hypervisor + 1})

	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteHypervisor(w.hypervisor) })
	shot.State, shot.HypervisorID, shot.PriceID, shot.Protected, shot.DeletedAt = panel.ImageRetired, 0, 0, false, 0
	update(t, s, func(tx panel.Tx) error { return tx.UpdateSnapshot(shot) })
	same(t, s, shot, read)
	list(panel.SnapshotFilter{}, other)
	list(panel.SnapshotFilter{Gone: true}, shot, other)
	other.ID += 9
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateSnapshot(other) })
}

func snapshotSegments(t *testing.T, s panel.Store) {
	w := build(t, s)
	first, second := w.addSnapshot(t), w.addSnapshot(t)
	of := func(shot panel.Snapshot, from, to billing.Instant) billing.Segment {
		segment := w.segment(from, to)
		segment.Instance, segment.Snapshot, segment.Price = 0, shot.ID, segment.Price.Times(7)
		return segment
	}
	b := w.addSegment(t, w.account, of(second, noon, billing.Never))
	a := w.addSegment(t, w.account, of(first, noon, noon+10))
	a2 := w.addSegment(t, w.account, of(first, noon+10, billing.Never))
	i := w.addSegment(t, w.account, w.segment(noon, billing.Never))
	same(t, s, []billing.Segment{i, a2, b}, w.open(w.account))
	same(t, s, []billing.Segment{i, a, a2, b}, func(tx panel.Tx) ([]billing.Segment, error) {
		return tx.ListSegments(w.account, 0, noon, billing.Never)
	})
	same(t, s, []billing.Segment{i}, func(tx panel.Tx) ([]billing.Segment, error) {
		return tx.ListSegments(w.account, w.instance, noon, billing.Never)
	})
	list := func(shot panel.Snapshot, from, to billing.Instant, want ...billing.Segment) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]billing.Segment, error) { return tx.SnapshotSegments(shot.ID, from, to) })
	}
	list(first, 0, billing.Never, a, a2)
	list(first, noon, noon+10, a)
	list(first, noon+10, noon+11, a2)
	list(second, 0, noon)
	for _, overlapping := range []billing.Segment{of(first, noon+20, billing.Never), of(first, noon-5, noon), of(second, noon+1, noon+2)} {
		fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
			_, err := tx.InsertSegment(w.account, overlapping)
			return err
		})
	}

	var got, want panel.Unsettled
	for _, segment := range []billing.Segment{i, a2, b} {
		if err := want.Count(segment, noon+100); err != nil {
			t.Fatal(err)
		}
	}
	update(t, s, func(tx panel.Tx) error {
		accounts, _, err := tx.AccountsToSettle(noon+100, 0)
		for _, found := range accounts {
			got = panel.Unsettled{Open: found.Open, Accrued: found.Accrued}
		}
		return err
	})
	if got != want {
		t.Errorf("settling in bulk counts %+v, want %+v", got, want)
	}
}
