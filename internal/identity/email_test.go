package identity

import (
	"net/mail"
	"strings"
	"testing"
)

func TestNormalizeEmail(t *testing.T) {
	longest := strings.Repeat("a", MaxEmail-len("@example.org")) + "@example.org"
	for in, want := range map[string]string{
		"ida@example.org":            "ida@example.org",
		" \tIda@Example.ORG\n":       "ida@example.org",
		"ida+accrue@example.org":     "ida+accrue@example.org",
		"o'neil.x_y@mail.example.co": "o'neil.x_y@mail.example.co",
		"root@localhost":             "root@localhost",
		longest:                      longest,
	} {
		if got, err := NormalizeEmail(in); err != nil || got != want {
			t.Errorf("NormalizeEmail(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestNormalizeEmailRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":              "",
		"space":                "  ",
		"no at sign":           "ida.example.org",
		"no local part":        "@example.org",
		"no domain":            "ida@",
		"two at signs":         "ida@home@example.org",
		"display name":         "Ida <ida@example.org>",
		"angle brackets":       "<ida@example.org>",
		"comment":              "ida@example.org(work)",
		"list":                 "ida@example.org,bob@example.org",
		"group":                "us:ida@example.org;",
		"quoted local part":    `"ida"@example.org`,
		"quoted space":         `"i da"@example.org`,
		"address literal":      "ida@[127.0.0.1]",
		"two dots":             "ida..b@example.org",
		"space within":         "i da@example.org",
		"header injection":     "ida@example.org\r\nBcc: all@example.org",
		"null byte":            "ida\x00@example.org",
		"delete character":     "ida\x7f@example.org",
		"letters beyond ASCII": "ıda@example.org",
		"kelvin sign":          "\u212aate@example.org",
		"invalid UTF-8":        "ida\xff@example.org",
		"too long":             strings.Repeat("a", MaxEmail) + "@example.org",
	} {
		if got, err := NormalizeEmail(in); err == nil {
			t.Errorf("%s: NormalizeEmail(%q) = %q, want an error", name, in, got)
		}
	}
}

func FuzzNormalizeEmail(f *testing.F) {
	for _, seed := range []string{"ida@example.org", `"i\"da"@x`, "<a@b>", "a@[::1]", " A@B ", "a@b(c)", "\u212a@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, err := NormalizeEmail(s)
		if err != nil {
			return
		}
		if again, err := NormalizeEmail(email); err != nil || again != email {
			t.Errorf("%q becomes %q, which becomes %q, %v", s, email, again, err)
		}
		if address, err := mail.ParseAddress("Ida <" + email + ">"); err != nil || address.Address != email {
			t.Errorf("%q becomes %q, which a header gives back as %v, %v", s, email, address, err)
		}
	})
}
