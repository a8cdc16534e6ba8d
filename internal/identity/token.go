package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"
)

// Token is the secret text of an API token, exactly 64 characters: the prefix
// "acr_", by which scanners for leaked secrets know it; 54 random characters of
// base62, which are 321 bits; and 6 characters of checksum, the CRC-32 (IEEE) of
// the 58 before it as a base62 number, so that a mistyped or truncated token is
// told from a revoked one without asking the database.
//
// It prints itself as "[redacted]" however it is printed, logged or marshalled;
// only Reveal gives the text. Two places are beyond its reach: fmt does not ask
// unexported fields how to print themselves, nor encoding/json the keys of maps.
// Keep a Token in neither.
type Token string

const (
	tokenPrefix   = "acr_"
	tokenRandom   = 54
	tokenChecksum = 6
	tokenLength   = len(tokenPrefix) + tokenRandom + tokenChecksum

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

	redacted = "[redacted]"
)

// NewToken returns a new token. Show it once, store its Hash and its Hint.
func NewToken() (Token, error) { return newToken(rand.Reader) }

func newToken(random io.Reader) (Token, error) {
	secret, err := randomText(random, base62, tokenRandom)
	if err != nil {
		return "", fmt.Errorf("read randomness for a token: %w", err)
	}
	text := append([]byte(tokenPrefix), secret...)
	return Token(append(text, checksum(text)...)), nil
}

// randomText returns random characters of an alphabet. Eight bytes for each make
// the favour that the remainder does to the first of them smaller than one in 2^58.
func randomText(random io.Reader, alphabet string, length int) ([]byte, error) {
	bytes := make([]byte, 8*length)
	if _, err := io.ReadFull(random, bytes); err != nil {
		return nil, err
	}
	text := make([]byte, length)
	for i := range text {
		text[i] = alphabet[binary.LittleEndian.Uint64(bytes[8*i:])%uint64(len(alphabet))]
	}
	return text, nil
}

// checksum returns the CRC-32 of text in six digits of base62, which hold more
// than 32 bits.
func checksum(text []byte) []byte {
	sum := crc32.ChecksumIEEE(text)
	digits := make([]byte, tokenChecksum)
	for i := range digits {
		digits[len(digits)-1-i] = base62[sum%uint32(len(base62))]
		sum /= uint32(len(base62))
	}
	return digits
}

// Valid reports whether t is well formed: length, prefix, alphabet and checksum.
// It does not say that such a token was ever issued.
func (t Token) Valid() bool {
	if len(t) != tokenLength || !strings.HasPrefix(string(t), tokenPrefix) {
		return false
	}
	for _, c := range []byte(t[len(tokenPrefix):]) {
		if strings.IndexByte(base62, c) < 0 {
			return false
		}
	}
	body, sum := t[:tokenLength-tokenChecksum], t[tokenLength-tokenChecksum:]
	return string(checksum([]byte(body))) == string(sum)
}

// Hash returns the SHA-256 of t, under which it is stored and found. A slow hash
// would add nothing: there is nothing to guess in 321 random bits.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

// Hint returns the last 4 characters of t, by which its owner knows it in a
// list, and nothing of a text that is no token.
func (t Token) Hint() string {
	if !t.Valid() {
		return ""
	}
	return string(t[tokenLength-4:])
}

// Reveal returns the text of t, to be shown to its owner once.
func (t Token) Reveal() string { return string(t) }

// String returns "[redacted]".
func (t Token) String() string { return redacted }

// Format writes "[redacted]" for every verb.
func (t Token) Format(f fmt.State, _ rune) { redact(f) }

// LogValue returns "[redacted]".
func (t Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", for JSON and the like.
func (t Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// redact writes the placeholder. A failed write is the business of whoever
// prints.
func redact(w io.Writer) { _, _ = io.WriteString(w, redacted) }
