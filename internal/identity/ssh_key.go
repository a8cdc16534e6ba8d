package identity

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"
)

// SSHKey is a public key in the form in which it is kept.
type SSHKey struct {
	Type        string // "ssh-ed25519"
	Public      string // type, key and comment on one line, as in authorized_keys
	Comment     string // what stands behind the key; empty if it is not printable
	Fingerprint string // "SHA256:" and 43 characters
}

// maxSSHKey is how long a key's text may be: more than twice an RSA key of
// 16384 bits.
const maxSSHKey = 8192

// minRSA is the shortest RSA key that OpenSSH's server accepts, in bits.
const minRSA = 1024

// ParseSSHKey reads one public key as it stands in a .pub file. The error says
// what is wrong with it, in words that read well beside a field; it never
// repeats what was given, which may be a private key.
func ParseSSHKey(text string) (SSHKey, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return SSHKey{}, errors.New("paste a public key, such as the text of id_ed25519.pub")
	case strings.Contains(text, "PRIVATE KEY"):
		return SSHKey{}, errors.New("is a private key; keep it to yourself and paste the public one, from the file ending in .pub")
	case len(text) > maxSSHKey:
		return SSHKey{}, fmt.Errorf("has %d characters; a key has at most %d", len(text), maxSSHKey)
	case strings.ContainsAny(text, "\r\n"):
		return SSHKey{}, errors.New("must be one key on one line")
	}
	key, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(text))
	switch {
	case err != nil:
		return SSHKey{}, errors.New("is not a public key such as ssh-ed25519 AAAA...")
	case len(options) > 0:
		return SSHKey{}, errors.New("must not have options before the key, such as command= or from=; paste the key alone")
	}
	if err := validateSSHKey(key); err != nil {
		return SSHKey{}, err
	}
	if strings.ContainsFunc(comment, func(r rune) bool { return !unicode.IsPrint(r) }) {
		comment = ""
	}
	return SSHKey{
		Type:        key.Type(),
		Public:      strings.TrimSpace(strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " " + comment),
		Comment:     comment,
		Fingerprint: ssh.FingerprintSHA256(key),
	}, nil
}

// validateSSHKey refuses what a guest's SSH server would.
func validateSSHKey(key ssh.PublicKey) error {
	if _, certificate := key.(*ssh.Certificate); certificate {
		return errors.New("is a certificate; paste the public key that it was made for")
	}
	if key.Type() == ssh.InsecureKeyAlgoDSA {
		return errors.New("is a DSA key, which SSH servers no longer accept; make one with ssh-keygen -t ed25519")
	}
	if standard, ok := key.(ssh.CryptoPublicKey); ok {
		if public, ok := standard.CryptoPublicKey().(*rsa.PublicKey); ok && public.N.BitLen() < minRSA {
			return fmt.Errorf("is an RSA key of %d bits, which SSH servers do not accept; make one with ssh-keygen -t ed25519", public.N.BitLen())
		}
	}
	return nil
}
