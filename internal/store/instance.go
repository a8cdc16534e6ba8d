package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

const instanceColumns = `id, uid, account_id, name, location_id, hypervisor_id, plan_id, price_id, image_id, client_ref,
	lifecycle, desired_power, observed, observed_at, holds, created_at, first_price_id, activated_at, deleted_at, failure,
	labels, protect_delete, protect_rebuild, generation, rescue_image_id`

func scanInstance(r row) (i panel.Instance, err error) {
	err = r.Scan(&i.ID, &i.UID, &i.AccountID, &i.Name, &i.LocationID, (*ref)(&i.HypervisorID), &i.PlanID, &i.PriceID, (*ref)(&i.ImageID), &i.ClientRef,
		&i.Lifecycle, &i.DesiredPower, &i.Observed, &i.ObservedAt, &i.Holds, &i.CreatedAt, (*ref)(&i.FirstPrice), &i.ActivatedAt, &i.DeletedAt, &i.Failure,
		document{&i.Labels}, &i.Protection.Delete, &i.Protection.Rebuild, &i.Generation, (*ref)(&i.RescueImage))
	return i, err
}

func (t *tx) InsertInstance(i panel.Instance) (int64, error) {
	return t.insert(`
		INSERT INTO instances (uid, account_id, name, location_id, hypervisor_id, plan_id, price_id, image_id, client_ref,
			lifecycle, desired_power, observed, observed_at, holds, created_at, first_price_id, activated_at, deleted_at, failure,
			labels, protect_delete, protect_rebuild, generation, rescue_image_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
		ON CONFLICT DO NOTHING RETURNING id`,
		i.UID, i.AccountID, i.Name, i.LocationID, ref(i.HypervisorID), i.PlanID, i.PriceID, ref(i.ImageID), i.ClientRef,
		i.Lifecycle, i.DesiredPower, i.Observed, i.ObservedAt, i.Holds, i.CreatedAt, ref(i.FirstPrice), i.ActivatedAt, i.DeletedAt, i.Failure,
		document{i.Labels}, i.Protection.Delete, i.Protection.Rebuild, i.Generation, ref(i.RescueImage))
}

func (t *tx) Instance(id int64) (panel.Instance, error) {
	return one(t, scanInstance, `SELECT `+instanceColumns+` FROM instances WHERE id = $1`, id)
}

// UpdateInstance writes everything but what an instance is born with.
func (t *tx) UpdateInstance(i panel.Instance) error {
	return t.must(`
		UPDATE instances SET name = $2, location_id = $3, hypervisor_id = $4, plan_id = $5, price_id = $6, image_id = $7,
			client_ref = $8, lifecycle = $9, desired_power = $10, observed = $11, observed_at = $12, holds = $13,
			first_price_id = $14, activated_at = $15, deleted_at = $16, failure = $17,
			labels = $18, protect_delete = $19, protect_rebuild = $20, generation = $21, rescue_image_id = $22
		WHERE id = $1`,
		i.ID, i.Name, i.LocationID, ref(i.HypervisorID), i.PlanID, i.PriceID, ref(i.ImageID),
		i.ClientRef, i.Lifecycle, i.DesiredPower, i.Observed, i.ObservedAt, i.Holds,
		ref(i.FirstPrice), i.ActivatedAt, i.DeletedAt, i.Failure,
		document{i.Labels}, i.Protection.Delete, i.Protection.Rebuild, i.Generation, ref(i.RescueImage))
}

func (t *tx) ListInstances(l panel.InstanceFilter) ([]panel.Instance, error) {
	var f filter
	when(&f, `account_id = $`, l.AccountID)
	when(&f, `hypervisor_id = $`, l.HypervisorID)
	when(&f, `plan_id = $`, l.PlanID)
	when(&f, `name = $`, l.Name)
	when(&f, `uid = $`, l.UID)
	when(&f, `client_ref = $`, l.ClientRef)
	when(&f, `id > $`, l.After)
	if l.LiveOnly {
		f.is(`lifecycle NOT IN ('deleting', 'deleted')`)
	}
	list := func(limit string) ([]panel.Instance, error) {
		return many(t, scanInstance, `SELECT `+instanceColumns+` FROM instances`+f.where()+` ORDER BY id`+limit, f.args...)
	}
	if l.Labels.Empty() {
		return list(f.limit(l.Limit))
	}
	all, err := list("")
	selected := slices.DeleteFunc(all, func(i panel.Instance) bool { return !l.Labels.Matches(i.Labels) })
	if l.Limit > 0 && len(selected) > l.Limit {
		selected = selected[:l.Limit]
	}
	return selected, err
}

func (t *tx) InstanceNames(account int64) ([]panel.InstanceName, error) {
	return many(t, func(r row) (i panel.InstanceName, err error) {
		err = r.Scan(&i.ID, &i.Name, &i.LocationID, &i.Lifecycle, &i.DeletedAt)
		return i, err
	}, `SELECT id, name, location_id, lifecycle, deleted_at FROM instances WHERE account_id = $1 ORDER BY id`, account)
}

func (t *tx) SetObserved(instance int64, power fleet.Power, at billing.Instant) error {
	return t.must(`UPDATE instances SET observed = $2, observed_at = $3 WHERE id = $1`, instance, power, at)
}

func (t *tx) CountLive(account int64) (int64, error) {
	return one(t, scanInt, `SELECT COUNT(*) FROM instances WHERE account_id = $1 AND lifecycle NOT IN ('deleting', 'deleted')`, account)
}

func (t *tx) CountInstances() (map[fleet.Lifecycle]int64, error) {
	return count[fleet.Lifecycle](t, `SELECT lifecycle, COUNT(*) FROM instances GROUP BY lifecycle`)
}

// count returns how many there are of each.
func count[K comparable](t *tx, query string, args ...any) (map[K]int64, error) {
	counts := make(map[K]int64)
	_, err := many(t, func(r row) (key K, err error) {
		var n int64
		err = r.Scan(&key, &n)
		counts[key] = n
		return key, err
	}, query, args...)
	return counts, err
}

const allocationColumns = `instance_id, allocations.hypervisor_id, vcpus, memory_mib, disk_gib, gpus`

func scanAllocation(r row) (a panel.Allocation, err error) {
	err = r.Scan(&a.InstanceID, &a.HypervisorID, &a.Size.VCPUs, &a.Size.MemoryMiB, &a.Size.DiskGiB, &a.Size.GPUs)
	return a, err
}

func (t *tx) Allocation(instance int64) (panel.Allocation, error) {
	return one(t, scanAllocation, `SELECT `+allocationColumns+` FROM allocations WHERE instance_id = $1`, instance)
}

func (t *tx) ListAllocations(hypervisor int64) ([]panel.Allocation, error) {
	var f filter
	when(&f, `hypervisor_id = $`, hypervisor)
	return many(t, scanAllocation, `SELECT `+allocationColumns+` FROM allocations`+f.where()+` ORDER BY instance_id`, f.args...)
}

func (t *tx) AllocationsOf(account int64) (found []panel.Allocation, err error) {
	err = t.store.engine.bulk(t, allocationColumns, `
		FROM allocations JOIN instances i ON i.id = instance_id WHERE i.account_id = $1`, []any{account}, func(row []int64) {
		size := fleet.Resources{VCPUs: row[2], MemoryMiB: row[3], DiskGiB: row[4], GPUs: row[5]}
		found = append(found, panel.Allocation{InstanceID: row[0], HypervisorID: row[1], Size: size})
	})
	slices.SortFunc(found, func(a, b panel.Allocation) int { return cmp.Compare(a.InstanceID, b.InstanceID) })
	return found, err
}

func (t *tx) InsertAllocation(a panel.Allocation, on fleet.Hypervisor) error {
	if a.HypervisorID != on.ID {
		return t.fail(fmt.Errorf("allocation on hypervisor %d, not %d: %w", a.HypervisorID, on.ID, panel.ErrInUse))
	}
	if err := t.reserve(on.ID, fleet.Resources{}, a.Size, 1); err != nil {
		return err
	}
	_, err := t.insert(`
		INSERT INTO allocations (instance_id, hypervisor_id, vcpus, memory_mib, disk_gib, gpus)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING RETURNING instance_id`,
		a.InstanceID, a.HypervisorID, a.Size.VCPUs, a.Size.MemoryMiB, a.Size.DiskGiB, a.Size.GPUs)
	if errors.Is(err, panel.ErrExists) {
		return t.fail(err) // the room is reserved already, and must be given back
	}
	return err
}

// MoveAllocation lets a size shrink or stay on every hypervisor; what grows must
// find room on one that takes instances.
func (t *tx) MoveAllocation(instance int64, to fleet.Resources, on fleet.Hypervisor) error {
	old, err := one(t, scanAllocation, `
		SELECT `+allocationColumns+` FROM allocations WHERE instance_id = $1 AND hypervisor_id = $2 /*pg: FOR NO KEY UPDATE */`,
		instance, on.ID)
	if err != nil {
		return err
	}
	if err := t.reserve(on.ID, old.Size, to, 0); err != nil {
		return err
	}
	return t.must(`UPDATE allocations SET vcpus = $2, memory_mib = $3, disk_gib = $4, gpus = $5 WHERE instance_id = $1`,
		instance, to.VCPUs, to.MemoryMiB, to.DiskGiB, to.GPUs)
}

// reserve exchanges one size for another on a hypervisor if what grows fits, in
// the sense of fleet.Hypervisor.RoomInPlace. The update is the reservation:
// whoever comes second finds the room taken.
func (t *tx) reserve(hypervisor int64, old, size fleet.Resources, instances int64) error {
	more := size.Sub(old)
	grows := !more.Fits(fleet.Resources{})
	rows, err := t.exec(`
		UPDATE hypervisors SET used_vcpus = used_vcpus + $2, used_memory_mib = used_memory_mib + $3,
			used_disk_gib = used_disk_gib + $4, used_gpus = used_gpus + $5, instances = instances + $6
		WHERE id = $1
			AND (NOT CAST($7 AS BOOLEAN) OR (enabled AND online))
			AND ($2 <= 0 OR (used_vcpus + taken_vcpus + $2 <= vcpus * cpu_ratio / 1000 AND $8 <= vcpus))
			AND ($3 <= 0 OR used_memory_mib + taken_memory_mib + $3 <= memory_mib)
			AND ($4 <= 0 OR used_disk_gib + taken_disk_gib + $4 <= disk_gib)
			AND ($5 <= 0 OR used_gpus + taken_gpus + $5 <= gpus)`,
		hypervisor, more.VCPUs, more.MemoryMiB, more.DiskGiB, more.GPUs, instances, grows, size.VCPUs)
	if err == nil && rows == 0 {
		return panel.ErrNoRoom
	}
	return err
}

func (t *tx) DeleteAllocation(instance int64) error {
	freed, err := one(t, scanAllocation, `DELETE FROM allocations WHERE instance_id = $1 RETURNING `+allocationColumns, instance)
	if errors.Is(err, panel.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.must(`
		UPDATE hypervisors SET used_vcpus = used_vcpus - $2, used_memory_mib = used_memory_mib - $3,
			used_disk_gib = used_disk_gib - $4, used_gpus = used_gpus - $5, instances = instances - 1
		WHERE id = $1`,
		freed.HypervisorID, freed.Size.VCPUs, freed.Size.MemoryMiB, freed.Size.DiskGiB, freed.Size.GPUs)
}
