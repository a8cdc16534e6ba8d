package store

import (
	"net/netip"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const poolColumns = `id, name, prefix, bits, first, last, gateway, dns, network, quarantine, enabled`

func scanPool(r row) (p panel.AddressPool, err error) {
	err = r.Scan(&p.ID, &p.Name, text{&p.Prefix}, &p.Bits, text{&p.First}, text{&p.Last}, text{&p.Gateway}, document{&p.DNS},
		&p.Network, &p.Quarantine, &p.Enabled)
	return p, err
}

func (t *tx) InsertPool(p panel.AddressPool) (int64, error) {
	id, err := t.insert(`
		INSERT INTO address_pools (name, prefix, bits, first, last, gateway, dns, network, quarantine, enabled, free_from)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
		ON CONFLICT DO NOTHING RETURNING id`,
		p.Name, text{p.Prefix}, p.Bits, text{p.First}, text{p.Last}, text{p.Gateway}, document{p.DNS}, p.Network, p.Quarantine, p.Enabled)
	if err != nil {
		return 0, err
	}
	return id, t.route(id, p)
}

// UpdatePool lets free_from begin anew, which costs the next search and is right
// whatever has changed.
func (t *tx) UpdatePool(p panel.AddressPool) error {
	if err := t.must(`
		UPDATE address_pools SET name = $2, prefix = $3, bits = $4, first = $5, last = $6, gateway = $7, dns = $8, network = $9,
			quarantine = $10, enabled = $11, free_from = 0
		WHERE id = $1`,
		p.ID, p.Name, text{p.Prefix}, p.Bits, text{p.First}, text{p.Last}, text{p.Gateway}, document{p.DNS}, p.Network,
		p.Quarantine, p.Enabled); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM pool_locations WHERE pool_id = $1`, p.ID); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM pool_hypervisors WHERE pool_id = $1`, p.ID); err != nil {
		return err
	}
	return t.route(p.ID, p)
}

// route writes where a pool is routed to.
func (t *tx) route(pool int64, p panel.AddressPool) error {
	for _, location := range p.Locations {
		if _, err := t.exec(`INSERT INTO pool_locations (pool_id, location_id) VALUES ($1, $2)`, pool, location); err != nil {
			return err
		}
	}
	for _, hypervisor := range p.Hypervisors {
		if _, err := t.exec(`INSERT INTO pool_hypervisors (pool_id, hypervisor_id) VALUES ($1, $2)`, pool, hypervisor); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Pool(id int64) (panel.AddressPool, error) {
	return t.pool(`SELECT `+poolColumns+` FROM address_pools WHERE id = $1`, id)
}

func (t *tx) LockPool(id int64) (panel.AddressPool, error) {
	return t.pool(`SELECT `+poolColumns+` FROM address_pools WHERE id = $1 /*pg: FOR NO KEY UPDATE */`, id)
}

func (t *tx) pool(query string, id int64) (panel.AddressPool, error) {
	p, err := one(t, scanPool, query, id)
	if err != nil {
		return p, err
	}
	if p.Locations, err = many(t, scanInt, `SELECT location_id FROM pool_locations WHERE pool_id = $1 ORDER BY location_id`, id); err != nil {
		return p, err
	}
	p.Hypervisors, err = many(t, scanInt, `SELECT hypervisor_id FROM pool_hypervisors WHERE pool_id = $1 ORDER BY hypervisor_id`, id)
	return p, err
}

func (t *tx) ListPools() ([]panel.AddressPool, error) {
	ids, err := many(t, scanInt, `SELECT id FROM address_pools ORDER BY id`)
	if err != nil {
		return nil, err
	}
	var pools []panel.AddressPool
	for _, id := range ids {
		p, err := t.Pool(id)
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

func (t *tx) DeletePool(id int64) error {
	return t.must(`DELETE FROM address_pools WHERE id = $1`, id)
}

// FreeNumber goes along the numbers that are taken, from where something may be
// free, until one has no neighbour.
func (t *tx) FreeNumber(pool, first, last int64) (int64, error) {
	from, err := one(t, scanInt, `SELECT CASE WHEN free_from > $2 THEN free_from ELSE $2 END FROM address_pools WHERE id = $1`, pool, first)
	if err != nil {
		return 0, err
	}
	number, err := one(t, scanInt, `
		SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM addresses WHERE pool_id = $1 AND number = $2) THEN $2 ELSE COALESCE((
			SELECT a.number + 1 FROM addresses a
			WHERE a.pool_id = $1 AND a.number >= $2 AND a.number < $3
				AND NOT EXISTS (SELECT 1 FROM addresses n WHERE n.pool_id = $1 AND n.number = a.number + 1)
			ORDER BY a.number LIMIT 1), $3 + 1) END`, pool, from, last)
	if err == nil && number > last {
		return 0, panel.ErrNotFound
	}
	return number, err
}

const addressColumns = `pool_id, number, address, state, instance_id, reverse_name, until, note`

func scanAddress(r row) (a panel.Address, err error) {
	err = r.Scan(&a.PoolID, &a.Number, text{&a.Addr}, &a.State, (*ref)(&a.InstanceID), &a.ReverseName, &a.Until, &a.Note)
	return a, err
}

func (t *tx) InsertAddress(a panel.Address) error {
	if _, err := t.insert(`
		INSERT INTO addresses (pool_id, number, address, state, instance_id, reverse_name, until, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING RETURNING number`,
		a.PoolID, a.Number, text{a.Addr}, a.State, ref(a.InstanceID), a.ReverseName, a.Until, a.Note); err != nil {
		return err
	}
	_, err := t.exec(`
		UPDATE address_pools SET free_from = $2 + 1
		WHERE id = $1 AND free_from <= $2 AND $2 - free_from + 1 = (
			SELECT COUNT(*) FROM addresses WHERE pool_id = $1 AND number >= free_from AND number <= $2)`, a.PoolID, a.Number)
	return err
}

func (t *tx) UpdateAddress(a panel.Address) error {
	return t.must(`
		UPDATE addresses SET state = $2, instance_id = $3, reverse_name = $4, until = $5, note = $6 WHERE address = $1`,
		text{a.Addr}, a.State, ref(a.InstanceID), a.ReverseName, a.Until, a.Note)
}

func (t *tx) DeleteAddress(addr netip.Addr) error {
	a, err := one(t, scanAddress, `DELETE FROM addresses WHERE address = $1 RETURNING `+addressColumns, text{addr})
	if err != nil {
		return err
	}
	return t.freed(a.PoolID, a.Number)
}

func (t *tx) EndQuarantines(pool int64, now billing.Instant) error {
	numbers, err := many(t, scanInt, `
		DELETE FROM addresses WHERE pool_id = $1 AND state = 'quarantined' AND until <= $2 RETURNING number`, pool, now)
	if err != nil || len(numbers) == 0 {
		return err
	}
	return t.freed(pool, slices.Min(numbers))
}

// freed notes that a number of a pool is free again.
func (t *tx) freed(pool, number int64) error {
	_, err := t.exec(`UPDATE address_pools SET free_from = $2 WHERE id = $1 AND free_from > $2`, pool, number)
	return err
}

func (t *tx) Address(addr netip.Addr) (panel.Address, error) {
	return one(t, scanAddress, `SELECT `+addressColumns+` FROM addresses WHERE address = $1`, text{addr})
}

func (t *tx) ListAddresses(l panel.AddressFilter) ([]panel.Address, error) {
	var f filter
	when(&f, `pool_id = $`, l.PoolID)
	when(&f, `instance_id = $`, l.InstanceID)
	when(&f, `instance_id IN (SELECT id FROM instances WHERE account_id = $)`, l.AccountID)
	when(&f, `number > $`, l.After)
	return many(t, scanAddress, `SELECT `+addressColumns+` FROM addresses`+f.where()+` ORDER BY pool_id, number`+f.limit(l.Limit), f.args...)
}

func (t *tx) CountAddresses(pool, first, last int64, now billing.Instant) (map[panel.AddressState]int64, error) {
	return count[panel.AddressState](t, `
		SELECT state, COUNT(*) FROM addresses
		WHERE pool_id = $1 AND number BETWEEN $2 AND $3 AND NOT (state = 'quarantined' AND until <= $4)
		GROUP BY state`, pool, first, last, now)
}

func (t *tx) InsertTenure(n panel.Tenure) error {
	_, err := t.insert(`
		INSERT INTO tenures (prefix, account_id, instance_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING RETURNING id`,
		text{n.Prefix}, n.AccountID, n.InstanceID, n.From, n.To)
	return err
}

func (t *tx) EndTenure(prefix netip.Prefix, at billing.Instant) error {
	return t.must(`UPDATE tenures SET ends_at = $2 WHERE prefix = $1 AND `+open, text{prefix}, at)
}

func (t *tx) ListTenures(prefixes ...netip.Prefix) (tenures []panel.Tenure, err error) {
	for _, prefix := range prefixes {
		found, err := many(t, func(r row) (n panel.Tenure, err error) {
			err = r.Scan(text{&n.Prefix}, &n.AccountID, &n.InstanceID, &n.From, &n.To)
			return n, err
		}, `SELECT prefix, account_id, instance_id, starts_at, ends_at FROM tenures WHERE prefix = $1 ORDER BY id DESC`, text{prefix})
		if err != nil {
			return nil, err
		}
		tenures = append(tenures, found...)
	}
	slices.SortStableFunc(tenures, func(a, b panel.Tenure) int { return int(b.From - a.From) })
	return tenures, nil
}
