package store

import (
	"cmp"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const trafficColumns = `instance_id, month, bytes_in, bytes_out, beyond`

func scanTraffic(r row) (u panel.Traffic, err error) {
	err = r.Scan(&u.InstanceID, &u.Month, &u.In, &u.Out, &u.Beyond)
	return u, err
}

func (t *tx) AddTraffic(instance int64, month billing.Month, in, out int64) (panel.Traffic, error) {
	return one(t, scanTraffic, `
		INSERT INTO traffic (instance_id, month, bytes_in, bytes_out, beyond) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (instance_id, month) DO UPDATE
			SET bytes_in = traffic.bytes_in + excluded.bytes_in, bytes_out = traffic.bytes_out + excluded.bytes_out
		RETURNING `+trafficColumns, instance, month, in, out)
}

func (t *tx) OweTraffic(instance int64, month billing.Month, price billing.PriceID, bytes int64) error {
	if err := t.must(`UPDATE traffic SET beyond = beyond + $3 WHERE instance_id = $1 AND month = $2`, instance, month, bytes); err != nil {
		return err
	}
	_, err := t.exec(`
		INSERT INTO traffic_due (instance_id, price_id, bytes) VALUES ($1, $2, $3)
		ON CONFLICT (instance_id, price_id) DO UPDATE SET bytes = traffic_due.bytes + excluded.bytes`, instance, price, bytes)
	return err
}

func (t *tx) ListTraffic(account int64, month billing.Month) ([]panel.Traffic, error) {
	var f filter
	f.and(`instance_id IN (SELECT id FROM instances WHERE account_id = $)`, account)
	when(&f, `month = $`, month)
	return many(t, scanTraffic, `SELECT `+trafficColumns+` FROM traffic`+f.where()+` ORDER BY instance_id, month`, f.args...)
}

func (t *tx) AccountsOwing(limit int) ([]int64, error) {
	return many(t, scanInt, `
		SELECT DISTINCT i.account_id FROM traffic_due d JOIN instances i ON i.id = d.instance_id ORDER BY i.account_id LIMIT $1`, limit)
}

func (t *tx) TakeOwed(account int64) ([]panel.OwedTraffic, error) {
	owed, err := many(t, func(r row) (o panel.OwedTraffic, err error) {
		err = r.Scan(&o.InstanceID, &o.Price, &o.Bytes)
		return o, err
	}, `
		DELETE FROM traffic_due WHERE instance_id IN (SELECT id FROM instances WHERE account_id = $1)
		RETURNING instance_id, price_id, bytes`, account)
	slices.SortFunc(owed, func(a, b panel.OwedTraffic) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.Price, b.Price))
	})
	return owed, err
}

func (t *tx) SetThrottle(instance, mbit int64) error {
	if mbit == 0 {
		_, err := t.exec(`DELETE FROM throttles WHERE instance_id = $1`, instance)
		return err
	}
	_, err := t.exec(`
		INSERT INTO throttles (instance_id, mbit) VALUES ($1, $2)
		ON CONFLICT (instance_id) DO UPDATE SET mbit = excluded.mbit`, instance, mbit)
	return err
}

func (t *tx) ListThrottles(hypervisor int64) (map[int64]int64, error) {
	limits := map[int64]int64{}
	_, err := many(t, func(r row) (instance int64, err error) {
		var mbit int64
		err = r.Scan(&instance, &mbit)
		limits[instance] = mbit
		return instance, err
	}, `SELECT instance_id, mbit FROM throttles JOIN instances i ON i.id = instance_id WHERE i.hypervisor_id = $1`, hypervisor)
	return limits, err
}

func (t *tx) Throttle(instance int64) (int64, error) {
	return one(t, scanInt, `SELECT COALESCE((SELECT mbit FROM throttles WHERE instance_id = $1), 0)`, instance)
}
