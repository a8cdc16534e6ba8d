package store

import (
	"errors"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const findingColumns = `id, kind, hypervisor_id, instance_id, uid, detail, found_at, gone_at, resolved_at, resolved_by, note, mailed_at`

func scanFinding(r row) (f panel.Finding, err error) {
	err = r.Scan(&f.ID, &f.Kind, &f.HypervisorID, (*ref)(&f.InstanceID), &f.UID, &f.Detail, &f.FoundAt, &f.GoneAt,
		&f.ResolvedAt, &f.ResolvedBy, &f.Note, &f.MailedAt)
	return f, err
}

func (t *tx) InsertFinding(f panel.Finding) (int64, error) {
	return t.insert(`
		INSERT INTO findings (kind, hypervisor_id, instance_id, uid, detail, found_at, gone_at, resolved_at, resolved_by, note, mailed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT DO NOTHING RETURNING id`,
		f.Kind, f.HypervisorID, ref(f.InstanceID), f.UID, f.Detail, f.FoundAt, f.GoneAt, f.ResolvedAt, f.ResolvedBy, f.Note, f.MailedAt)
}

func (t *tx) UpdateFinding(f panel.Finding) error {
	return t.must(`UPDATE findings SET gone_at = $2, resolved_at = $3, resolved_by = $4, note = $5 WHERE id = $1`,
		f.ID, f.GoneAt, f.ResolvedAt, f.ResolvedBy, f.Note)
}

func (t *tx) SetFindingMailed(id int64, at billing.Instant) error {
	return t.must(`UPDATE findings SET mailed_at = $2 WHERE id = $1`, id, at)
}

func (t *tx) FindingsMailedAt() (billing.Instant, error) {
	at, err := one(t, scanInt, `SELECT COALESCE(MAX(mailed_at), 0) FROM findings`)
	return billing.Instant(at), err
}

func (t *tx) Finding(id int64) (panel.Finding, error) {
	return one(t, scanFinding, `SELECT `+findingColumns+` FROM findings WHERE id = $1`, id)
}

func (t *tx) ListFindings(l panel.FindingFilter) ([]panel.Finding, error) {
	var f filter
	when(&f, `hypervisor_id = $`, l.HypervisorID)
	when(&f, `id < $`, l.Before)
	if l.Present || l.Open {
		f.is(`gone_at = 0`)
	}
	if l.Open {
		f.is(`resolved_at = 0`)
	}
	if l.Unmailed {
		f.is(`mailed_at = 0`)
	}
	return many(t, scanFinding, `SELECT `+findingColumns+` FROM findings`+f.where()+` ORDER BY id DESC`+f.limit(l.Limit), f.args...)
}

const sightingColumns = `s.instance_id, s.missed, s.missed_at, s.seen_at, s.restarts, s.given_up`

func scanSighting(r row) (s panel.Sighting, err error) {
	err = r.Scan(&s.InstanceID, &s.Missed, &s.MissedAt, &s.SeenAt, document{&s.Restarts}, &s.GivenUp)
	return s, err
}

func (t *tx) SaveSighting(s panel.Sighting) error {
	_, err := t.exec(`
		INSERT INTO sightings (instance_id, missed, missed_at, seen_at, restarts, given_up) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (instance_id) DO UPDATE SET missed = excluded.missed, missed_at = excluded.missed_at,
			seen_at = excluded.seen_at, restarts = excluded.restarts, given_up = excluded.given_up`,
		s.InstanceID, s.Missed, s.MissedAt, s.SeenAt, document{s.Restarts}, s.GivenUp)
	return err
}

func (t *tx) DeleteSighting(instance int64) error {
	_, err := t.exec(`DELETE FROM sightings WHERE instance_id = $1`, instance)
	return err
}

func (t *tx) Sighting(instance int64) (panel.Sighting, error) {
	s, err := one(t, scanSighting, `SELECT `+sightingColumns+` FROM sightings s WHERE s.instance_id = $1`, instance)
	if errors.Is(err, panel.ErrNotFound) {
		return panel.Sighting{InstanceID: instance}, nil
	}
	return s, err
}

func (t *tx) ListSightings(hypervisor int64) ([]panel.Sighting, error) {
	return many(t, scanSighting, `
		SELECT `+sightingColumns+` FROM sightings s JOIN instances i ON i.id = s.instance_id
		WHERE i.hypervisor_id = $1 ORDER BY s.instance_id`, hypervisor)
}

func (t *tx) Unmetered(hypervisor int64) ([]int64, error) {
	return many(t, scanInt, `
		SELECT i.id FROM instances i
		WHERE i.hypervisor_id = $1 AND i.lifecycle = 'active'
			AND NOT EXISTS (SELECT 1 FROM segments g WHERE g.instance_id = i.id AND g.`+open+`)
		ORDER BY i.id`, hypervisor)
}
