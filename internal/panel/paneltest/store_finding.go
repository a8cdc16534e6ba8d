package paneltest

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func findingsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	other := w.addHypervisor(t, "hv2", small)
	f := whole(t, panel.Finding{
		ID: 1, Kind: panel.AlarmLost, HypervisorID: w.hypervisor, InstanceID: w.instance, UID: "u1", Detail: "web1 is gone",
		FoundAt: 5, GoneAt: 6, ResolvedAt: 7, ResolvedBy: "root", Note: "n", MailedAt: 8,
	})
	f.ID = add(t, s, panel.Tx.InsertFinding, f)
	same(t, s, f, func(tx panel.Tx) (panel.Finding, error) { return tx.Finding(f.ID) })
	open := panel.Finding{Kind: f.Kind, HypervisorID: f.HypervisorID, UID: f.UID, FoundAt: 8}
	open.ID = add(t, s, panel.Tx.InsertFinding, open) // the one before is over
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertFinding(open)
		return err
	})
	same(t, s, 8, func(tx panel.Tx) (billing.Instant, error) { return tx.FindingsMailedAt() })
	known, elsewhere := open, open
	known.Kind, known.ResolvedAt, elsewhere.HypervisorID = panel.FindOrphan, 9, other
	known.ID = add(t, s, panel.Tx.InsertFinding, known)
	elsewhere.ID = add(t, s, panel.Tx.InsertFinding, elsewhere)
	for _, test := range []struct {
		filter panel.FindingFilter
		want   []panel.Finding
	}{
		{panel.FindingFilter{}, []panel.Finding{elsewhere, known, open, f}},
		{panel.FindingFilter{HypervisorID: w.hypervisor}, []panel.Finding{known, open, f}},
		{panel.FindingFilter{Present: true}, []panel.Finding{elsewhere, known, open}},
		{panel.FindingFilter{Open: true}, []panel.Finding{elsewhere, open}},
		{panel.FindingFilter{Unmailed: true, Open: true}, []panel.Finding{elsewhere, open}},
		{panel.FindingFilter{Before: known.ID, Limit: 1}, []panel.Finding{open}},
	} {
		same(t, s, test.want, func(tx panel.Tx) ([]panel.Finding, error) { return tx.ListFindings(test.filter) })
	}
	update(t, s, func(tx panel.Tx) error { return tx.SetFindingMailed(elsewhere.ID, 12) })
	elsewhere.MailedAt = 12
	same(t, s, elsewhere, func(tx panel.Tx) (panel.Finding, error) { return tx.Finding(elsewhere.ID) })
	same(t, s, 12, func(tx panel.Tx) (billing.Instant, error) { return tx.FindingsMailedAt() })
	same(t, s, []panel.Finding{known, open}, func(tx panel.Tx) ([]panel.Finding, error) {
		return tx.ListFindings(panel.FindingFilter{Unmailed: true})
	})
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.SetFindingMailed(open.ID+99, 12) })
	open.GoneAt, open.ResolvedAt, open.ResolvedBy, open.Note = 10, 11, "ida", "seen"
	update(t, s, func(tx panel.Tx) error { return tx.UpdateFinding(open) })
	same(t, s, open, func(tx panel.Tx) (panel.Finding, error) { return tx.Finding(open.ID) })
	absent(t, s, func(tx panel.Tx) (panel.Finding, error) { return tx.Finding(open.ID + 99) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateFinding(panel.Finding{ID: open.ID + 99}) })
	update(t, s, func(tx panel.Tx) error { return tx.DeleteHypervisor(other) })
	absent(t, s, func(tx panel.Tx) (panel.Finding, error) { return tx.Finding(elsewhere.ID) })
}

func sightingsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	seen := whole(t, panel.Sighting{InstanceID: w.instance, Missed: 2, MissedAt: 5, SeenAt: 4, Restarts: []billing.Instant{1, 2}, GivenUp: true})
	read := func(tx panel.Tx) (panel.Sighting, error) { return tx.Sighting(w.instance) }
	same(t, s, panel.Sighting{InstanceID: w.instance}, read)
	update(t, s, func(tx panel.Tx) error { return tx.SaveSighting(seen) })
	same(t, s, seen, read)
	same(t, s, []panel.Sighting{seen}, func(tx panel.Tx) ([]panel.Sighting, error) { return tx.ListSightings(w.hypervisor) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.Sighting, error) { return tx.ListSightings(w.hypervisor + 1) })
	seen = panel.Sighting{InstanceID: w.instance, Restarts: []billing.Instant{7}}
	update(t, s, func(tx panel.Tx) error { return tx.SaveSighting(seen) })
	same(t, s, seen, read)
	for range 2 {
		update(t, s, func(tx panel.Tx) error { return tx.DeleteSighting(w.instance) })
		same(t, s, panel.Sighting{InstanceID: w.instance}, read)
	}
}

func unmeteredAreFound(t *testing.T, s panel.Store) {
	w := build(t, s)
	billed := w.addInstance(t, "billed")
	pending := w.newInstance("pending")
	pending.Lifecycle = fleet.LifecyclePending
	add(t, s, panel.Tx.InsertInstance, pending)
	segment := billing.Segment{Instance: billed, Price: billing.Price{ID: w.price, Mode: billing.Hourly}, Percent: 100, From: noon, To: billing.Never}
	update(t, s, func(tx panel.Tx) (err error) {
		segment.ID, err = tx.InsertSegment(w.account, segment)
		return err
	})
	check := func(hypervisor int64, want ...int64) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]int64, error) { return tx.Unmetered(hypervisor) })
	}
	check(w.hypervisor, w.instance)
	check(w.hypervisor + 1)
	update(t, s, func(tx panel.Tx) error { return tx.CloseSegment(segment.ID, noon+1) })
	check(w.hypervisor, w.instance, billed)
}
