package store

import (
	"net/netip"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const sessionColumns = `id, user_id, hash, created_at, seen_at, address, agent`

func scanSession(r row) (s panel.Session, err error) {
	err = r.Scan(&s.ID, &s.UserID, &s.Hash, &s.CreatedAt, &s.SeenAt, &s.Address, &s.Agent)
	return s, err
}

func (t *tx) InsertSession(s panel.Session) (int64, error) {
	return t.insert(`
		INSERT INTO sessions (user_id, hash, created_at, seen_at, address, agent) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING RETURNING id`,
		s.UserID, s.Hash, s.CreatedAt, s.SeenAt, s.Address, s.Agent)
}

func (t *tx) SessionByHash(hash []byte) (panel.Session, error) {
	return one(t, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash)
}

func (t *tx) TouchSession(id int64, at billing.Instant) error {
	return t.must(`UPDATE sessions SET seen_at = $2 WHERE id = $1`, id, at)
}

func (t *tx) ListSessions(user int64) ([]panel.Session, error) {
	return many(t, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE user_id = $1 ORDER BY id DESC`, user)
}

func (t *tx) DeleteSession(user, id int64) error {
	if id == 0 {
		_, err := t.exec(`DELETE FROM sessions WHERE user_id = $1`, user)
		return err
	}
	return t.must(`DELETE FROM sessions WHERE user_id = $1 AND id = $2`, user, id)
}

const tokenColumns = `id, user_id, name, hash, hint, scope, created_at, expires_at, used_at, ranges, daily_credits`

func scanToken(r row) (k panel.APIToken, err error) {
	var ranges string
	if err := r.Scan(&k.ID, &k.UserID, &k.Name, &k.Hash, &k.Hint, &k.Scope, &k.CreatedAt, &k.ExpiresAt, &k.UsedAt, &ranges, &k.DailyCredits); err != nil {
		return k, err
	}
	k.Ranges, err = identity.ParseRanges(ranges)
	return k, err
}

func (t *tx) InsertToken(k panel.APIToken) (int64, error) {
	return t.insert(`
		INSERT INTO tokens (user_id, name, hash, hint, scope, created_at, expires_at, used_at, ranges, daily_credits)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT DO NOTHING RETURNING id`,
		k.UserID, k.Name, k.Hash, k.Hint, k.Scope, k.CreatedAt, k.ExpiresAt, k.UsedAt, joinRanges(k.Ranges), k.DailyCredits)
}

func joinRanges(ranges []netip.Prefix) string {
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		parts[i] = r.String()
	}
	return strings.Join(parts, " ")
}

func (t *tx) TokenByHash(hash []byte) (panel.APIToken, error) {
	return one(t, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE hash = $1`, hash)
}

func (t *tx) TouchToken(id int64, at billing.Instant) error {
	return t.must(`UPDATE tokens SET used_at = $2 WHERE id = $1`, id, at)
}

func (t *tx) ListTokens(user int64) ([]panel.APIToken, error) {
	return many(t, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE user_id = $1 ORDER BY id DESC`, user)
}

func (t *tx) DeleteToken(user, id int64) error {
	return t.must(`DELETE FROM tokens WHERE user_id = $1 AND id = $2`, user, id)
}

func (t *tx) SpendToken(id int64, day billing.Instant, added billing.Credits) (limit, spent billing.Credits, err error) {
	scan := func(r row) (both [2]billing.Credits, err error) {
		err = r.Scan(&both[0], &both[1])
		return both, err
	}
	both, err := one(t, scan, `
		UPDATE tokens SET spent = CASE WHEN spent_on = $2 THEN spent ELSE 0 END + $3, spent_on = $2
		WHERE id = $1 RETURNING daily_credits, spent`, id, day, added)
	return both[0], both[1], err
}
