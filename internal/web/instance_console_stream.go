package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/relay"
)

// consoleStream is a console's bytes in a WebSocket, for a ticket.
func (s *server) consoleStream(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	origins, err := s.origins(v)
	if err != nil {
		return err
	}
	if v.Header.Get("Origin") == "" {
		http.Error(w, "Consoles are opened by browsers, which name their origin.", http.StatusForbidden)
		return nil
	}
	if !s.viewers.Enter(i.AccountID) {
		http.Error(w, "Too many consoles are open. Close one.", http.StatusTooManyRequests)
		return nil
	}
	defer s.viewers.Leave(i.AccountID)
	conn, err := websocket.Accept(w, v.Request, &websocket.AcceptOptions{Subprotocols: []string{"binary"}, OriginPatterns: origins})
	if err != nil {
		return nil // it has been answered
	}
	defer func() { _ = conn.CloseNow() }()
	stream, _, err := s.Panel.RedeemConsole(v.Context(), v.who, holder(v), i.ID, identity.SessionSecret(v.Form.Get("ticket")))
	if err != nil {
		message, known := refusal(err)
		if !known {
			message = "The ticket is not valid."
		}
		if !known && !errors.Is(err, panel.ErrNotFound) {
			s.Log.Error("console", "instance", i.ID, "who", v.who.Actor(), "error", err)
			message = "Something went wrong on our side."
		}
		_ = conn.Close(websocket.StatusPolicyViolation, message)
		return nil
	}
	relay.Console{
		Conn: conn, Stream: stream, Ending: s.Ending, Stays: func(ctx context.Context) error { return s.consoleStays(ctx, v, i.ID) },
	}.Run(v.Context())
	return nil
}

// origins are those from which, besides the request's own host, a console may be
// opened.
func (s *server) origins(v *visit) ([]string, error) {
	settings, err := s.Panel.Settings(v.Context())
	if err != nil || settings.PublicURL == "" {
		return nil, err
	}
	public, err := url.Parse(settings.PublicURL)
	if err != nil {
		return nil, err
	}
	return []string{public.Scheme + "://" + public.Host}, nil
}

// consoleStays says whether a console may stay open: its visitor is still signed
// in, and the instance theirs, on, and not held. That nobody can say is no reason
// to end it.
func (s *server) consoleStays(ctx context.Context, v *visit, instance int64) error {
	now := &visit{Request: v.WithContext(ctx)}
	err := s.identify(now)
	if err == nil && now.session.ID != v.session.ID {
		err = panel.ErrUnauthorized
	}
	if err == nil {
		err = s.Panel.ConsoleStays(ctx, now.who, instance)
	}
	_, refused := refusal(err)
	if refused || errors.Is(err, panel.ErrUnauthorized) || errors.Is(err, panel.ErrNotFound) || errors.Is(err, panel.ErrForbidden) {
		return err
	}
	return nil
}
