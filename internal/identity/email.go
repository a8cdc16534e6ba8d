package identity

import (
	"errors"
	"net/mail"
	"strings"
)

// MaxEmail is the longest an address may be, in bytes (RFC 5321, section
// 4.5.3.1.3, less the angle brackets of a path).
const MaxEmail = 254

// NormalizeEmail returns the form of an address under which its user is kept
// and found: without surrounding space, in lower case. Equal mailboxes so have
// equal texts, and whatever it returns is safe in a header of a message.
//
// It refuses display names, comments, quoted local parts and address literals,
// and every character outside ASCII: letters that only look alike, or become
// alike in lower case, must not lead into another user's account.
func NormalizeEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", errors.New("must not be empty; write an address such as ida@example.org")
	case len(s) > MaxEmail:
		return "", errors.New("is too long; an e-mail address has at most 254 characters")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "", errors.New("must have no spaces and only plain ASCII characters; write an address such as ida@example.org")
	}
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || strings.Contains(s, "[") {
		return "", errors.New("is no e-mail address; write just the address, such as ida@example.org")
	}
	return strings.ToLower(s), nil
}
