package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// genToken draws tokens from the randomness of the test.
func genToken() *rapid.Generator[Token] {
	return rapid.Custom(func(t *rapid.T) Token {
		random := rapid.SliceOfN(rapid.Byte(), 8*tokenRandom, 8*tokenRandom).Draw(t, "random")
		token, err := newToken(bytes.NewReader(random))
		if err != nil {
			t.Fatal(err)
		}
		return token
	})
}

func TestNewTokenHas64Characters(t *testing.T) {
	token, err := NewToken()
	if err != nil {
		t.Fatal(err)
	}
	text := token.Reveal()
	if len(text) != 64 || !strings.HasPrefix(text, "acr_") || !token.Valid() {
		t.Errorf("got a token of %d characters, valid %v", len(text), token.Valid())
	}
	if other, err := NewToken(); err != nil || other == token {
		t.Errorf("got the same token twice, %v", err)
	}
}

// A checksum that changed would make every token out there invalid.
func TestTokenChecksumStaysAsItIs(t *testing.T) {
	token, err := newToken(bytes.NewReader(make([]byte, 8*tokenRandom)))
	if err != nil {
		t.Fatal(err)
	}
	want := "acr_" + strings.Repeat("0", 54) + "0Bchrp"
	if got := token.Reveal(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTokensAreValidAndRandomOnesAreNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := genToken().Draw(t, "token")
		if !token.Valid() {
			t.Fatalf("%q is not valid", token.Reveal())
		}
		if got, want := token.Hint(), token.Reveal()[60:]; got != want {
			t.Fatalf("hint %q, want %q", got, want)
		}
		if s := Token(rapid.String().Draw(t, "text")); s.Valid() {
			t.Fatalf("%q is valid", s.Reveal())
		}
	})
}

func TestATokenWithOneWrongCharacterIsNeverValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(genToken().Draw(t, "token").Reveal())
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		wrong := rapid.Byte().Filter(func(b byte) bool { return b != text[at] })
		text[at] = wrong.Draw(t, "wrong")
		if Token(text).Valid() {
			t.Fatalf("%q is valid", text)
		}
	})
}

func TestATokenWithTwoCharactersSwappedIsNeverValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(genToken().Draw(t, "token").Reveal())
		at := rapid.IntRange(0, len(text)-2).Draw(t, "at")
		if text[at] == text[at+1] {
			return
		}
		text[at], text[at+1] = text[at+1], text[at]
		if Token(text).Valid() {
			t.Fatalf("%q is valid", text)
		}
	})
}

func TestATokenCutShortIsNotValid(t *testing.T) {
	token, err := NewToken()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(token) {
		if token[:n].Valid() {
			t.Errorf("the first %d characters are valid", n)
		}
	}
	if (token + "0").Valid() || (" " + token).Valid() {
		t.Error("a token with a character more is valid")
	}
}

func TestNoHintOfWhatIsNoToken(t *testing.T) {
	if got := Token("my password").Hint(); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

func TestTokenHashIsSHA256(t *testing.T) {
	token := Token("abc") // FIPS 180-2, appendix B.1
	want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := hex.EncodeToString(token.Hash()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := len(token.Hash()); got != sha256.Size {
		t.Errorf("got %d bytes, want %d", got, sha256.Size)
	}
}

func TestTokenCharactersAreEquallyLikely(t *testing.T) {
	counts := make(map[byte]int)
	const tokens = 2000
	for range tokens {
		token, err := NewToken()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []byte(token[len(tokenPrefix) : tokenLength-tokenChecksum]) {
			counts[c]++
		}
	}
	mean := tokens * tokenRandom / len(base62) // 1741, with a deviation of 41
	for _, c := range []byte(base62) {
		if n := counts[c]; n < mean*3/4 || n > mean*5/4 {
			t.Errorf("%q came %d times, want about %d", c, n, mean)
		}
	}
}

func TestSecretsNeedRandomness(t *testing.T) {
	broken := iotest.ErrReader(io.ErrClosedPipe)
	if token, err := newToken(broken); !errors.Is(err, io.ErrClosedPipe) || token != "" {
		t.Errorf("got a token, %v", err)
	}
	if secret, err := newSessionSecret(strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) || secret != "" {
		t.Errorf("got a secret, %v", err)
	}
}

// FuzzToken gives anything for a token: nothing panics, and what is valid is its
// own 64 characters and no others.
func FuzzToken(f *testing.F) {
	token, err := NewToken()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{token.Reveal(), token.Reveal()[:63], token.Reveal() + "x", "", "acr_", "acr_\xff", strings.Repeat("a", 64)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		given := Token(text)
		if len(given.Hash()) != 32 {
			t.Errorf("the hash of %q has %d bytes", text, len(given.Hash()))
		}
		if !given.Valid() {
			if hint := given.Hint(); hint != "" {
				t.Errorf("%q is no token and has the hint %q", text, hint)
			}
			return
		}
		if len(text) != 64 || !strings.HasPrefix(text, "acr_") || !strings.HasSuffix(text, given.Hint()) {
			t.Errorf("%q is called valid", text)
		}
	})
}
