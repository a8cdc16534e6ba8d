package store

import "accrue/internal/panel"

const imageColumns = `id, kind, account_id, family, version, arch, description, digest, bytes, virtual_gib, min_disk_gib,
	min_memory_mib, state, visible, source, failure, labels, created_at`

func scanImage(r row) (i panel.Image, err error) {
	err = r.Scan(&i.ID, &i.Kind, (*ref)(&i.AccountID), &i.Family, &i.Version, &i.Arch, &i.Description, &i.Digest, &i.Bytes,
		&i.VirtualGiB, &i.MinDiskGiB, &i.MinMemoryMiB, &i.State, &i.Visible, &i.Source, &i.Failure, document{&i.Labels}, &i.CreatedAt)
	return i, err
}

func (t *tx) InsertImage(i panel.Image) (int64, error) {
	return t.insert(`
		INSERT INTO images (kind, account_id, family, version, arch, description, digest, bytes, virtual_gib, min_disk_gib,
			min_memory_mib, state, visible, source, failure, labels, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT DO NOTHING RETURNING id`,
		i.Kind, ref(i.AccountID), i.Family, i.Version, i.Arch, i.Description, i.Digest, i.Bytes, i.VirtualGiB, i.MinDiskGiB,
		i.MinMemoryMiB, i.State, i.Visible, i.Source, i.Failure, document{i.Labels}, i.CreatedAt)
}

func (t *tx) UpdateImage(i panel.Image) error {
	return t.must(`
		UPDATE images SET family = $2, version = $3, arch = $4, description = $5, digest = $6, bytes = $7, virtual_gib = $8,
			min_disk_gib = $9, min_memory_mib = $10, state = $11, visible = $12, source = $13, failure = $14, labels = $15
		WHERE id = $1`,
		i.ID, i.Family, i.Version, i.Arch, i.Description, i.Digest, i.Bytes, i.VirtualGiB,
		i.MinDiskGiB, i.MinMemoryMiB, i.State, i.Visible, i.Source, i.Failure, document{i.Labels})
}

func (t *tx) Image(id int64) (panel.Image, error) {
	return one(t, scanImage, `SELECT `+imageColumns+` FROM images WHERE id = $1`, id)
}

func (t *tx) ListImages(l panel.ImageFilter) ([]panel.Image, error) {
	var f filter
	when(&f, `kind = $`, l.Kind)
	when(&f, `account_id = $`, l.AccountID)
	when(&f, `digest = $`, l.Digest)
	return many(t, scanImage, `SELECT `+imageColumns+` FROM images`+f.where()+` ORDER BY id`, f.args...)
}

func (t *tx) SaveReplica(r panel.ImageReplica) error {
	_, err := t.exec(`
		INSERT INTO image_replicas (image_id, hypervisor_id, state, bytes, verified_at, error, task_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (image_id, hypervisor_id) DO UPDATE SET state = excluded.state, bytes = excluded.bytes,
			verified_at = excluded.verified_at, error = excluded.error, task_id = excluded.task_id`,
		r.ImageID, r.HypervisorID, r.State, r.Bytes, r.VerifiedAt, r.Error, r.TaskID)
	return err
}

func (t *tx) ListReplicas(image, hypervisor int64) ([]panel.ImageReplica, error) {
	var f filter
	when(&f, `image_id = $`, image)
	when(&f, `hypervisor_id = $`, hypervisor)
	return many(t, func(r row) (p panel.ImageReplica, err error) {
		err = r.Scan(&p.ImageID, &p.HypervisorID, &p.State, &p.Bytes, &p.VerifiedAt, &p.Error, &p.TaskID)
		return p, err
	}, `SELECT image_id, hypervisor_id, state, bytes, verified_at, error, task_id FROM image_replicas`+f.where()+` ORDER BY image_id, hypervisor_id`, f.args...)
}
