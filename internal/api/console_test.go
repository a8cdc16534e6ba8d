package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"accrue/client"
	"accrue/internal/billing"
)

// A program's viewer has nothing but the address, which is good once.
func TestProgramsOpenConsoles(t *testing.T) {
	s := newSite(t, "")
	carol := s.customer("carol", 1000*billing.Credit)
	web := carol.create("web")
	opened := posted[client.Console](carol, http.StatusCreated, fmt.Sprintf("/v1/instances/%d/console", web.ID), `{"kind": "screen"}`)
	if want := s.now.Time().Add(30 * time.Second); opened.Kind != "screen" || !opened.ExpiresAt.Equal(want) {
		t.Errorf("got %+v, want a screen until %s", opened, want)
	}
	server := httptest.NewServer(s.handler)
	defer server.Close()
	_, stream, _ := strings.Cut(opened.URL, "/v1/")
	dial := func() (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, server.URL+"/v1/"+stream, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://viewer.example.org"}}})
		if err != nil {
			return "", err
		}
		defer conn.CloseNow()
		_, message, err := conn.Read(ctx)
		return string(message), err
	}
	if got, err := dial(); err != nil || got != "RFB 003.008\n" {
		t.Errorf("got %q, %v, want what a screen begins with", got, err)
	}
	if got, err := dial(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("a second time: got %q, %v", got, err)
	}
	opened = posted[client.Console](carol, http.StatusCreated, fmt.Sprintf("/v1/instances/%d/console", web.ID), `{}`)
	_, stream, _ = strings.Cut(opened.URL, "/v1/")
	tokens, err := s.MyTokens(t.Context(), carol.who)
	s.must(err)
	for _, token := range tokens {
		s.must(s.RevokeToken(t.Context(), carol.who, token.ID))
	}
	if got, err := dial(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("with a token that is revoked: got %q, %v", got, err)
	}
}
