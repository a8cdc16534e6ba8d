package store

import "accrue/internal/panel"

const mailColumns = `id, account_id, kind, recipient, notice, created_at, sent_at, attempts, error`

func scanMail(r row) (m panel.Mail, err error) {
	err = r.Scan(&m.ID, (*ref)(&m.AccountID), &m.Kind, &m.To, document{&m.Notice}, &m.CreatedAt, &m.SentAt, &m.Attempts, &m.Error)
	return m, err
}

func (t *tx) InsertMail(m panel.Mail) (int64, error) {
	return t.insert(`
		INSERT INTO mails (account_id, kind, recipient, notice, created_at, sent_at, attempts, error)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING RETURNING id`,
		ref(m.AccountID), m.Kind, m.To, document{m.Notice}, m.CreatedAt, m.SentAt, m.Attempts, m.Error)
}

func (t *tx) Mail(id int64) (panel.Mail, error) {
	return one(t, scanMail, `SELECT `+mailColumns+` FROM mails WHERE id = $1`, id)
}

// UpdateMail changes nothing of what the mail says or whom it is for.
func (t *tx) UpdateMail(m panel.Mail) error {
	return t.must(`UPDATE mails SET sent_at = $2, attempts = $3, error = $4 WHERE id = $1`, m.ID, m.SentAt, m.Attempts, m.Error)
}

func (t *tx) ListMails(account, before int64, limit int) ([]panel.Mail, error) {
	var f filter
	when(&f, `account_id = $`, account)
	when(&f, `id < $`, before)
	return many(t, scanMail, `SELECT `+mailColumns+` FROM mails`+f.where()+` ORDER BY id DESC`+f.limit(limit), f.args...)
}

func (t *tx) CountUnsentMails() (int64, error) {
	return one(t, scanInt, `SELECT COUNT(*) FROM mails WHERE sent_at = 0`)
}
