package store

import (
	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (t *tx) InsertPlanGroup(g panel.PlanGroup) (int64, error) {
	return t.insert(`
		INSERT INTO plan_groups (name, description, visible, position) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING RETURNING id`,
		g.Name, g.Description, g.Visible, g.Position)
}

func (t *tx) UpdatePlanGroup(g panel.PlanGroup) error {
	return t.must(`UPDATE plan_groups SET name = $2, description = $3, visible = $4, position = $5 WHERE id = $1`,
		g.ID, g.Name, g.Description, g.Visible, g.Position)
}

func (t *tx) ListPlanGroups() ([]panel.PlanGroup, error) {
	return many(t, func(r row) (g panel.PlanGroup, err error) {
		err = r.Scan(&g.ID, &g.Name, &g.Description, &g.Visible, &g.Position)
		return g, err
	}, `SELECT id, name, description, visible, position FROM plan_groups ORDER BY position, id`)
}

func (t *tx) DeletePlanGroup(id int64) error {
	return t.must(`DELETE FROM plan_groups WHERE id = $1`, id)
}

// selectPlans joins plans with the newest price of each. A plan whose first
// price is still to be inserted has the zero one.
const selectPlans = `
	SELECT p.id, p.group_id, p.name, p.vcpus, p.memory_mib, p.disk_gib, p.gpus, p.tags, p.stopped_percent, p.visible, p.position,
		p.transfer_gib, p.throttle_mbit, p.cpu_percent, p.iops, p.disk_mib_per_s,
		COALESCE(v.id, 0), COALESCE(v.mode, 0), COALESCE(v.hourly, 0), COALESCE(v.monthly, 0), COALESCE(v.traffic, 0)
	FROM plans p JOIN plan_groups g ON g.id = p.group_id
		LEFT JOIN prices v ON v.id = (SELECT MAX(n.id) FROM prices n WHERE n.plan_id = p.id)`

func scanPlan(r row) (p panel.Plan, err error) {
	size, price := &p.Size, &p.Price
	err = r.Scan(&p.ID, &p.GroupID, &p.Name, &size.VCPUs, &size.MemoryMiB, &size.DiskGiB, &size.GPUs, document{&size.Tags},
		&p.StoppedPercent, &p.Visible, &p.Position, &p.TransferGiB, &p.ThrottleMbit, &p.CPUPercent, &p.IOPS, &p.DiskMiBPerS,
		&price.ID, &price.Mode, &price.Hourly, &price.Monthly, &p.TrafficPrice)
	return p, err
}

func (t *tx) InsertPlan(p panel.Plan) (int64, error) {
	size := p.Size
	id, err := t.insert(`
		INSERT INTO plans (group_id, name, vcpus, memory_mib, disk_gib, gpus, tags, stopped_percent, visible, position,
			transfer_gib, throttle_mbit, cpu_percent, iops, disk_mib_per_s)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT DO NOTHING RETURNING id`,
		p.GroupID, p.Name, size.VCPUs, size.MemoryMiB, size.DiskGiB, size.GPUs, document{size.Tags},
		p.StoppedPercent, p.Visible, p.Position, p.TransferGiB, p.ThrottleMbit, p.CPUPercent, p.IOPS, p.DiskMiBPerS)
	if err != nil {
		return 0, err
	}
	return id, t.setLocations(id, p.Locations)
}

func (t *tx) UpdatePlan(p panel.Plan) error {
	size := p.Size
	if err := t.must(`
		UPDATE plans SET group_id = $2, name = $3, vcpus = $4, memory_mib = $5, disk_gib = $6, gpus = $7, tags = $8,
			stopped_percent = $9, visible = $10, position = $11, transfer_gib = $12, throttle_mbit = $13,
			cpu_percent = $14, iops = $15, disk_mib_per_s = $16
		WHERE id = $1`,
		p.ID, p.GroupID, p.Name, size.VCPUs, size.MemoryMiB, size.DiskGiB, size.GPUs, document{size.Tags},
		p.StoppedPercent, p.Visible, p.Position, p.TransferGiB, p.ThrottleMbit, p.CPUPercent, p.IOPS, p.DiskMiBPerS); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM plan_locations WHERE plan_id = $1`, p.ID); err != nil {
		return err
	}
	return t.setLocations(p.ID, p.Locations)
}

func (t *tx) setLocations(plan int64, locations []int64) error {
	for _, location := range locations {
		if _, err := t.exec(`INSERT INTO plan_locations (plan_id, location_id) VALUES ($1, $2)`, plan, location); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Plan(id int64) (panel.Plan, error) {
	plan, err := one(t, scanPlan, selectPlans+` WHERE p.id = $1`, id)
	if err != nil {
		return plan, err
	}
	plan.Locations, err = many(t, scanInt, `SELECT location_id FROM plan_locations WHERE plan_id = $1 ORDER BY location_id`, id)
	return plan, err
}

func (t *tx) ListPlans() ([]panel.Plan, error) {
	plans, err := many(t, scanPlan, selectPlans+` ORDER BY g.position, g.id, p.position, p.id`)
	if err != nil {
		return nil, err
	}
	locations := make(map[int64][]int64)
	_, err = many(t, func(r row) (offer struct{ plan, location int64 }, err error) {
		err = r.Scan(&offer.plan, &offer.location)
		locations[offer.plan] = append(locations[offer.plan], offer.location)
		return offer, err
	}, `SELECT plan_id, location_id FROM plan_locations ORDER BY plan_id, location_id`)
	for i := range plans {
		plans[i].Locations = locations[plans[i].ID]
	}
	return plans, err
}

// DeletePlan takes the plan's prices with it, unless anything was ever charged or
// ordered at one of them.
func (t *tx) DeletePlan(id int64) error {
	return t.must(`DELETE FROM plans WHERE id = $1`, id)
}

const priceColumns = `id, mode, hourly, monthly, traffic, plan_id, made_at, actor`

func scanPrice(r row) (p panel.PriceVersion, err error) {
	err = r.Scan(&p.ID, &p.Mode, &p.Hourly, &p.Monthly, &p.Traffic, (*ref)(&p.PlanID), &p.At, &p.Actor)
	return p, err
}

func (t *tx) InsertPrice(p panel.PriceVersion) (billing.PriceID, error) {
	id, err := t.insert(`
		INSERT INTO prices (mode, hourly, monthly, traffic, plan_id, made_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING id`,
		p.Mode, p.Hourly, p.Monthly, p.Traffic, ref(p.PlanID), p.At, p.Actor)
	return billing.PriceID(id), err
}

func (t *tx) Price(id billing.PriceID) (panel.PriceVersion, error) {
	return one(t, scanPrice, `SELECT `+priceColumns+` FROM prices WHERE id = $1`, id)
}

func (t *tx) ListPrices(plan int64) ([]panel.PriceVersion, error) {
	var f filter
	when(&f, `plan_id = $`, plan)
	return many(t, scanPrice, `SELECT `+priceColumns+` FROM prices`+f.where()+` ORDER BY id DESC`, f.args...)
}

func (t *tx) SnapshotPrices() ([]panel.PriceVersion, error) {
	return many(t, scanPrice, `SELECT `+priceColumns+` FROM prices WHERE plan_id IS NULL ORDER BY id DESC`)
}
