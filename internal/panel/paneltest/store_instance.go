package paneltest

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func instancesComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	i := whole(t, panel.Instance{
		ID: 1, UID: "0190", AccountID: w.account, Name: "db1", LocationID: w.location, HypervisorID: w.hypervisor, PlanID: w.plan,
		PriceID: w.price, ImageID: w.image, ClientRef: "order-1", Lifecycle: fleet.LifecyclePending, DesiredPower: fleet.PowerOn,
		Observed: fleet.PowerUnknown, ObservedAt: 2, Holds: fleet.Holds(fleet.HoldMaintenance), CreatedAt: 3, FirstPrice: w.price,
		ActivatedAt: 4, DeletedAt: 5, Failure: "no disk", Generation: 3, RescueImage: w.image, Labels: fleet.Labels{"env": "prod"},
		Protection: panel.Protection{Delete: true, Rebuild: true}, RootPassword: "secret",
	})
	i.ID = add(t, s, panel.Tx.InsertInstance, i)
	i.RootPassword = "" // nobody keeps it
	read := func(tx panel.Tx) (panel.Instance, error) { return tx.Instance(i.ID) }
	same(t, s, i, read)

	i.Name, i.Lifecycle, i.DesiredPower, i.Observed, i.ObservedAt = "db2", fleet.LifecycleFailed, fleet.PowerOff, fleet.PowerAbsent, 12
	i.RescueImage, i.Generation, i.Labels, i.Protection = 0, 4, fleet.Labels{"tmp": ""}, panel.Protection{}
	i.HypervisorID, i.Holds, i.FirstPrice, i.ActivatedAt, i.DeletedAt, i.Failure, i.ClientRef = 0, 0, 0, 0, 0, "", ""
	i.PlanID = add(t, s, panel.Tx.InsertPlan, panel.Plan{GroupID: w.group, Name: "s2"})
	i.PriceID = add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: i.PlanID})
	update(t, s, func(tx panel.Tx) error { return tx.UpdateInstance(i) })
	same(t, s, i, read)

	i.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateInstance(i) })
}

func instancesAreToldApart(t *testing.T, s panel.Store) {
	w := build(t, s)
	refuse := func(i panel.Instance) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error {
			if _, err := tx.InsertInstance(i); !is(err, panel.ErrExists) {
				t.Errorf("got error %v, want %v", err, panel.ErrExists)
			}
			return nil // the transaction goes on
		})
	}
	sameName := w.newInstance("web1")
	sameName.UID = "another"
	refuse(sameName)
	sameUID := w.newInstance("web2")
	sameUID.UID = "uid-web1"
	refuse(sameUID)

	first := w.newInstance("web3")
	first.ClientRef = "ref"
	add(t, s, panel.Tx.InsertInstance, first)
	sameRef := w.newInstance("web4")
	sameRef.ClientRef = "ref"
	refuse(sameRef)
	elsewhere := sameRef
	elsewhere.AccountID = w.addAccount(t, "other")
	add(t, s, panel.Tx.InsertInstance, elsewhere)

	update(t, s, func(tx panel.Tx) error {
		gone, err := tx.Instance(w.instance)
		if err != nil {
			return err
		}
		gone.Lifecycle = fleet.LifecycleDeleting
		return tx.UpdateInstance(gone)
	})
	again := add(t, s, panel.Tx.InsertInstance, sameName) // the name is free again
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		renamed, err := tx.Instance(again)
		if err != nil {
			return err
		}
		renamed.Name = "web3"
		return tx.UpdateInstance(renamed)
	})
}

func instancesAreSelected(t *testing.T, s panel.Store) {
	selector := func(text string) fleet.Selector {
		parsed, err := fleet.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	w := build(t, s)
	gone := w.newInstance("gone")
	gone.Lifecycle, gone.HypervisorID, gone.ClientRef, gone.Labels = fleet.LifecycleDeleted, 0, "ref", fleet.Labels{"env": "prod"}
	gone.DeletedAt = noon
	second := add(t, s, panel.Tx.InsertInstance, gone)
	foreign := w.newInstance("web1")
	foreign.UID, foreign.AccountID, foreign.Labels = "foreign", w.addAccount(t, "other"), fleet.Labels{"env": "prod"}
	third := add(t, s, panel.Tx.InsertInstance, foreign)
	for _, test := range []struct {
		filter panel.InstanceFilter
		want   []int64
	}{
		{panel.InstanceFilter{}, []int64{w.instance, second, third}},
		{panel.InstanceFilter{AccountID: w.account}, []int64{w.instance, second}},
		{panel.InstanceFilter{AccountID: w.account, LiveOnly: true}, []int64{w.instance}},
		{panel.InstanceFilter{HypervisorID: w.hypervisor}, []int64{w.instance, third}},
		{panel.InstanceFilter{PlanID: w.plan, Limit: 2}, []int64{w.instance, second}},
		{panel.InstanceFilter{PlanID: w.plan + 9}, nil},
		{panel.InstanceFilter{Name: "web1", After: w.instance}, []int64{third}},
		{panel.InstanceFilter{AccountID: w.account, ClientRef: "ref"}, []int64{second}},
		{panel.InstanceFilter{Labels: selector("env=prod")}, []int64{second, third}},
		{panel.InstanceFilter{Labels: selector("env=prod"), Limit: 1}, []int64{second}},
		{panel.InstanceFilter{Labels: selector("!env"), Limit: 9}, []int64{w.instance}},
	} {
		same(t, s, test.want, func(tx panel.Tx) (ids []int64, err error) {
			instances, err := tx.ListInstances(test.filter)
			for _, i := range instances {
				ids = append(ids, i.ID)
			}
			return ids, err
		})
	}
	same(t, s, []panel.InstanceName{
		{ID: w.instance, Name: "web1", LocationID: gone.LocationID, Lifecycle: fleet.LifecycleActive},
		{ID: second, Name: "gone", LocationID: gone.LocationID, Lifecycle: fleet.LifecycleDeleted, DeletedAt: gone.DeletedAt},
	}, func(tx panel.Tx) ([]panel.InstanceName, error) { return tx.InstanceNames(w.account) })
	same(t, s, map[fleet.Lifecycle]int64{fleet.LifecycleActive: 2, fleet.LifecycleDeleted: 1}, panel.Tx.CountInstances)
	same(t, s, 1, func(tx panel.Tx) (int64, error) { return tx.CountLive(w.account) }) // one is gone
}

func observationsChangeNothingElse(t *testing.T, s panel.Store) {
	w := build(t, s)
	want := w.newInstance("web1")
	want.ID, want.Observed, want.ObservedAt = w.instance, fleet.PowerCrashed, noon
	update(t, s, func(tx panel.Tx) error { return tx.SetObserved(w.instance, fleet.PowerCrashed, noon) })
	same(t, s, want, func(tx panel.Tx) (panel.Instance, error) { return tx.Instance(w.instance) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.SetObserved(w.instance+9, fleet.PowerOn, noon) })
}

func locationsComeBack(t *testing.T, s panel.Store) {
	l := whole(t, panel.Location{
		ID: 1, Slug: "ams-1", Name: "Amsterdam 1", City: "Amsterdam", Country: "nl", Visible: true, Position: 7, LastHypervisor: 9,
	})
	l.ID = add(t, s, panel.Tx.InsertLocation, l)
	first := panel.Location{Slug: "ber-1", Position: 3}
	first.ID = add(t, s, panel.Tx.InsertLocation, first)
	read := func(tx panel.Tx) (panel.Location, error) { return tx.Location(l.ID) }
	same(t, s, l, read)
	same(t, s, []panel.Location{first, l}, panel.Tx.ListLocations)

	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertLocation(panel.Location{Slug: "ber-1"})
		return err
	})
	l.Slug = "ber-1"
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.UpdateLocation(l) })
	l = panel.Location{ID: l.ID, Slug: "ams-2", Name: "Amsterdam 2", LastHypervisor: 10}
	update(t, s, func(tx panel.Tx) error {
		if _, err := tx.LockLocation(l.ID); err != nil {
			return err
		}
		return tx.UpdateLocation(l)
	})
	same(t, s, l, read)

	remove := func(tx panel.Tx) error { return tx.DeleteLocation(l.ID) }
	update(t, s, remove)
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, remove)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateLocation(l) })
}

func hypervisorsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	h := whole(t, panel.Hypervisor{
		Hypervisor: fleet.Hypervisor{
			ID: 1, Name: "hv2", Capacity: fleet.Resources{VCPUs: 2, MemoryMiB: 3000, DiskGiB: 40, GPUs: 5}, CPURatio: 1500,
			Tags: []string{"nvme", "gpu:a100"}, Enabled: true, Online: true, Used: fleet.Resources{VCPUs: 1, MemoryMiB: 1, DiskGiB: 1, GPUs: 1}, Instances: 1,
			Taken: fleet.Resources{VCPUs: 2, MemoryMiB: 50, DiskGiB: 6, GPUs: 1},
		},
		LocationID: w.location, Position: -6, Driver: "libvirt", Endpoint: "ssh://a@hv2/run/s", HostKey: "SHA256:x", KeyFile: "/etc/key",
		Network: "br0", Storage: "fast", Accel: panel.AccelKVM, HostUID: "4c4c", Heartbeat: panel.Heartbeat{SeenAt: 7, Error: "no route"},
		Stock: panel.Stock{At: 6, Foreign: 3, Facts: panel.Facts{
			UID: "4c4c", BootID: "b1", Version: "9.0.0", Arch: "x86_64", Accel: "kvm", FreeDisk: 30, Networks: []string{"br0"},
			Capacity: fleet.Resources{VCPUs: 2, MemoryMiB: 3000, DiskGiB: 40, GPUs: 5},
		}},
		Trial: panel.Trial{TaskID: 3, At: 2, Image: "Debian 12", Checks: []panel.Check{{Name: panel.TrialMake, State: panel.CheckPassed, Detail: "a", Fix: "b"}}},
	})
	h.ID = add(t, s, panel.Tx.InsertHypervisor, h)
	h.Used, h.Instances = fleet.Resources{}, 0 // only allocations use anything
	reserve(t, s, w.instance, h.ID, fleet.Resources{VCPUs: 1, MemoryMiB: 2, DiskGiB: 3, GPUs: 4})
	h.Used, h.Instances = fleet.Resources{VCPUs: 1, MemoryMiB: 2, DiskGiB: 3, GPUs: 4}, 1
	read := func(tx panel.Tx) (panel.Hypervisor, error) { return tx.Hypervisor(h.ID) }
	same(t, s, h, read)

	fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
		_, err := tx.InsertHypervisor(h)
		return err
	})
	changed := h
	changed.Name, changed.Capacity, changed.CPURatio, changed.Tags = "hv3", fleet.Resources{VCPUs: 9, MemoryMiB: 9, DiskGiB: 9, GPUs: 9}, 1000, nil
	changed.Enabled, changed.Position, changed.Driver, changed.Endpoint = false, 1, "sim", ""
	changed.HostKey, changed.KeyFile, changed.Network, changed.Storage, changed.Accel = "", "", "", "", panel.AccelAuto
	written := changed
	changed.Online, changed.Used, changed.Taken, changed.Heartbeat = false, fleet.Resources{}, fleet.Resources{}, panel.Heartbeat{} // are not written
	changed.HostUID, changed.Stock, changed.Trial = "", panel.Stock{}, panel.Trial{}
	update(t, s, func(tx panel.Tx) error { return tx.UpdateHypervisor(changed) })
	same(t, s, written, read)
	written.Online, written.Heartbeat = false, panel.Heartbeat{SeenAt: 8}
	update(t, s, func(tx panel.Tx) error { return tx.SetHeartbeat(h.ID, false, written.Heartbeat) })
	same(t, s, written, read)
	written.HostUID, written.Taken, written.Stock = "5d5d", fleet.Resources{VCPUs: 1}, panel.Stock{At: 9}
	changed.HostUID, changed.Taken, changed.Stock = written.HostUID, written.Taken, written.Stock
	update(t, s, func(tx panel.Tx) error { return tx.SetStock(changed) })
	same(t, s, written, read)
	written.Trial = panel.Trial{TaskID: 9, At: 8, Image: "Debian 13", Checks: []panel.Check{{Name: panel.TrialBoot, State: panel.CheckFailed, Detail: "no", Fix: "so"}}}
	update(t, s, func(tx panel.Tx) error { return tx.SetTrial(h.ID, written.Trial) })
	same(t, s, written, read)

	same(t, s, []int64{w.hypervisor, h.ID}, func(tx panel.Tx) (ids []int64, err error) {
		hosts, err := tx.ListHypervisors(w.location)
		for _, host := range hosts {
			ids = append(ids, host.ID)
		}
		return ids, err
	})
	same(t, s, nil, func(tx panel.Tx) ([]panel.Hypervisor, error) { return tx.ListHypervisors(w.location + 9) })
	h.ID += 99
	absent(t, s, read)
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.UpdateHypervisor(h) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.SetHeartbeat(h.ID, true, panel.Heartbeat{}) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.SetStock(h) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.SetTrial(h.ID, panel.Trial{}) })
}

func whatHasInstancesStays(t *testing.T, s panel.Store) {
	w := build(t, s)
	remove := func(tx panel.Tx) error { return tx.DeleteHypervisor(w.hypervisor) }
	fails(t, s, panel.ErrInUse, remove)
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteLocation(w.location) })
	task := add(t, s, panel.Tx.InsertTask, panel.Task{Kind: panel.TaskDelete, InstanceID: w.instance, HypervisorID: w.hypervisor, State: panel.TaskSucceeded, ExpiresAt: billing.Never})
	update(t, s, func(tx panel.Tx) error {
		gone, err := tx.Instance(w.instance)
		gone.Lifecycle = fleet.LifecycleDeleted
		if err != nil {
			return err
		}
		return tx.UpdateInstance(gone)
	})
	update(t, s, remove) // what is deleted for good does not keep it, and nor does what was done
	absent(t, s, func(tx panel.Tx) (panel.Hypervisor, error) { return tx.Hypervisor(w.hypervisor) })
	same(t, s, 0, func(tx panel.Tx) (int64, error) {
		k, err := tx.Task(task)
		return k.HypervisorID, err
	})
	fails(t, s, panel.ErrNotFound, remove)
	fails(t, s, panel.ErrInUse, func(tx panel.Tx) error { return tx.DeleteLocation(w.location) })
}
