package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"accrue/internal/identity"
)

// newPassword returns a password that is easy to read out and to copy: sixteen
// random letters and digits, eighty bits.
func newPassword() string {
	text := strings.ToLower(rand.Text())
	return text[0:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:16]
}

// readPassword reads the first line of a file, of standard input if it is "-".
func readPassword(name string, stdin io.Reader) (string, error) {
	source := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", fmt.Errorf("--password-file: %w", err)
		}
		defer file.Close()
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, 4*identity.MaxPassword))
	if err != nil {
		return "", fmt.Errorf("--password-file: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	password := strings.TrimSuffix(line, "\r")
	if err := identity.ValidatePassword(password); err != nil {
		return "", fmt.Errorf("--password-file: the password %w", err)
	}
	return password, nil
}
