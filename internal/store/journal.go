package store

import "accrue/internal/panel"

func (t *tx) InsertEvent(e panel.Event) error {
	_, err := t.exec(`
		INSERT INTO events (account_id, instance_id, kind, name, detail, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		ref(e.AccountID), ref(e.InstanceID), e.Kind, e.Name, e.Detail, e.Actor, e.At)
	return err
}

func (t *tx) ListEvents(l panel.EventFilter) ([]panel.Event, error) {
	var f filter
	when(&f, `account_id = $`, l.AccountID)
	when(&f, `instance_id = $`, l.InstanceID)
	when(&f, `id > $`, l.After)
	when(&f, `id < $`, l.Before)
	order := ` ORDER BY id DESC`
	if l.After != 0 {
		order = ` ORDER BY id`
	}
	return many(t, func(r row) (e panel.Event, err error) {
		err = r.Scan(&e.ID, (*ref)(&e.AccountID), (*ref)(&e.InstanceID), &e.Kind, &e.Name, &e.Detail, &e.Actor, &e.At)
		return e, err
	}, `SELECT id, account_id, instance_id, kind, name, detail, actor, at FROM events`+f.where()+order+f.limit(l.Limit), f.args...)
}

func (t *tx) InsertAudit(a panel.AuditEntry) error {
	_, err := t.exec(`INSERT INTO audit (actor, action, subject, detail, at) VALUES ($1, $2, $3, $4, $5)`,
		a.Actor, a.Action, a.Subject, a.Detail, a.At)
	return err
}

func (t *tx) ListAudit(before int64, limit int) ([]panel.AuditEntry, error) {
	var f filter
	when(&f, `id < $`, before)
	return many(t, func(r row) (a panel.AuditEntry, err error) {
		err = r.Scan(&a.ID, &a.Actor, &a.Action, &a.Subject, &a.Detail, &a.At)
		return a, err
	}, `SELECT id, actor, action, subject, detail, at FROM audit`+f.where()+` ORDER BY id DESC`+f.limit(limit), f.args...)
}

func (t *tx) SaveBeat(b panel.Beat) error {
	_, err := t.exec(`
		INSERT INTO beats (worker, started_at, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (worker) DO UPDATE SET started_at = excluded.started_at, seen_at = excluded.seen_at`,
		b.Worker, b.StartedAt, b.SeenAt)
	return err
}

func (t *tx) ListBeats() ([]panel.Beat, error) {
	return many(t, func(r row) (b panel.Beat, err error) {
		err = r.Scan(&b.Worker, &b.StartedAt, &b.SeenAt)
		return b, err
	}, `SELECT worker, started_at, seen_at FROM beats ORDER BY worker`)
}
