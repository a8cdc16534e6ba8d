package store

import (
	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (t *tx) InsertConsoleTicket(c panel.ConsoleTicket) error {
	_, err := t.exec(`INSERT INTO console_tickets (hash, holder, instance_id, kind, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		c.Hash, c.Holder, c.InstanceID, c.Kind, c.ExpiresAt)
	return err
}

func (t *tx) TakeConsoleTicket(hash []byte) (panel.ConsoleTicket, error) {
	return one(t, func(r row) (c panel.ConsoleTicket, err error) {
		err = r.Scan(&c.Hash, &c.Holder, &c.InstanceID, &c.Kind, &c.ExpiresAt)
		return c, err
	}, `DELETE FROM console_tickets WHERE hash = $1 RETURNING hash, holder, instance_id, kind, expires_at`, hash)
}

func (t *tx) DeleteConsoleTickets(until billing.Instant) error {
	_, err := t.exec(`DELETE FROM console_tickets WHERE expires_at <= $1`, until)
	return err
}
