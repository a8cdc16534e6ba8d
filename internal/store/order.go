package store

import "accrue/internal/panel"

const orderColumns = `id, account_id, reference, currency, units, value, credits, state, created_at, decided_at, decided_by, note`

func scanOrder(r row) (o panel.Order, err error) {
	err = r.Scan(&o.ID, &o.AccountID, &o.Reference, &o.Currency, &o.Units, &o.Value, &o.Credits, &o.State,
		&o.CreatedAt, &o.DecidedAt, &o.DecidedBy, &o.Note)
	return o, err
}

func (t *tx) InsertOrder(o panel.Order) (int64, error) {
	return t.insert(`
		INSERT INTO orders (account_id, reference, currency, units, value, credits, state, created_at, decided_at, decided_by, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT DO NOTHING RETURNING id`,
		o.AccountID, o.Reference, o.Currency, o.Units, o.Value, o.Credits, o.State, o.CreatedAt, o.DecidedAt, o.DecidedBy, o.Note)
}

func (t *tx) Order(id int64) (panel.Order, error) {
	return one(t, scanOrder, `SELECT `+orderColumns+` FROM orders WHERE id = $1`, id)
}

func (t *tx) LockOrder(id int64) (panel.Order, error) {
	return one(t, scanOrder, `SELECT `+orderColumns+` FROM orders WHERE id = $1 /*pg: FOR NO KEY UPDATE */`, id)
}

// UpdateOrder writes what has become of an order; what was ordered stays.
func (t *tx) UpdateOrder(o panel.Order) error {
	return t.must(`UPDATE orders SET state = $2, decided_at = $3, decided_by = $4, note = $5 WHERE id = $1`,
		o.ID, o.State, o.DecidedAt, o.DecidedBy, o.Note)
}

func (t *tx) ListOrders(account int64, state panel.OrderState, before int64, limit int) ([]panel.Order, error) {
	var f filter
	when(&f, `account_id = $`, account)
	when(&f, `state = $`, state)
	when(&f, `id < $`, before)
	return many(t, scanOrder, `SELECT `+orderColumns+` FROM orders`+f.where()+` ORDER BY id DESC`+f.limit(limit), f.args...)
}
