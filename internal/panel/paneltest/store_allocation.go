package paneltest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func tryReserve(s panel.Store, instance, hypervisor int64, size fleet.Resources) error {
	return s.Update(context.Background(), func(tx panel.Tx) error {
		h, err := tx.Hypervisor(hypervisor)
		if err != nil {
			return err
		}
		return tx.InsertAllocation(panel.Allocation{InstanceID: instance, HypervisorID: hypervisor, Size: size}, h.Hypervisor)
	})
}

func reserve(t *testing.T, s panel.Store, instance, hypervisor int64, size fleet.Resources) {
	t.Helper()
	if err := tryReserve(s, instance, hypervisor, size); err != nil {
		t.Fatal(err)
	}
}

func used(t *testing.T, s panel.Store, hypervisor int64, want fleet.Resources, instances int64) {
	t.Helper()
	type use struct {
		fleet.Resources
		Instances int64
	}
	same(t, s, use{want, instances}, func(tx panel.Tx) (use, error) {
		h, err := tx.Hypervisor(hypervisor)
		return use{h.Used, h.Instances}, err
	})
}

func roomIsReserved(t *testing.T, s panel.Store) {
	w := build(t, s)
	full := fleet.Resources{VCPUs: 4, MemoryMiB: 1000, DiskGiB: 100, GPUs: 2}
	host := w.addHypervisor(t, "hv2", full) // sixteen vCPUs may be promised
	a := whole(t, panel.Allocation{InstanceID: w.instance, HypervisorID: host, Size: fleet.Resources{VCPUs: 4, MemoryMiB: 600, DiskGiB: 50, GPUs: 1}})
	reserve(t, s, a.InstanceID, host, a.Size)
	same(t, s, a, func(tx panel.Tx) (panel.Allocation, error) { return tx.Allocation(w.instance) })
	used(t, s, host, a.Size, 1)

	second := w.addInstance(t, "web2")
	for _, tooMuch := range []fleet.Resources{{VCPUs: 5}, {MemoryMiB: 401}, {DiskGiB: 51}, {GPUs: 2}} {
		if err := tryReserve(s, second, host, tooMuch); !is(err, panel.ErrNoRoom) {
			t.Errorf("%+v: got error %v, want %v", tooMuch, err, panel.ErrNoRoom)
		}
	}
	used(t, s, host, a.Size, 1)
	reserve(t, s, second, host, fleet.Resources{VCPUs: 4, MemoryMiB: 400, DiskGiB: 50, GPUs: 1})
	b := panel.Allocation{InstanceID: second, HypervisorID: host, Size: fleet.Resources{VCPUs: 4, MemoryMiB: 400, DiskGiB: 50, GPUs: 1}}
	used(t, s, host, fleet.Resources{VCPUs: 8, MemoryMiB: 1000, DiskGiB: 100, GPUs: 2}, 2)
	same(t, s, []panel.Allocation{a, b}, func(tx panel.Tx) ([]panel.Allocation, error) { return tx.AllocationsOf(w.account) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.Allocation, error) { return tx.AllocationsOf(w.account + 1) })
	if err := tryReserve(s, second, w.hypervisor, small); !is(err, panel.ErrExists) {
		t.Errorf("second allocation: got error %v, want %v", err, panel.ErrExists)
	}
	used(t, s, w.hypervisor, fleet.Resources{}, 0)
	same(t, s, []panel.Allocation{a, b}, func(tx panel.Tx) ([]panel.Allocation, error) { return tx.ListAllocations(host) })
	same(t, s, []panel.Allocation{a, b}, func(tx panel.Tx) ([]panel.Allocation, error) { return tx.ListAllocations(0) })
	same(t, s, nil, func(tx panel.Tx) ([]panel.Allocation, error) { return tx.ListAllocations(w.hypervisor) })

	others := func(taken fleet.Resources) {
		update(t, s, func(tx panel.Tx) error {
			return tx.SetStock(panel.Hypervisor{Hypervisor: fleet.Hypervisor{ID: host, Taken: taken}})
		})
	}
	others(fleet.Resources{VCPUs: 3, MemoryMiB: 1, DiskGiB: 1, GPUs: 1})
	update(t, s, func(tx panel.Tx) error { return tx.DeleteAllocation(second) })
	for _, tooMuch := range []fleet.Resources{{MemoryMiB: 400}, {DiskGiB: 50}, {GPUs: 1}} {
		if err := tryReserve(s, second, host, tooMuch); !is(err, panel.ErrNoRoom) {
			t.Errorf("%+v beside what others take: got error %v, want %v", tooMuch, err, panel.ErrNoRoom)
		}
	}
	others(fleet.Resources{})
	reserve(t, s, second, host, b.Size)

	for range 2 { // freeing twice frees once
		update(t, s, func(tx panel.Tx) error { return tx.DeleteAllocation(second) })
		used(t, s, host, a.Size, 1)
	}
	absent(t, s, func(tx panel.Tx) (panel.Allocation, error) { return tx.Allocation(second) })
	for name, online := range map[string]bool{"disabled": true, "offline": false} {
		update(t, s, func(tx panel.Tx) error {
			h, err := tx.Hypervisor(host)
			if err != nil {
				return err
			}
			h.Enabled = !online
			if err := tx.UpdateHypervisor(h); err != nil {
				return err
			}
			return tx.SetHeartbeat(host, online, panel.Heartbeat{})
		})
		if err := tryReserve(s, second, host, small); !is(err, panel.ErrNoRoom) {
			t.Errorf("%s: got error %v, want %v", name, err, panel.ErrNoRoom)
		}
	}
}

func sizesAreExchanged(t *testing.T, s panel.Store) {
	w := build(t, s)
	host := w.addHypervisor(t, "hv2", fleet.Resources{VCPUs: 4, MemoryMiB: 1000, DiskGiB: 100})
	reserve(t, s, w.instance, host, fleet.Resources{VCPUs: 2, MemoryMiB: 600, DiskGiB: 50})
	move := func(size fleet.Resources) error {
		return s.Update(context.Background(), func(tx panel.Tx) error {
			h, err := tx.Hypervisor(host)
			if err != nil {
				return err
			}
			return tx.MoveAllocation(w.instance, size, h.Hypervisor)
		})
	}
	enable := func(enabled bool) {
		update(t, s, func(tx panel.Tx) error {
			h, err := tx.Hypervisor(host)
			h.Enabled = enabled
			if err != nil {
				return err
			}
			return tx.UpdateHypervisor(h)
		})
	}
	for _, test := range []struct {
		name    string
		enabled bool
		size    fleet.Resources
		want    error
	}{
		{"growing into all there is", true, fleet.Resources{VCPUs: 4, MemoryMiB: 1000, DiskGiB: 100}, nil},
		{"more vCPUs than the machine has", true, fleet.Resources{VCPUs: 5, MemoryMiB: 1000, DiskGiB: 100}, panel.ErrNoRoom},
		{"more memory than there is", true, fleet.Resources{VCPUs: 1, MemoryMiB: 1001, DiskGiB: 100}, panel.ErrNoRoom},
		{"keeping on a disabled one", false, fleet.Resources{VCPUs: 4, MemoryMiB: 1000, DiskGiB: 100}, nil},
		{"shrinking on a disabled one", false, fleet.Resources{VCPUs: 1, MemoryMiB: 500, DiskGiB: 100}, nil},
		{"growing in one amount on a disabled one", false, fleet.Resources{VCPUs: 2, MemoryMiB: 1, DiskGiB: 1}, panel.ErrNoRoom},
		{"growing in one and shrinking in another", true, fleet.Resources{VCPUs: 2, MemoryMiB: 1, DiskGiB: 1}, nil},
	} {
		enable(test.enabled)
		if err := move(test.size); !is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", test.name, err, test.want)
		}
		if test.want == nil {
			used(t, s, host, test.size, 1)
		}
	}
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error {
		return tx.MoveAllocation(w.instance+9, small, fleet.Hypervisor{ID: host})
	})
}

func simultaneousReservations(t *testing.T, s panel.Store) {
	w := build(t, s)
	const orders, room = 200, 80
	host := w.addHypervisor(t, "hv2", fleet.Resources{VCPUs: 64, MemoryMiB: room * 1024, DiskGiB: 100_000})
	instances := make([]int64, orders)
	update(t, s, func(tx panel.Tx) (err error) {
		for i := range instances {
			if instances[i], err = tx.InsertInstance(w.newInstance(fmt.Sprint("vm", i))); err != nil {
				return err
			}
		}
		return nil
	})
	var placed, refused atomic.Int64
	var group errgroup.Group
	for _, instance := range instances {
		group.Go(func() error {
			err := tryReserve(s, instance, host, small)
			switch {
			case err == nil:
				placed.Add(1)
			case is(err, panel.ErrNoRoom):
				refused.Add(1)
			default:
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if placed.Load() != room || refused.Load() != orders-room {
		t.Errorf("placed %d and refused %d, want %d and %d", placed.Load(), refused.Load(), room, orders-room)
	}
	used(t, s, host, fleet.Resources{VCPUs: room, MemoryMiB: room * 1024, DiskGiB: room * 25}, room)
}

// churn reserves and frees at random, often twice, and compares what is used
// with the sum of the allocations.
func churn(t *testing.T, s panel.Store) {
	w := build(t, s)
	var group errgroup.Group
	for worker := range 8 {
		instance := w.addInstance(t, fmt.Sprint("vm", worker))
		random := rand.New(rand.NewPCG(uint64(worker), 1))
		group.Go(func() error {
			for range 40 {
				size := fleet.Resources{VCPUs: 1 + random.Int64N(8), MemoryMiB: random.Int64N(100), DiskGiB: random.Int64N(9), GPUs: random.Int64N(2)}
				if err := tryReserve(s, instance, w.hypervisor, size); err != nil && !is(err, panel.ErrNoRoom) && !is(err, panel.ErrExists) {
					return err
				}
				for range random.IntN(3) {
					if err := s.Update(context.Background(), func(tx panel.Tx) error { return tx.DeleteAllocation(instance) }); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	var sum fleet.Resources
	var n int64
	update(t, s, func(tx panel.Tx) error {
		allocations, err := tx.ListAllocations(w.hypervisor)
		for _, a := range allocations {
			sum, n = sum.Add(a.Size), n+1
		}
		return err
	})
	used(t, s, w.hypervisor, sum, n)
}
