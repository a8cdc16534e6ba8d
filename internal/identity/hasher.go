package identity

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
)

// Hasher hashes passwords with argon2id (RFC 9106), a few at a time: each takes
// the memory that its Params say, and without a bound a crowd of sign-ins would
// take all there is. Further callers wait. A Hasher is safe for concurrent use.
type Hasher struct {
	params  Params
	running chan struct{} // holds one element per hash being computed
	random  io.Reader
}

// NewHasher returns a Hasher that makes new hashes with params and computes at
// most concurrency at once. It panics if either is out of bounds, since both are
// chosen by whoever writes the program.
func NewHasher(params Params, concurrency int) *Hasher {
	if !params.valid() || concurrency < 1 {
		panic(fmt.Sprintf("identity.NewHasher: %v with concurrency %d", params, concurrency))
	}
	return &Hasher{params: params, running: make(chan struct{}, concurrency), random: rand.Reader}
}

// Hash returns password hashed with a new salt, as a PHC string to be stored.
func (h *Hasher) Hash(password string) (string, error) {
	d := digest{params: h.params, salt: make([]byte, saltLength)}
	if _, err := io.ReadFull(h.random, d.salt); err != nil {
		return "", fmt.Errorf("read salt: %w", err)
	}
	d.key = h.derive(d, password, keyLength)
	return d.encode(), nil
}

// Verify reports whether encoded, which Hash made, is of password. It takes as
// long for a wrong password as for the right one. With ok, rehash says that
// encoded was made with other parameters than those of now: hash the password
// again and store that. An error means that encoded is no hash of a password.
func (h *Hasher) Verify(encoded, password string) (ok, rehash bool, err error) {
	d, err := decode(encoded)
	if err != nil {
		return false, false, err
	}
	key := h.derive(d, password, len(d.key))
	if subtle.ConstantTimeCompare(key, d.key) != 1 {
		return false, false, nil
	}
	current := d.params == h.params && len(d.salt) == saltLength && len(d.key) == keyLength
	return true, !current, nil
}

// VerifyNothing takes as long as Verify of a wrong password. Call it when there
// is no such user, so that how long the answer takes does not tell who is one.
func (h *Hasher) VerifyNothing(password string) {
	h.derive(digest{params: h.params, salt: make([]byte, saltLength)}, password, keyLength)
}

func (h *Hasher) derive(d digest, password string, length int) []byte {
	h.running <- struct{}{}
	defer func() { <-h.running }()
	return d.derive(password, length)
}
