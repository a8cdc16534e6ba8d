package identity

import (
	"errors"
	"unicode/utf8"
)

// How long a password may be. Length is what makes one hard to guess, so nothing
// else is asked of it (NIST SP 800-63B-3, section 5.1.1.2); the upper bound keeps
// anybody from having the panel hash megabytes.
const (
	MinPassword = 10  // characters
	MaxPassword = 256 // bytes
)

// ValidatePassword checks a password that a user wants to have. It is not asked
// of a password with which somebody signs in: that one either matches or not.
func ValidatePassword(p string) error {
	switch {
	case !utf8.ValidString(p):
		return errors.New("must be text in UTF-8; choose another password")
	case utf8.RuneCountInString(p) < MinPassword:
		return errors.New("must have at least 10 characters; three or four words that do not belong together do well")
	case len(p) > MaxPassword:
		return errors.New("must have at most 256 bytes; choose a shorter password")
	}
	return nil
}
