package fleet

import (
	"regexp"
	"strings"
	"testing"
)

func TestValidateNameAccepts(t *testing.T) {
	for _, name := range []string{
		"a", "7", "web-1", "db.example.org", "1-a.2-b", "xn--bcher-kva.example", "a--b",
		strings.Repeat("a", 63),
		strings.Repeat(strings.Repeat("a", 62)+".", 4) + "b",
		"1.2.3.4.5", "256.1.1.1",
	} {
		if err := ValidateName(name); err != nil {
			t.Errorf("ValidateName(%q) = %v, want nil", name, err)
		}
	}
}

func TestValidateNameSaysWhatIsWrong(t *testing.T) {
	for name, want := range map[string]string{
		"":                        "must not be empty",
		"Web1":                    "upper-case letters; write web1 instead of Web1",
		"web 1":                   `must not have the character ' '`,
		"web_1":                   `must not have the character '_'`,
		"bücher":                  `must not have the character 'ü'`,
		"web\n":                   `must not have the character '\n'`,
		"a\x00":                   `must not have the character '\x00'`,
		"a\xff":                   `must not have the character '�'`,
		"-web":                    "begin or end with a hyphen",
		"web-":                    "begin or end with a hyphen",
		"web.-db":                 "begin or end with a hyphen",
		"---":                     "begin or end with a hyphen",
		".web":                    "begin or end with a dot",
		"web.":                    "begin or end with a dot",
		"web..db":                 "two in a row",
		"10.0.0.1":                "IP address",
		strings.Repeat("a", 64):   "a part of 64 characters",
		strings.Repeat("a.", 127): "has 254 characters; shorten it to at most 253",
	} {
		if err := ValidateName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ValidateName(%q) = %v, want %q", name, err, want)
		}
	}
}

// hostName is the grammar of RFC 1035, section 2.3.1, with the digits of RFC
// 1123, section 2.1; address is what the latter excludes.
var (
	hostName = regexp.MustCompile(`\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z`)
	address  = regexp.MustCompile(`\A(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}\z`)
)

func FuzzValidateName(f *testing.F) {
	for _, seed := range []string{
		"web-1", "a.b", "-", "a-", ".", "a..b", "A", "ü", "10.0.0.1", "\xff", strings.Repeat("a", 64), strings.Repeat("a.", 127),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := ValidateName(name)
		switch {
		case address.MatchString(name): // not always an address: 256.1.1.1
		case (err == nil) != (len(name) <= 253 && hostName.MatchString(name)):
			t.Errorf("ValidateName(%q) = %v", name, err)
		}
	})
}
