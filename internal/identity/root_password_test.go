package identity

import (
	"strings"
	"testing"

	"github.com/go-crypt/crypt/algorithm/shacrypt"
)

func TestRootPasswordIsLegible(t *testing.T) {
	seen := map[RootPassword]bool{}
	for range 100 {
		p, err := NewRootPassword()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Reveal(); len(got) != 20 || strings.Trim(got, legible) != "" {
			t.Errorf("got %q, want 20 characters that cannot be taken for each other", got)
		}
		seen[p] = true
	}
	if len(seen) != 100 {
		t.Errorf("100 passwords were %d different ones", len(seen))
	}
}

func TestRootPasswordNeedsRandomness(t *testing.T) {
	if p, err := newRootPassword(strings.NewReader("too little")); err == nil {
		t.Errorf("got %q without randomness", p.Reveal())
	}
}

// Guests compare what is typed with the hash by crypt(3). The other hash was made by
// "openssl passwd -6".
func TestRootPasswordHashesAsGuestsDo(t *testing.T) {
	p := RootPassword("yGm9dHw3pBq4nXs7KzTe")
	first, err := p.Hash()
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("two hashes of one password are alike: %s", first)
	}
	for _, hash := range []string{first, second, "$6$Xv3kP0aQ$BK5R6nIIX1WCadZYMgAUOIkAarsvsh.5wKyU6RSIhOi8QD6otc/Dz/2.b7Dff1D4hL2ewU/oEGLm7PdW89EGf/"} {
		digest, err := shacrypt.Decode(hash)
		if err != nil {
			t.Fatalf("%s: %v", hash, err)
		}
		if !strings.HasPrefix(hash, "$6$") || !digest.Match(p.Reveal()) || digest.Match("another") {
			t.Errorf("%s is no hash of the password, or of any", hash)
		}
	}
}
