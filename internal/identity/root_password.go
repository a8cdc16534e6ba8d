package identity

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"

	"github.com/go-crypt/crypt/algorithm/shacrypt"
)

// RootPassword is what root of a guest signs in with: 20 random letters and digits
// that cannot be taken for each other, which are 116 bits, and can be typed on any
// keyboard. Like a Token it prints itself as "[redacted]", within the same limits.
type RootPassword string

const (
	rootPasswordLength = 20

	legible = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
)

// NewRootPassword returns a new password. Show it once, and keep its Hash only.
func NewRootPassword() (RootPassword, error) { return newRootPassword(rand.Reader) }

func newRootPassword(random io.Reader) (RootPassword, error) {
	text, err := randomText(random, legible, rootPasswordLength)
	if err != nil {
		return "", fmt.Errorf("read randomness for a password: %w", err)
	}
	return RootPassword(text), nil
}

// Hash returns p as guests keep it in their shadow file: SHA-512 by crypt(3), with
// its usual 5000 rounds and a new salt. A password that is random needs no more.
func (p RootPassword) Hash() (string, error) {
	hasher, err := shacrypt.New(shacrypt.WithVariant(shacrypt.VariantSHA512), shacrypt.WithIterations(shacrypt.IterationsDefaultOmitted))
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	digest, err := hasher.Hash(string(p))
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return digest.Encode(), nil
}

// Reveal returns the text of p.
func (p RootPassword) Reveal() string { return string(p) }

// String returns "[redacted]".
func (p RootPassword) String() string { return redacted }

// Format writes "[redacted]" for every verb.
func (p RootPassword) Format(f fmt.State, _ rune) { redact(f) }

// LogValue returns "[redacted]".
func (p RootPassword) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", for JSON and the like.
func (p RootPassword) MarshalText() ([]byte, error) { return []byte(redacted), nil }
