package identity

import (
	"strings"
	"testing"
)

func TestValidatePassword(t *testing.T) {
	for _, test := range []struct {
		name, password, want string
	}{
		{"ten characters", "1234567890", ""},
		{"ten characters of many bytes", strings.Repeat("ü", 10), ""},
		{"spaces", "correct horse battery", ""},
		{"256 bytes", strings.Repeat("x", 256), ""},
		{"nothing", "", "at least 10 characters"},
		{"nine characters", "123456789", "at least 10 characters"},
		{"nine characters of many bytes", strings.Repeat("ü", 9), "at least 10 characters"},
		{"257 bytes", strings.Repeat("x", 257), "at most 256 bytes"},
		{"many bytes in few characters", strings.Repeat("ü", 129), "at most 256 bytes"},
		{"invalid UTF-8", "123456789\xff", "UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := ValidatePassword(test.password)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v, want nil", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
