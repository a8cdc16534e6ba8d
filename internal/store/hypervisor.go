package store

import (
	"accrue/internal/panel"
)

const locationColumns = `id, slug, name, city, country, visible, position, last_hypervisor`

func scanLocation(r row) (l panel.Location, err error) {
	err = r.Scan(&l.ID, &l.Slug, &l.Name, &l.City, &l.Country, &l.Visible, &l.Position, &l.LastHypervisor)
	return l, err
}

func (t *tx) InsertLocation(l panel.Location) (int64, error) {
	return t.insert(`
		INSERT INTO locations (slug, name, city, country, visible, position, last_hypervisor)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING id`,
		l.Slug, l.Name, l.City, l.Country, l.Visible, l.Position, l.LastHypervisor)
}

func (t *tx) UpdateLocation(l panel.Location) error {
	return t.must(`
		UPDATE locations SET slug = $2, name = $3, city = $4, country = $5, visible = $6, position = $7, last_hypervisor = $8
		WHERE id = $1`,
		l.ID, l.Slug, l.Name, l.City, l.Country, l.Visible, l.Position, l.LastHypervisor)
}

func (t *tx) LockLocation(id int64) (panel.Location, error) {
	return one(t, scanLocation, `SELECT `+locationColumns+` FROM locations WHERE id = $1 /*pg: FOR NO KEY UPDATE */`, id)
}

func (t *tx) Location(id int64) (panel.Location, error) {
	return one(t, scanLocation, `SELECT `+locationColumns+` FROM locations WHERE id = $1`, id)
}

func (t *tx) ListLocations() ([]panel.Location, error) {
	return many(t, scanLocation, `SELECT `+locationColumns+` FROM locations ORDER BY position, id`)
}

func (t *tx) DeleteLocation(id int64) error {
	return t.must(`DELETE FROM locations WHERE id = $1`, id)
}

const hypervisorColumns = `h.id, h.location_id, h.position, h.name, h.vcpus, h.memory_mib, h.disk_gib, h.gpus, h.cpu_ratio,
	h.tags, h.enabled, h.online, h.used_vcpus, h.used_memory_mib, h.used_disk_gib, h.used_gpus, h.instances,
	h.driver, h.endpoint, h.host_key, h.key_file, h.network, h.storage, h.accel, h.host_uid, h.seen_at, h.error,
	h.taken_vcpus, h.taken_memory_mib, h.taken_disk_gib, h.taken_gpus, h.stock_at, h.facts, h.foreign_machines, h.trial`

func scanHypervisor(r row) (h panel.Hypervisor, err error) {
	size, used, taken := &h.Capacity, &h.Used, &h.Taken
	err = r.Scan(&h.ID, &h.LocationID, &h.Position, &h.Name, &size.VCPUs, &size.MemoryMiB, &size.DiskGiB, &size.GPUs, &h.CPURatio,
		document{&h.Tags}, &h.Enabled, &h.Online, &used.VCPUs, &used.MemoryMiB, &used.DiskGiB, &used.GPUs, &h.Instances,
		&h.Driver, &h.Endpoint, &h.HostKey, &h.KeyFile, &h.Network, &h.Storage, &h.Accel, &h.HostUID, &h.Heartbeat.SeenAt, &h.Heartbeat.Error,
		&taken.VCPUs, &taken.MemoryMiB, &taken.DiskGiB, &taken.GPUs, &h.Stock.At, document{&h.Stock.Facts}, &h.Stock.Foreign, document{&h.Trial})
	return h, err
}

// InsertHypervisor inserts a hypervisor on which nothing is reserved, whatever it
// is given as used: only allocations count.
func (t *tx) InsertHypervisor(h panel.Hypervisor) (int64, error) {
	size, taken := h.Capacity, h.Taken
	return t.insert(`
		INSERT INTO hypervisors (location_id, position, name, vcpus, memory_mib, disk_gib, gpus, cpu_ratio, tags,
			enabled, online, used_vcpus, used_memory_mib, used_disk_gib, used_gpus, instances, driver, endpoint,
			host_key, key_file, network, storage, accel, host_uid, seen_at, error,
			taken_vcpus, taken_memory_mib, taken_disk_gib, taken_gpus, stock_at, facts, foreign_machines, trial)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0, $12, $13,
			$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
		ON CONFLICT DO NOTHING RETURNING id`,
		h.LocationID, h.Position, h.Name, size.VCPUs, size.MemoryMiB, size.DiskGiB, size.GPUs, h.CPURatio, document{h.Tags},
		h.Enabled, h.Online, h.Driver, h.Endpoint,
		h.HostKey, h.KeyFile, h.Network, h.Storage, h.Accel, h.HostUID, h.Heartbeat.SeenAt, h.Heartbeat.Error,
		taken.VCPUs, taken.MemoryMiB, taken.DiskGiB, taken.GPUs, h.Stock.At, document{h.Stock.Facts}, h.Stock.Foreign, document{h.Trial})
}

func (t *tx) UpdateHypervisor(h panel.Hypervisor) error {
	size := h.Capacity
	return t.must(`
		UPDATE hypervisors SET location_id = $2, position = $3, name = $4, vcpus = $5, memory_mib = $6, disk_gib = $7,
			gpus = $8, cpu_ratio = $9, tags = $10, enabled = $11, driver = $12, endpoint = $13,
			host_key = $14, key_file = $15, network = $16, storage = $17, accel = $18
		WHERE id = $1`,
		h.ID, h.LocationID, h.Position, h.Name, size.VCPUs, size.MemoryMiB, size.DiskGiB,
		size.GPUs, h.CPURatio, document{h.Tags}, h.Enabled, h.Driver, h.Endpoint,
		h.HostKey, h.KeyFile, h.Network, h.Storage, h.Accel)
}

func (t *tx) Hypervisor(id int64) (panel.Hypervisor, error) {
	return one(t, scanHypervisor, `SELECT `+hypervisorColumns+` FROM hypervisors h WHERE h.id = $1`, id)
}

func (t *tx) ListHypervisors(location int64) ([]panel.Hypervisor, error) {
	var f filter
	when(&f, `h.location_id = $`, location)
	return many(t, scanHypervisor, `
		SELECT `+hypervisorColumns+` FROM hypervisors h JOIN locations l ON l.id = h.location_id`+f.where()+`
		ORDER BY l.position, l.id, h.position, h.id`, f.args...)
}

// DeleteHypervisor lets go of what is deleted for good, and of tasks that have
// ended; what still counts on the hypervisor keeps it.
func (t *tx) DeleteHypervisor(id int64) error {
	if _, err := t.exec(`UPDATE instances SET hypervisor_id = NULL WHERE hypervisor_id = $1 AND lifecycle = 'deleted'`, id); err != nil {
		return err
	}
	return t.must(`DELETE FROM hypervisors WHERE id = $1`, id)
}

func (t *tx) SetHeartbeat(id int64, online bool, beat panel.Heartbeat) error {
	return t.must(`UPDATE hypervisors SET online = $2, seen_at = $3, error = $4 WHERE id = $1`, id, online, beat.SeenAt, beat.Error)
}

func (t *tx) SetStock(h panel.Hypervisor) error {
	taken := h.Taken
	return t.must(`
		UPDATE hypervisors SET host_uid = $2, taken_vcpus = $3, taken_memory_mib = $4, taken_disk_gib = $5, taken_gpus = $6,
			stock_at = $7, facts = $8, foreign_machines = $9
		WHERE id = $1`,
		h.ID, h.HostUID, taken.VCPUs, taken.MemoryMiB, taken.DiskGiB, taken.GPUs, h.Stock.At, document{h.Stock.Facts}, h.Stock.Foreign)
}

func (t *tx) SetTrial(id int64, trial panel.Trial) error {
	return t.must(`UPDATE hypervisors SET trial = $2 WHERE id = $1`, id, document{trial})
}
