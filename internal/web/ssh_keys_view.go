package web

// SSHKeysView is the page at /ssh-keys, whose form posts there: name and
// public_key.
type SSHKeysView struct {
	Keys            []SSHKeyRow
	Name, PublicKey string // as entered
	Errors          Errors
}

// SSHKeyRow is a key that guests let in.
type SSHKeyRow struct {
	ID, Name, Type, Fingerprint string
	Added                       Instant
	Rename, Remove              Confirm
}
