package identity

import (
	"bytes"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"
)

func TestSessionAlive(t *testing.T) {
	const now = 1_800_000_000
	for _, test := range []struct {
		name              string
		created, lastSeen int64
		want              bool
	}{
		{"just created", now, now, true},
		{"seen a moment ago", now - 1000, now - 1, true},
		{"in its last second of idleness", now - SessionIdle + 1, now - SessionIdle + 1, true},
		{"idle too long", now - SessionIdle, now - SessionIdle, false},
		{"in its last second of all", now - SessionLifetime + 1, now, true},
		{"too old however busy", now - SessionLifetime, now, false},
		{"created by a clock that runs ahead", now + 5, now + 5, true},
		{"never created", 0, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := SessionAlive(test.created, test.lastSeen, now); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestADeadSessionStaysDead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		created := rapid.Int64Range(0, 1<<40).Draw(t, "created")
		lastSeen := created + rapid.Int64Range(0, SessionLifetime).Draw(t, "busy")
		now := lastSeen + rapid.Int64Range(0, 2*SessionIdle).Draw(t, "idle")
		later := now + rapid.Int64Range(0, 1<<40).Draw(t, "later")
		if !SessionAlive(created, lastSeen, now) && SessionAlive(created, lastSeen, later) {
			t.Fatalf("dead at %d, alive at %d", now, later)
		}
	})
}

func TestNewSessionSecret(t *testing.T) {
	secret, err := NewSessionSecret()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(secret.Reveal()), 43; got != want || !secret.Valid() {
		t.Errorf("got %d characters, want %d; valid %v", got, want, secret.Valid())
	}
	if other, err := NewSessionSecret(); err != nil || other == secret {
		t.Errorf("got the same secret twice, %v", err)
	}
}

func TestSessionSecretCarriesAllItsBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.SliceOfN(rapid.Byte(), sessionBytes, sessionBytes)
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		first, err1 := newSessionSecret(bytes.NewReader(a))
		second, err2 := newSessionSecret(bytes.NewReader(b))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got, want := first == second, bytes.Equal(a, b); got != want {
			t.Fatalf("secrets equal %v, randomness equal %v", got, want)
		}
		if !first.Valid() {
			t.Fatalf("%q is not valid", first.Reveal())
		}
	})
}

func TestSessionSecretIsNotWhateverACookieSays(t *testing.T) {
	secret, err := NewSessionSecret()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []SessionSecret{
		"", "x", secret[:42], secret + "A", secret + "=", secret + "\n", secret[:20] + "\n" + secret[20:], "*" + secret[1:], secret[:42] + "B",
	} {
		if s.Valid() {
			t.Errorf("%q is valid", s.Reveal())
		}
	}
}

func TestSessionSecretHashIsSHA256(t *testing.T) {
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := hex.EncodeToString(SessionSecret("abc").Hash()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
