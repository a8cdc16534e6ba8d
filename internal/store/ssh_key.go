package store

import "accrue/internal/panel"

const sshKeyColumns = `id, account_id, name, type, public_key, fingerprint, labels, created_at`

func scanSSHKey(r row) (k panel.SSHKey, err error) {
	err = r.Scan(&k.ID, &k.AccountID, &k.Name, &k.Type, &k.PublicKey, &k.Fingerprint, document{&k.Labels}, &k.CreatedAt)
	return k, err
}

func (t *tx) InsertSSHKey(k panel.SSHKey) (int64, error) {
	return t.insert(`
		INSERT INTO ssh_keys (account_id, name, type, public_key, fingerprint, labels, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING RETURNING id`,
		k.AccountID, k.Name, k.Type, k.PublicKey, k.Fingerprint, document{k.Labels}, k.CreatedAt)
}

func (t *tx) SSHKey(id int64) (panel.SSHKey, error) {
	return one(t, scanSSHKey, `SELECT `+sshKeyColumns+` FROM ssh_keys WHERE id = $1`, id)
}

func (t *tx) UpdateSSHKey(k panel.SSHKey) error {
	return t.must(`UPDATE ssh_keys SET name = $2, labels = $3 WHERE id = $1`, k.ID, k.Name, document{k.Labels})
}

func (t *tx) DeleteSSHKey(id int64) error {
	return t.must(`DELETE FROM ssh_keys WHERE id = $1`, id)
}

func (t *tx) ListSSHKeys(account int64) ([]panel.SSHKey, error) {
	return many(t, scanSSHKey, `SELECT `+sshKeyColumns+` FROM ssh_keys WHERE account_id = $1 ORDER BY id`, account)
}

func (t *tx) SaveSeed(instance int64, kind panel.SeedKind, s panel.Seed) error {
	_, err := t.exec(`
		INSERT INTO seeds (instance_id, kind, ssh_keys, user_data, password_hash) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (instance_id, kind) DO UPDATE
		SET ssh_keys = excluded.ssh_keys, user_data = excluded.user_data, password_hash = excluded.password_hash`,
		instance, kind, document{s.SSHKeys}, s.UserData, s.PasswordHash)
	return err
}

func (t *tx) Seed(instance int64, kind panel.SeedKind) (panel.Seed, error) {
	return one(t, func(r row) (s panel.Seed, err error) {
		err = r.Scan(document{&s.SSHKeys}, &s.UserData, &s.PasswordHash)
		return s, err
	}, `SELECT ssh_keys, user_data, password_hash FROM seeds WHERE instance_id = $1 AND kind = $2`, instance, kind)
}

// DeleteSeeds may find nothing: not every instance has a seed.
func (t *tx) DeleteSeeds(instance int64, kinds ...panel.SeedKind) error {
	var f filter
	when(&f, `instance_id = $`, instance)
	if len(kinds) > 0 {
		f.is(`kind IN (` + list(&f, kinds) + `)`)
	}
	_, err := t.exec(`DELETE FROM seeds`+f.where(), f.args...)
	return err
}
