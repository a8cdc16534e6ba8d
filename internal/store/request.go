package store

import (
	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (t *tx) InsertRequest(r panel.Request, at billing.Instant) error {
	rows, err := t.exec(`
		INSERT INTO requests (user_id, method, path, key, hash, created_at, status, location, body)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '', '') ON CONFLICT DO NOTHING`,
		r.UserID, r.Method, r.Path, r.Key, r.Hash, at)
	if err == nil && rows == 0 {
		return panel.ErrExists
	}
	return err
}

func (t *tx) Request(r panel.Request) (first panel.Request, a panel.Answer, err error) {
	first = r
	first.Hash, err = one(t, func(row row) (hash []byte, err error) {
		err = row.Scan(&hash, &a.Status, &a.Location, &a.Body)
		return hash, err
	}, `SELECT hash, status, location, body FROM requests WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4`,
		r.UserID, r.Method, r.Path, r.Key)
	return first, a, err
}

func (t *tx) AnswerRequest(r panel.Request, a panel.Answer) error {
	return t.must(`
		UPDATE requests SET status = $5, location = $6, body = $7 WHERE user_id = $1 AND method = $2 AND path = $3 AND key = $4`,
		r.UserID, r.Method, r.Path, r.Key, a.Status, a.Location, a.Body)
}

func (t *tx) DeleteRequests(before billing.Instant) error {
	_, err := t.exec(`DELETE FROM requests WHERE created_at < $1`, before)
	return err
}

func (t *tx) TakeTurn(subject string) error {
	return t.store.engine.takeTurns(t, "turn/"+subject)
}
