package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const sshKeys = "/v1/ssh-keys"

func (s *server) sshKeyOperations() {
	const tag = "SSH keys"
	whole(s, operation{
		id: "list-ssh-keys", tag: tag, path: sshKeys, need: identity.ReadInstances, summary: "The account's SSH keys",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) ([]client.SSHKey, error) {
		keys, err := s.Panel.SSHKeys(ctx, who)
		return each(keys, sshKey), err
	})
	post(s, operation{
		id: "create-ssh-key", tag: tag, path: sshKeys, need: identity.WriteInstances, summary: "Keep a public key",
		status: http.StatusCreated, errors: []int{http.StatusConflict},
	}, s.createSSHKey)
	get(s, operation{
		id: "get-ssh-key", tag: tag, path: sshKeys + "/{id}", need: identity.ReadInstances, summary: "An SSH key",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.SSHKey, error) {
		k, err := s.Panel.SSHKey(ctx, who, in.ID)
		return sshKey(k), err
	})
	patch(s, operation{
		id: "change-ssh-key", tag: tag, path: sshKeys + "/{id}", need: identity.WriteInstances, summary: "Change a key's name or labels",
		errors: []int{http.StatusConflict},
	}, s.changeSSHKey)
	remove(s, operation{
		id: "delete-ssh-key", tag: tag, path: sshKeys + "/{id}", need: identity.WriteInstances,
		summary: "Remove a key", text: "Instances that were ordered with it keep it.",
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeleteSSHKey(ctx, who, in.ID)
	})
}

func sshKey(k panel.SSHKey) client.SSHKey {
	return client.SSHKey{
		ID: k.ID, Name: k.Name, Type: k.Type, PublicKey: strings.TrimSuffix(k.PublicKey, "\n"), Fingerprint: k.Fingerprint, Labels: labels(k.Labels), CreatedAt: k.CreatedAt.Time(),
	}
}

// newSSHKeyInput is a key to be kept.
type newSSHKeyInput struct {
	Keyed
	Body client.NewSSHKey
}

func (s *server) createSSHKey(ctx context.Context, who identity.Who, in *newSSHKeyInput) (out outcome[client.SSHKey], err error) {
	if who.AccountID == 0 {
		return out, newProblem(ctx, codeNotFound, "Administrators have no account that could have keys.")
	}
	k, err := s.Panel.AddSSHKey(ctx, who, in.Body.Name, in.Body.PublicKey, in.Body.Labels)
	return created(fmt.Sprint(sshKeys, "/", k.ID), sshKey(k)), err
}

// sshKeyChange is a change of a key.
type sshKeyChange struct {
	ByID
	Body client.SSHKeyChange
}

func (s *server) changeSSHKey(ctx context.Context, who identity.Who, in *sshKeyChange) (client.SSHKey, error) {
	if in.Body.Name != nil {
		if _, err := s.Panel.RenameSSHKey(ctx, who, in.ID, *in.Body.Name); err != nil {
			return client.SSHKey{}, err
		}
	}
	if in.Body.Labels != nil {
		if _, err := s.Panel.LabelSSHKey(ctx, who, in.ID, *in.Body.Labels); err != nil {
			return client.SSHKey{}, err
		}
	}
	k, err := s.Panel.SSHKey(ctx, who, in.ID)
	return sshKey(k), err
}
