package client

import "time"

// SSHKey is a public key that guests let in.
type SSHKey struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Type        string    `json:"type" example:"ssh-ed25519"`
	PublicKey   string    `json:"public_key"`
	Fingerprint string    `json:"fingerprint" example:"SHA256:KqzlFXVBN2cMv1GNbIbVC/B1ZMPVp6RzS5Hb7ZSFCbo"`
	Labels      Labels    `json:"labels"`
	CreatedAt   time.Time `json:"created_at"`
}

// NewSSHKey is a key to be kept.
type NewSSHKey struct {
	Name      string `json:"name,omitempty" maxLength:"80" doc:"The key's comment if it is absent."`
	PublicKey string `json:"public_key" minLength:"1" maxLength:"16384" doc:"The text of a .pub file."`
	Labels    Labels `json:"labels,omitempty"`
}

// SSHKeyChange is what can be changed about a key. What is absent stays as it is.
type SSHKeyChange struct {
	Name   *string `json:"name,omitempty" maxLength:"80"`
	Labels *Labels `json:"labels,omitempty" doc:"All labels; those that are left out are taken away."`
}
