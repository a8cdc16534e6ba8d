package store

import "accrue/internal/panel"

const snapshotColumns = `uid, instance_id, hypervisor_id, price_id, protected, deleted_at`

func (t *tx) InsertSnapshot(s panel.Snapshot) (int64, error) {
	id, err := t.InsertImage(s.Image)
	if err != nil {
		return 0, err
	}
	return t.insert(`
		INSERT INTO snapshots (image_id, uid, instance_id, hypervisor_id, price_id, protected, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING image_id`,
		id, s.UID, s.InstanceID, ref(s.HypervisorID), ref(int64(s.PriceID)), s.Protected, s.DeletedAt)
}

func (t *tx) UpdateSnapshot(s panel.Snapshot) error {
	if err := t.UpdateImage(s.Image); err != nil {
		return err
	}
	return t.must(`UPDATE snapshots SET hypervisor_id = $2, price_id = $3, protected = $4, deleted_at = $5 WHERE image_id = $1`,
		s.ID, ref(s.HypervisorID), ref(int64(s.PriceID)), s.Protected, s.DeletedAt)
}

func (t *tx) Snapshot(id int64) (panel.Snapshot, error) {
	found, err := t.snapshots(` WHERE image_id = $1`, id)
	if err == nil && len(found) == 0 {
		return panel.Snapshot{}, panel.ErrNotFound
	}
	if err != nil {
		return panel.Snapshot{}, err
	}
	return found[0], nil
}

func (t *tx) ListSnapshots(l panel.SnapshotFilter) ([]panel.Snapshot, error) {
	var f filter
	when(&f, `account_id = $`, l.AccountID)
	when(&f, `instance_id = $`, l.InstanceID)
	when(&f, `hypervisor_id = $`, l.HypervisorID)
	if !l.Gone {
		f.is(`state <> 'retired'`)
	}
	return t.snapshots(f.where(), f.args...)
}

func (t *tx) snapshots(where string, args ...any) ([]panel.Snapshot, error) {
	return many(t, func(r row) (s panel.Snapshot, err error) {
		i := &s.Image
		err = r.Scan(&i.ID, &i.Kind, (*ref)(&i.AccountID), &i.Family, &i.Version, &i.Arch, &i.Description, &i.Digest, &i.Bytes,
			&i.VirtualGiB, &i.MinDiskGiB, &i.MinMemoryMiB, &i.State, &i.Visible, &i.Source, &i.Failure, document{&i.Labels}, &i.CreatedAt,
			&s.UID, &s.InstanceID, (*ref)(&s.HypervisorID), (*ref)(&s.PriceID), &s.Protected, &s.DeletedAt)
		return s, err
	}, `SELECT `+imageColumns+`, `+snapshotColumns+` FROM images JOIN snapshots ON image_id = id`+where+` ORDER BY id`, args...)
}
