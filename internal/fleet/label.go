package fleet

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Labels are what owners write on their things to find them again, by keys
// such as "env" or "example.org/team".
type Labels map[string]string

// MaxLabels is how many labels one thing can have.
const MaxLabels = 64

// Validate checks labels by the rules that Kubernetes and Hetzner share. A key is
// a name, perhaps with a domain before it: "example.org/team". A name has 1 to
// 63 letters, digits, hyphens, underscores and dots, and a letter or digit at
// both ends. A value is a name, or empty. The error names the label.
func (l Labels) Validate() error {
	if len(l) > MaxLabels {
		return fmt.Errorf("has %d entries; there can be %d", len(l), MaxLabels)
	}
	for _, key := range slices.Sorted(maps.Keys(l)) {
		if err := validateLabelKey(key); err != nil {
			return fmt.Errorf("the key %q %w", key, err)
		}
		if err := validateLabelValue(l[key]); err != nil {
			return fmt.Errorf("the value of %s %w", key, err)
		}
	}
	return nil
}

func validateLabelKey(key string) error {
	domain, name, found := strings.Cut(key, "/")
	if !found {
		return validateLabelName(key)
	}
	if err := ValidateName(domain); err != nil {
		return errors.New("must have a domain such as example.org before the slash")
	}
	return validateLabelName(name)
}

func validateLabelValue(value string) error {
	if value == "" {
		return nil
	}
	return validateLabelName(value)
}

func validateLabelName(name string) error {
	if len(name) == 0 || len(name) > MaxLabel {
		return fmt.Errorf("must have 1 to %d characters", MaxLabel)
	}
	for i, r := range name {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
		case i == 0 || i == len(name)-1:
			return errors.New("must begin and end with a letter or a digit")
		case r != '-' && r != '_' && r != '.':
			return fmt.Errorf("must not have the character %q; use letters, digits, hyphens, underscores and dots", r)
		}
	}
	return nil
}
