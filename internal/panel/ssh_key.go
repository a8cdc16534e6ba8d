package panel

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// SSHKey is a public key of an account, which guests let in.
type SSHKey struct {
	ID          int64
	AccountID   int64
	Name        string // unique in the account
	Type        string // "ssh-ed25519"
	PublicKey   string // type, key and comment on one line, with a newline behind it if it was sent with one
	Fingerprint string // "SHA256:..."; unique in the account
	Labels      fleet.Labels
	CreatedAt   billing.Instant
}

// AddSSHKey keeps a public key. The text is that of a .pub file; without a name
// the key's comment is its name. A name or a key that the account has already is
// an *Invalid with CodeNameTaken or CodeKeyTaken.
func (p *Panel) AddSSHKey(ctx context.Context, who identity.Who, name, text string, labels fleet.Labels) (SSHKey, error) {
	parsed, err := identity.ParseSSHKey(text)
	if err != nil {
		return SSHKey{}, invalid("public_key", err.Error())
	}
	if strings.HasSuffix(text, "\n") {
		parsed.Public += "\n" // Terraform calls it a change if what it sent does not come back
	}
	key := SSHKey{
		AccountID:   who.AccountID,
		Name:        strings.TrimSpace(cmp.Or(name, parsed.Comment)),
		Type:        parsed.Type,
		PublicKey:   parsed.Public,
		Fingerprint: parsed.Fingerprint,
		Labels:      labels,
	}
	if err := key.check(); err != nil {
		return SSHKey{}, err
	}
	err = p.change(ctx, who, identity.WriteInstances, func(tx Tx) error {
		known, err := tx.ListSSHKeys(who.AccountID)
		if err != nil {
			return err
		}
		for _, k := range known {
			if k.Fingerprint == key.Fingerprint {
				return &Invalid{Field: "public_key", Message: "you have this key already, as " + k.Name, Code: CodeKeyTaken}
			}
		}
		key.CreatedAt = tx.Now()
		key.ID, err = tx.InsertSSHKey(key)
		return nameTaken(err, "key", key.Name)
	})
	return key, err
}

func (k SSHKey) check() error {
	if err := checkLabel("name", k.Name); err != nil {
		return err
	}
	return checkLabels(k.Labels)
}

func checkLabels(labels fleet.Labels) error {
	if err := labels.Validate(); err != nil {
		return invalid("labels", err.Error())
	}
	return nil
}

// SSHKeys returns the keys of the caller's account, by ID.
func (p *Panel) SSHKeys(ctx context.Context, who identity.Who) (keys []SSHKey, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		keys, err = tx.ListSSHKeys(who.AccountID)
		return err
	})
	return keys, err
}

// SSHKey returns a key of the caller's account.
func (p *Panel) SSHKey(ctx context.Context, who identity.Who, id int64) (key SSHKey, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		key, err = ownSSHKey(tx, who.AccountID, id)
		return err
	})
	return key, err
}

// ownSSHKey returns a key if it is the account's.
func ownSSHKey(tx Tx, account, id int64) (SSHKey, error) {
	key, err := tx.SSHKey(id)
	if err == nil && key.AccountID != account {
		return SSHKey{}, ErrNotFound
	}
	return key, err
}

// RenameSSHKey gives a key another name.
func (p *Panel) RenameSSHKey(ctx context.Context, who identity.Who, id int64, name string) (SSHKey, error) {
	return p.changeSSHKey(ctx, who, id, func(k *SSHKey) { k.Name = strings.TrimSpace(name) })
}

// LabelSSHKey replaces the labels of a key.
func (p *Panel) LabelSSHKey(ctx context.Context, who identity.Who, id int64, labels fleet.Labels) (SSHKey, error) {
	return p.changeSSHKey(ctx, who, id, func(k *SSHKey) { k.Labels = labels })
}

func (p *Panel) changeSSHKey(ctx context.Context, who identity.Who, id int64, change func(*SSHKey)) (key SSHKey, err error) {
	err = p.change(ctx, who, identity.WriteInstances, func(tx Tx) error {
		if key, err = ownSSHKey(tx, who.AccountID, id); err != nil {
			return err
		}
		change(&key)
		if err := key.check(); err != nil {
			return err
		}
		return nameTaken(tx.UpdateSSHKey(key), "key", key.Name)
	})
	return key, err
}

// DeleteSSHKey removes a key. Instances that were ordered with it keep it.
func (p *Panel) DeleteSSHKey(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteInstances, func(tx Tx) error {
		if _, err := ownSSHKey(tx, who.AccountID, id); err != nil {
			return err
		}
		return tx.DeleteSSHKey(id)
	})
}

// publicKeys returns the texts of some of an account's keys, each once.
func publicKeys(tx Tx, account int64, ids []int64) (texts []string, err error) {
	taken := map[int64]bool{}
	for _, id := range ids {
		if taken[id] {
			continue
		}
		taken[id] = true
		key, err := ownSSHKey(tx, account, id)
		if errors.Is(err, ErrNotFound) {
			return nil, invalid("ssh_keys", "choose from your SSH keys")
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSuffix(key.PublicKey, "\n"))
	}
	return texts, nil
}
