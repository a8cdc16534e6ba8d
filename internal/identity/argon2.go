package identity

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params is what a password hash costs.
type Params struct {
	MemoryKiB uint32
	Time      uint32 // passes over the memory
	Threads   uint8
}

// DefaultParams is above the first of the settings that the OWASP Password
// Storage Cheat Sheet recommends for argon2id (46 MiB, one pass, one thread).
// A hash takes about a tenth of a second, on one thread only, so that sign-ins
// leave the machine to others.
//
// TestParams is as cheap as can be, and protects nothing.
var (
	DefaultParams = Params{MemoryKiB: 64 * 1024, Time: 1, Threads: 1}
	TestParams    = Params{MemoryKiB: 8, Time: 1, Threads: 1}
)

// What an encoded hash may ask for. Whoever can write to the database should
// not be able to have a sign-in take all memory.
const (
	maxMemoryKiB = 1 << 20 // 1 GiB
	maxTime      = 16
	maxThreads   = 16

	saltLength = 16 // bytes, as RFC 9106, section 3.1, recommends for passwords
	keyLength  = 32
	maxEncoded = 256 // of the whole text
)

func (p Params) valid() bool {
	return p.Threads >= 1 && p.Threads <= maxThreads &&
		p.Time >= 1 && p.Time <= maxTime &&
		p.MemoryKiB >= 8*uint32(p.Threads) && p.MemoryKiB <= maxMemoryKiB
}

// digest is an argon2id hash with all that is needed to compute it again.
type digest struct {
	params    Params
	salt, key []byte
}

// errDigest says that a stored hash is none, which is never the fault of whoever
// signs in. It does not repeat the text, which may be anything.
var errDigest = errors.New("password hash is not argon2id in PHC format")

// derive returns the key of password under d's parameters and salt.
func (d digest) derive(password string, length int) []byte {
	p := d.params
	return argon2.IDKey([]byte(password), d.salt, p.Time, p.MemoryKiB, p.Threads, uint32(length))
}

// encode writes d as a PHC string, which every argon2 library reads:
// $argon2id$v=19$m=65536,t=1,p=1$c2FsdA$a2V5
func (d digest) encode() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, d.params,
		b64.EncodeToString(d.salt), b64.EncodeToString(d.key))
}

// String writes p as PHC strings do: "m=65536,t=1,p=1".
func (p Params) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", p.MemoryKiB, p.Time, p.Threads)
}

// decode reads what encode writes, and nothing else: one text per digest.
func decode(encoded string) (digest, error) {
	fields := strings.Split(encoded, "$")
	if len(encoded) > maxEncoded || len(fields) != 6 {
		return digest{}, errDigest
	}
	var d digest
	p := &d.params
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Time, &p.Threads); err != nil {
		return digest{}, errDigest
	}
	// What is no base64 becomes too short or does not encode back.
	d.salt, _ = base64.RawStdEncoding.DecodeString(fields[4])
	d.key, _ = base64.RawStdEncoding.DecodeString(fields[5])
	if !p.valid() || len(d.salt) < saltLength/2 || len(d.key) < keyLength/2 || d.encode() != encoded {
		return digest{}, errDigest
	}
	return d, nil
}
