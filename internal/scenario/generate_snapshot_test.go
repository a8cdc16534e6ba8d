package scenario_test

import "fmt"

// perGiB draws what a GiB of a snapshot costs.
func (d *draft) perGiB(apply string) *paperPrice {
	p := &paperPrice{Apply: apply}
	p.Hourly, p.Monthly = d.price()
	return p
}

// shoot draws a snapshot of an instance, often one that begins or ends a GiB.
func (d *draft) shoot(a *account, s *server) *paperSnapshot {
	taken := &paperSnapshot{Name: fmt.Sprintf("shot%d", len(a.shots)+1), Instance: s.name}
	if disk := s.plan.Disk << 30; d.chance(80, "sized") {
		taken.Bytes = new(one(d, "bytes", 1<<30, 1<<30+1, 1, 3<<30-1, disk-1, disk, d.number(1, disk, "any bytes")))
	}
	return taken
}

// drop draws a snapshot to be deleted; nil if there is none.
func (d *draft) drop() *paperEvent {
	var all []paperEvent
	for _, a := range d.oracle.accounts {
		for _, shot := range a.shots {
			if shot.deleted == 0 {
				all = append(all, paperEvent{User: a.name, SnapshotDelete: &paperName{shot.name}})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &all[d.below(len(all), "snapshot")]
}
