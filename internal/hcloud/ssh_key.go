package hcloud

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/crypto/ssh"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// sshKey is a public key as clients read it.
type sshKey struct {
	ID          int64        `json:"id"`
	Name        string       `json:"name"`
	Fingerprint string       `json:"fingerprint"` // MD5, which clients look keys up by
	PublicKey   string       `json:"public_key"`
	Labels      fleet.Labels `json:"labels"`
	Created     *time.Time   `json:"created"`
}

func sshKeyOf(k panel.SSHKey) sshKey {
	return sshKey{k.ID, k.Name, fingerprint(k.PublicKey), k.PublicKey, labelsOf(k.Labels), utc(k.CreatedAt)}
}

func fingerprint(public string) string {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(public))
	if err != nil {
		return ""
	}
	return ssh.FingerprintLegacyMD5(key)
}

func (d *door) listSSHKeys(c *call) (reply, error) {
	keys, err := d.Panel.SSHKeys(c.Context(), c.who)
	if err != nil {
		return reply{}, err
	}
	all := make([]sshKey, 0, len(keys))
	for _, k := range keys {
		all = append(all, sshKeyOf(k))
	}
	all = keep(c, "name", all, func(k sshKey) string { return k.Name })
	all = keep(c, "fingerprint", all, func(k sshKey) string { return k.Fingerprint })
	if all, err = selected(c, all, func(k sshKey) fleet.Labels { return k.Labels }); err != nil {
		return reply{}, err
	}
	return list(c, "ssh_keys", all, order[sshKey]{
		"id":   by(func(k sshKey) int64 { return k.ID }),
		"name": by(func(k sshKey) string { return k.Name }),
	})
}

func (d *door) getSSHKey(c *call) (reply, error) {
	k, err := d.Panel.SSHKey(c.Context(), c.who, c.id())
	return shownSSHKey(k, err)
}

func shownSSHKey(k panel.SSHKey, err error) (reply, error) {
	if errors.Is(err, panel.ErrNotFound) {
		err = missing("ssh_key")
	}
	return ok("ssh_key", sshKeyOf(k)), err
}

func (d *door) createSSHKey(c *call) (reply, error) {
	var n struct {
		Name      string       `json:"name"`
		PublicKey string       `json:"public_key"`
		Labels    fleet.Labels `json:"labels"`
	}
	if err := c.read(&n); err != nil {
		return reply{}, err
	}
	k, err := d.Panel.AddSSHKey(c.Context(), c.who, n.Name, n.PublicKey, n.Labels)
	answered, err := shownSSHKey(k, err)
	answered.status = http.StatusCreated
	return answered, err
}

// updateSSHKey changes what a request names, all of it or nothing.
func (d *door) updateSSHKey(c *call) (reply, error) {
	var change struct {
		Name   *string       `json:"name"`
		Labels *fleet.Labels `json:"labels"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	var k panel.SSHKey
	err := d.Panel.Together(c.Context(), func(ctx context.Context) (err error) {
		if k, err = d.Panel.SSHKey(ctx, c.who, c.id()); err == nil && change.Name != nil {
			k, err = d.Panel.RenameSSHKey(ctx, c.who, c.id(), *change.Name)
		}
		if err == nil && change.Labels != nil {
			k, err = d.Panel.LabelSSHKey(ctx, c.who, c.id(), *change.Labels)
		}
		return err
	})
	return shownSSHKey(k, err)
}

func (d *door) deleteSSHKey(c *call) (reply, error) {
	_, err := shownSSHKey(panel.SSHKey{}, d.Panel.DeleteSSHKey(c.Context(), c.who, c.id()))
	return reply{status: http.StatusNoContent}, err
}

// sshKeys finds the keys that a request means.
func (d *door) sshKeys(c *call, refs []ref) (ids []int64, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	keys, err := d.Panel.SSHKeys(c.Context(), c.who)
	if err != nil {
		return nil, err
	}
	for _, r := range refs {
		var id int64
		for _, k := range keys {
			if r.means(k.ID, k.Name) {
				id = cmp.Or(id, k.ID)
			}
		}
		if id == 0 {
			return nil, invalid("ssh_keys", "there is no such key among yours; GET /ssh_keys lists them")
		}
		ids = append(ids, id)
	}
	return ids, nil
}
