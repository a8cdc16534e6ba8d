package paneltest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

func readingsAreTaken(t *testing.T, s panel.Store) {
	w := build(t, s)
	other := w.addHypervisor(t, "hv2", fleet.Resources{VCPUs: 1})
	sample := whole(t, panel.Sample{
		UID: "uid-web1", Epoch: "e1", At: 1, CPUNanos: 2, MemoryMiB: 3, DiskRead: 4, DiskWrite: 5, DiskReads: 6, DiskWrites: 7,
		NetIn: 8, NetOut: 9, PacketsIn: 10, PacketsOut: 11,
	})
	reading := func(hypervisor int64, at billing.Instant, samples ...panel.Sample) panel.Reading {
		return panel.Reading{HypervisorID: hypervisor, At: at, Samples: samples}
	}
	second := whole(t, reading(w.hypervisor, noon+30, sample, panel.Sample{UID: "uid-web2"}))
	first := reading(w.hypervisor, noon, sample)
	foreign := reading(other, noon+10, sample)
	for _, r := range []panel.Reading{second, first, foreign} {
		update(t, s, func(tx panel.Tx) error { return tx.InsertReading(r) })
	}
	span := func(hypervisor int64, want ...billing.Instant) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]billing.Instant, error) {
			first, last, err := tx.ReadingSpan(hypervisor)
			return []billing.Instant{first, last}, err
		})
	}
	span(w.hypervisor, noon, noon+30)
	span(other, noon+10, noon+10)
	span(other+1, 0, 0)
	list := func(tx panel.Tx) ([]panel.Reading, error) { return tx.ListReadings(w.hypervisor) }
	same(t, s, []panel.Reading{first, second}, list)
	update(t, s, func(tx panel.Tx) error {
		got, err := tx.TakeReadings(w.hypervisor)
		if diff := gocmp.Diff(got, []panel.Reading{first, second}); diff != "" {
			t.Errorf("- got, + want:\n%s", diff)
		}
		return err
	})
	same(t, s, nil, list)
	same(t, s, []panel.Reading{foreign}, func(tx panel.Tx) ([]panel.Reading, error) { return tx.ListReadings(other) })
	update(t, s, func(tx panel.Tx) error { return tx.DeleteHypervisor(other) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.Reading, error) { return tx.ListReadings(other) })
}

// Each reading is taken by one of those who want it, and none gets lost while
// others are written.
func readingsAreTakenOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	const writers, each, takers = 4, 10, 3
	taken := make(chan panel.Reading, writers*each)
	var writing, taking errgroup.Group
	for n := range writers {
		writing.Go(func() error {
			for i := range each {
				r := panel.Reading{HypervisorID: w.hypervisor, At: noon, Samples: []panel.Sample{{UID: fmt.Sprint(n, "/", i)}}}
				if err := s.Update(t.Context(), func(tx panel.Tx) error { return tx.InsertReading(r) }); err != nil {
					return err
				}
			}
			return nil
		})
	}
	take := func() error {
		var got []panel.Reading
		err := s.Update(t.Context(), func(tx panel.Tx) (err error) {
			got, err = tx.TakeReadings(w.hypervisor)
			return err
		})
		for _, r := range got {
			taken <- r
		}
		return err
	}
	for range takers {
		taking.Go(func() error {
			for range each {
				if err := take(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, err := range []error{writing.Wait(), taking.Wait(), take()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	close(taken)
	seen := map[string]bool{}
	for r := range taken {
		if seen[r.Samples[0].UID] {
			t.Errorf("%s was taken twice", r.Samples[0].UID)
		}
		seen[r.Samples[0].UID] = true
	}
	if len(seen) != writers*each {
		t.Errorf("%d readings were taken, want %d", len(seen), writers*each)
	}
}

func blocksAreKept(t *testing.T, s panel.Store) {
	w := build(t, s)
	second := w.addInstance(t, "web2")
	points := []metric.Point{{At: int64(noon), Values: metric.Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, {At: int64(noon) + 120}}
	block := func(instance int64, r metric.Resolution, start billing.Instant) panel.Block {
		return panel.Block{InstanceID: instance, Resolution: r, Start: start, Points: points}
	}
	a := whole(t, block(w.instance, metric.Minutes, noon))
	b, c, d := block(w.instance, metric.Minutes, noon+3600), block(second, metric.Minutes, noon), block(w.instance, metric.Hours, noon)
	d.Points = points[:1]
	for _, x := range []panel.Block{b, a, c, d} {
		update(t, s, func(tx panel.Tx) error { return tx.SaveBlock(x) })
	}
	a.Points = append(slices.Clone(points), metric.Point{At: int64(noon) + 180})
	update(t, s, func(tx panel.Tx) error { return tx.SaveBlock(a) })
	list := func(instance int64, r metric.Resolution, from, to billing.Instant, want ...panel.Block) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Block, error) { return tx.ListBlocks(instance, r, from, to) })
	}
	list(w.instance, metric.Minutes, noon, noon+3601, a, b)
	list(w.instance, metric.Minutes, noon+1, noon+3600)
	list(w.instance, metric.TenMinutes, 0, billing.Never)
	list(w.instance, metric.Hours, 0, billing.Never, d)
	on := func(hypervisor int64, want ...panel.Block) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Block, error) {
			got, err := tx.BlocksOn(hypervisor, metric.Minutes, noon, noon+1)
			slices.SortFunc(got, func(x, y panel.Block) int { return cmp.Compare(x.InstanceID, y.InstanceID) })
			return got, err
		})
	}
	on(w.hypervisor, a, c)
	on(w.hypervisor + 1)
	deleted := func(want int64, limit int) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error {
			n, err := tx.DeleteBlocks(metric.Minutes, noon+3600, limit)
			if n != want {
				t.Errorf("%d blocks were deleted, want %d", n, want)
			}
			return err
		})
	}
	deleted(1, 1)
	deleted(1, 5)
	deleted(0, 5)
	list(w.instance, metric.Minutes, 0, billing.Never, b)
	list(w.instance, metric.Hours, 0, billing.Never, d)
}
