package store

import (
	"strings"

	"accrue/internal/panel"
)

const userColumns = `id, account_id, email, name, role, password_hash, created_at, disabled`

func scanUser(r row) (u panel.User, err error) {
	err = r.Scan(&u.ID, (*ref)(&u.AccountID), &u.Email, &u.Name, &u.Role, &u.PasswordHash, &u.CreatedAt, &u.Disabled)
	return u, err
}

func (t *tx) InsertUser(u panel.User) (int64, error) {
	return t.insert(`
		INSERT INTO users (account_id, email, name, role, password_hash, created_at, disabled)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING id`,
		ref(u.AccountID), u.Email, u.Name, u.Role, u.PasswordHash, u.CreatedAt, u.Disabled)
}

func (t *tx) UpdateUser(u panel.User) error {
	return t.must(`
		UPDATE users SET account_id = $2, email = $3, name = $4, role = $5, password_hash = $6, disabled = $7 WHERE id = $1`,
		u.ID, ref(u.AccountID), u.Email, u.Name, u.Role, u.PasswordHash, u.Disabled)
}

func (t *tx) User(id int64) (panel.User, error) {
	return one(t, scanUser, `SELECT `+userColumns+` FROM users WHERE id = $1`, id)
}

func (t *tx) UserByEmail(email string) (panel.User, error) {
	return one(t, scanUser, `SELECT `+userColumns+` FROM users WHERE lower(email) = $1`, strings.ToLower(email))
}

func (t *tx) ListUsers(account int64) ([]panel.User, error) {
	if account == 0 {
		return many(t, scanUser, `SELECT `+userColumns+` FROM users WHERE account_id IS NULL ORDER BY id`)
	}
	return many(t, scanUser, `SELECT `+userColumns+` FROM users WHERE account_id = $1 ORDER BY id`, account)
}
