// Package identity says who is asking and what they may do: users and their
// roles, sessions, API tokens and passwords.
//
// It reads no clock and opens nothing; besides randomness for new secrets and
// the work of hashing passwords it is pure. Secrets are kept only as hashes, and
// those that pass through the program print themselves as "[redacted]".
package identity
