package fleet

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// The longest a name and each of its labels may be, in characters.
const (
	MaxName  = 253
	MaxLabel = 63
)

// ValidateName checks the name of an instance, which becomes its host name: one
// or more labels of lower-case letters, digits and hyphens, with dots between
// them (RFC 1123, section 2.1, and RFC 1035, section 2.3.4). The error says
// what is wrong and what to do about it.
//
// Upper-case letters are refused although host names do not tell them from
// lower-case ones, so that two names are the same exactly when their text is.
func ValidateName(s string) error {
	switch {
	case s == "":
		return errors.New("must not be empty; a name such as web-1 will do")
	case len(s) > MaxName:
		return fmt.Errorf("has %d characters; shorten it to at most %d", len(s), MaxName)
	}
	for label := range strings.SplitSeq(s, ".") {
		if err := validateLabel(label); err != nil {
			return err
		}
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return errors.New("reads as an IP address; begin it with a letter")
	}
	return nil
}

func validateLabel(label string) error {
	for _, r := range label {
		switch {
		case 'A' <= r && r <= 'Z':
			return fmt.Errorf("must not have upper-case letters; write %s instead of %s", strings.ToLower(label), label)
		case !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-'):
			return fmt.Errorf("must not have the character %q; use lower-case letters, digits, hyphens and dots", r)
		}
	}
	switch {
	case label == "":
		return errors.New("must not begin or end with a dot or have two in a row; take the dot away")
	case len(label) > MaxLabel:
		return fmt.Errorf("has a part of %d characters; shorten each part between dots to at most %d", len(label), MaxLabel)
	case label[0] == '-' || label[len(label)-1] == '-':
		return errors.New("must not begin or end with a hyphen, nor may a part between dots; take the hyphen away")
	}
	return nil
}
