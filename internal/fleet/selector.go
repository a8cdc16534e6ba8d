package fleet

import (
	"fmt"
	"slices"
	"strings"
)

// Selector selects things by their labels. The zero Selector selects everything.
type Selector struct{ terms []term }

// term is one condition of a selector.
type term struct {
	key    string
	not    bool     // the condition must not hold
	exists bool     // the key is there, whatever its value
	values []string // or it has one of these
}

// ParseSelector reads conditions with commas between them, which all must hold:
//
//	env            the key is there           !env             it is not there
//	env=prod       it has the value           env!=prod        it has another, or is not there
//	env in (a, b)  it has one of the values   env notin (a, b) it has none, or is not there
//
// "==" is the same as "=". The error says what cannot be read, and where.
func ParseSelector(text string) (s Selector, err error) {
	if strings.TrimSpace(text) == "" {
		return s, nil
	}
	for _, part := range splitOutside(text) {
		t, err := parseTerm(strings.TrimSpace(part))
		if err != nil {
			return Selector{}, err
		}
		s.terms = append(s.terms, t)
	}
	return s, nil
}

// splitOutside cuts at the commas that are not between parentheses.
func splitOutside(text string) (parts []string) {
	depth, from := 0, 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts, from = append(parts, text[from:i]), i+1
			}
		}
	}
	return append(parts, text[from:])
}

func parseTerm(text string) (t term, err error) {
	if key, set, found := strings.Cut(text, "("); found {
		return parseSet(text, key, set)
	}
	key, value, compared := strings.Cut(text, "=")
	switch {
	case !compared:
		t.exists = true
		key, t.not = strings.CutPrefix(key, "!")
	case strings.HasSuffix(key, "!"):
		key, t.not = strings.TrimSuffix(key, "!"), true
	default:
		value = strings.TrimPrefix(value, "=")
	}
	if compared {
		t.values = []string{strings.TrimSpace(value)}
	}
	t.key = strings.TrimSpace(key)
	return t, t.validate(text)
}

// parseSet reads "env in (a, b)", cut at the parenthesis.
func parseSet(text, before, set string) (t term, err error) {
	words := strings.Fields(before)
	set, closed := strings.CutSuffix(set, ")")
	if len(words) != 2 || !closed || (words[1] != "in" && words[1] != "notin") {
		return t, fmt.Errorf("%q is not like env in (a, b) or env notin (a, b)", text)
	}
	t.key, t.not = words[0], words[1] == "notin"
	for value := range strings.SplitSeq(set, ",") {
		t.values = append(t.values, strings.TrimSpace(value))
	}
	return t, t.validate(text)
}

func (t term) validate(text string) error {
	if err := validateLabelKey(t.key); err != nil {
		return fmt.Errorf("%q: the key %w", text, err)
	}
	for _, value := range t.values {
		if err := validateLabelValue(value); err != nil {
			return fmt.Errorf("%q: the value %w", text, err)
		}
	}
	return nil
}

// Empty says whether the selector selects everything.
func (s Selector) Empty() bool { return len(s.terms) == 0 }

// Matches says whether labels are selected.
func (s Selector) Matches(l Labels) bool {
	for _, t := range s.terms {
		value, there := l[t.key]
		if holds := there && (t.exists || slices.Contains(t.values, value)); holds == t.not {
			return false
		}
	}
	return true
}
