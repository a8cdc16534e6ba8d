package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Whoever prints a secret in a hurry should print nothing.
func TestSecretsPrintNothingSecret(t *testing.T) {
	token, err1 := NewToken()
	secret, err2 := NewSessionSecret()
	password, err3 := NewRootPassword()
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	type all struct {
		Token  Token
		Secret SessionSecret
		Root   RootPassword
	}
	values := []any{
		token, secret, password, &token, &secret, &password, all{token, secret, password}, &all{token, secret, password},
		[]Token{token}, map[string]Token{"token": token}, fmt.Errorf("sign in with %v and %v", token, secret),
	}

	var out bytes.Buffer
	handlers := []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%10.3s", "%z"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		fmt.Fprintln(&out, value)
		for _, handler := range handlers {
			slog.New(handler).Info("printed", "value", value)
		}
		if text, err := json.Marshal(value); err == nil {
			out.Write(text)
		}
	}
	fmt.Fprintln(&out, token.String(), secret.String(), token.LogValue(), secret.LogValue(), password.String(), password.LogValue())

	printed := strings.ToLower(out.String())
	if !strings.Contains(printed, redacted) {
		t.Fatalf("printed nothing at all: %s", printed)
	}
	for _, text := range []string{token.Reveal(), secret.Reveal(), password.Reveal()} {
		for _, leak := range []string{text[4:14], fmt.Sprintf("%x", text[4:14]), fmt.Sprintf("% x", text[4:14])} {
			if at := strings.Index(printed, strings.ToLower(leak)); at >= 0 {
				t.Errorf("printed a secret: ...%s", printed[max(0, at-80):at+20])
			}
		}
	}
}
