package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
)

// How long a session lives, in seconds: SessionIdle after it was last used, and
// SessionLifetime in all, however busy it is.
const (
	SessionIdle     int64 = 7 * 24 * 3600
	SessionLifetime int64 = 30 * 24 * 3600
)

// SessionAlive reports whether a session that was created and last seen at these
// Unix seconds may still be used at now. Its last second is the one before
// either lifetime is over.
func SessionAlive(created, lastSeen, now int64) bool {
	return lastSeen > now-SessionIdle && created > now-SessionLifetime
}

// SessionSecret is what a browser keeps to be known again: 256 random bits in
// base64url, which a cookie carries as it is. Like a Token it prints itself as
// "[redacted]", within the same limits.
type SessionSecret string

const sessionBytes = 32

// NewSessionSecret returns a new secret. Store its Hash.
func NewSessionSecret() (SessionSecret, error) { return newSessionSecret(rand.Reader) }

func newSessionSecret(random io.Reader) (SessionSecret, error) {
	var secret [sessionBytes]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return "", fmt.Errorf("read randomness for a session: %w", err)
	}
	return SessionSecret(base64.RawURLEncoding.EncodeToString(secret[:])), nil
}

// Valid reports whether s is well formed, which a cookie need not be.
func (s SessionSecret) Valid() bool {
	secret, err := base64.RawURLEncoding.DecodeString(string(s))
	return err == nil && len(secret) == sessionBytes &&
		base64.RawURLEncoding.EncodeToString(secret) == string(s)
}

// Hash returns the SHA-256 of s, under which the session is stored and found.
func (s SessionSecret) Hash() []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// Reveal returns the text of s, to be set as a cookie.
func (s SessionSecret) Reveal() string { return string(s) }

// String returns "[redacted]".
func (s SessionSecret) String() string { return redacted }

// Format writes "[redacted]" for every verb.
func (s SessionSecret) Format(f fmt.State, _ rune) { redact(f) }

// LogValue returns "[redacted]".
func (s SessionSecret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", for JSON and the like.
func (s SessionSecret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
