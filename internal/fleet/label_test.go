package fleet

import (
	"fmt"
	"strings"
	"testing"
)

func TestLabelsAreChecked(t *testing.T) {
	long := strings.Repeat("a", 63)
	many := Labels{}
	for n := range 65 {
		many[fmt.Sprint("k", n)] = ""
	}
	for _, test := range []struct {
		labels Labels
		says   string // empty: they are fine
	}{
		{nil, ""},
		{Labels{"env": "prod", "a": "", "example.org/team": "A_b.c-9", long: long}, ""},
		{Labels{"": "x"}, `the key "" must have 1 to 63 characters`},
		{Labels{"env": long + "a"}, "the value of env must have 1 to 63 characters"},
		{Labels{"-env": ""}, `the key "-env" must begin and end with a letter or a digit`},
		{Labels{"env": "prod."}, "the value of env must begin and end"},
		{Labels{"env": "a b"}, "the value of env must not have the character ' '"},
		{Labels{"env": "a\nb"}, "the value of env must not have the character '\\n'"},
		{Labels{"a/b/c": ""}, `the key "a/b/c" must not have the character '/'`},
		{Labels{"/team": ""}, `the key "/team" must have a domain`},
		{Labels{"example.org/": ""}, `the key "example.org/" must have 1 to 63`},
		{Labels{"ä": ""}, `the key "ä" must begin and end`},
		{many, "has 65 entries; there can be 64"},
	} {
		err := test.labels.Validate()
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%.80v: got %v, want %q", test.labels, err, test.says)
		}
	}
}

func TestSelectorSelects(t *testing.T) {
	things := map[string]Labels{
		"bare": nil,
		"prod": {"env": "prod"},
		"test": {"env": "test", "tmp": ""},
		"team": {"env": "prod", "example.org/team": "b"},
	}
	for selector, want := range map[string]string{
		"":                           "bare prod team test",
		"  ":                         "bare prod team test",
		"env":                        "prod team test",
		"!env":                       "bare",
		"env=prod":                   "prod team",
		"env == prod":                "prod team",
		"env!=prod":                  "bare test",
		"env = prod , !tmp":          "prod team",
		"tmp=":                       "test",
		"env in (prod,test)":         "prod team test",
		"env in ( prod , other ),!a": "prod team",
		"env notin (test)":           "bare prod team",
		"example.org/team in (a,b)":  "team",
		"env=prod,env=test":          "",
	} {
		s, err := ParseSelector(selector)
		if err != nil {
			t.Errorf("%q: %v", selector, err)
			continue
		}
		var got []string
		for _, name := range []string{"bare", "prod", "team", "test"} {
			if s.Matches(things[name]) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", selector, got, want)
		}
		if s.Empty() != (strings.TrimSpace(selector) == "") {
			t.Errorf("%q: got Empty %v", selector, s.Empty())
		}
	}
}

func TestSelectorSaysWhatItCannotRead(t *testing.T) {
	for _, selector := range []string{",", "env,", "=x", "!", "!=x", "!!env", "env=a=b", "env in", "env in (a", "env in a)", "env of (a)",
		"env in (a))", "in (a)", "env>1", "a b", "env in (a b)", "env=prod;x", "(a)", "env!in (a)"} {
		if s, err := ParseSelector(selector); err == nil {
			t.Errorf("%q: got %+v, want an error", selector, s)
		}
	}
}

func FuzzParseSelector(f *testing.F) {
	for _, text := range []string{"", "env=prod,!tmp", "a in (b,c)", "a!=b", "a notin (", "((", ",,", "a==b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err == nil && !s.Empty() && strings.TrimSpace(text) == "" {
			t.Errorf("%q selects by %+v", text, s)
		}
		s.Matches(Labels{"env": "prod"})
	})
}
