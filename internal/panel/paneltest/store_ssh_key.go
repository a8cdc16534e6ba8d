package paneltest

import (
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func sshKeysComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	k := whole(t, panel.SSHKey{
		ID: 1, AccountID: w.account, Name: "laptop", Type: "ssh-ed25519", PublicKey: "ssh-ed25519 AAAA", Fingerprint: "SHA256:a",
		Labels: fleet.Labels{"env": "prod"}, CreatedAt: noon,
	})
	k.ID = add(t, s, panel.Tx.InsertSSHKey, k)
	read := func(tx panel.Tx) (panel.SSHKey, error) { return tx.SSHKey(k.ID) }
	same(t, s, k, read)
	for _, twin := range []panel.SSHKey{
		{AccountID: w.account, Name: "laptop", Fingerprint: "SHA256:b"},
		{AccountID: w.account, Name: "desk", Fingerprint: "SHA256:a"},
	} {
		fails(t, s, panel.ErrExists, func(tx panel.Tx) error {
			_, err := tx.InsertSSHKey(twin)
			return err
		})
	}
	foreign := panel.SSHKey{AccountID: w.addAccount(t, "other"), Name: "laptop", Fingerprint: "SHA256:a"}
	add(t, s, panel.Tx.InsertSSHKey, foreign)
	second := panel.SSHKey{AccountID: w.account, Name: "desk", Fingerprint: "SHA256:b"}
	second.ID = add(t, s, panel.Tx.InsertSSHKey, second)
	list := func(tx panel.Tx) ([]panel.SSHKey, error) { return tx.ListSSHKeys(w.account) }
	same(t, s, []panel.SSHKey{k, second}, list)

	k.Name, k.Labels = "old laptop", nil
	update(t, s, func(tx panel.Tx) error { return tx.UpdateSSHKey(k) })
	same(t, s, k, read)
	k.Name = "desk"
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.UpdateSSHKey(k) })

	remove := func(tx panel.Tx) error { return tx.DeleteSSHKey(k.ID) }
	update(t, s, remove)
	fails(t, s, panel.ErrNotFound, remove)
	absent(t, s, read)
	same(t, s, []panel.SSHKey{second}, list)
}

func seedsComeBack(t *testing.T, s panel.Store) {
	w := build(t, s)
	seed := whole(t, panel.Seed{SSHKeys: []string{"ssh-ed25519 AAAA", "ssh-rsa BBBB"}, UserData: "#cloud-config\n{}\n", PasswordHash: "$6$x"})
	read := func(tx panel.Tx) (panel.Seed, error) { return tx.Seed(w.instance, panel.SeedDisk) }
	absent(t, s, read)
	save := func(kind panel.SeedKind, seed panel.Seed) {
		update(t, s, func(tx panel.Tx) error { return tx.SaveSeed(w.instance, kind, seed) })
	}
	save(panel.SeedDisk, panel.Seed{UserData: "before"})
	save(panel.SeedDisk, seed)
	save(panel.SeedRescue, panel.Seed{PasswordHash: "$6$r"})
	save(panel.SeedPassword, panel.Seed{PasswordHash: "$6$p"})
	same(t, s, seed, read)
	same(t, s, "$6$r", func(tx panel.Tx) (string, error) {
		seed, err := tx.Seed(w.instance, panel.SeedRescue)
		return seed.PasswordHash, err
	})
	for range 2 {
		update(t, s, func(tx panel.Tx) error { return tx.DeleteSeeds(w.instance, panel.SeedDisk, panel.SeedRescue) })
		absent(t, s, read)
	}
	other := func(tx panel.Tx) (panel.Seed, error) { return tx.Seed(w.instance, panel.SeedPassword) }
	same(t, s, "$6$p", func(tx panel.Tx) (string, error) {
		seed, err := other(tx)
		return seed.PasswordHash, err
	})
	for range 2 {
		update(t, s, func(tx panel.Tx) error { return tx.DeleteSeeds(w.instance) })
		absent(t, s, other)
	}
}
