package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/coder/websocket"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/relay"
)

func (s *server) consoleOperations() {
	post(s, operation{
		id: "open-console", tag: "Instance actions", path: "/v1/instances/{id}/console", need: identity.WriteInstances,
		summary: "Open an instance's screen or serial port", status: http.StatusCreated, errors: []int{http.StatusConflict},
		text: "The answer has the address of a WebSocket that carries bytes both ways: RFB 3.8 without a password, as VNC viewers speak it, or what the serial port says. The address is all that a viewer needs, so keep it to yourself: it is good once, and for 30 seconds.",
	}, s.openConsole)
}

// openConsoleInput names an instance and what of it to see.
type openConsoleInput struct {
	ByID
	Keyed
	Body client.NewConsole
}

func (s *server) openConsole(ctx context.Context, who identity.Who, in *openConsoleInput) (out outcome[client.Console], err error) {
	ticket, err := s.Panel.OpenConsoleTo(ctx, who, in.ID, panel.ConsoleKind(in.Body.Kind))
	if err != nil {
		return out, err
	}
	settings, err := s.Panel.Settings(ctx)
	if err != nil {
		return out, err
	}
	now, err := s.Panel.Now(ctx)
	out.Body = client.Console{
		URL: relay.Address(settings.PublicURL, callOf(ctx).host, ticket), Kind: in.Body.Kind, ExpiresAt: (now + panel.TicketLife).Time(),
	}
	return out, err
}

// consoleStream is a console's bytes in a WebSocket, for a program's ticket. It
// takes no cookie and needs no token: the ticket is the way in, whatever page or
// program shows it.
func (s *server) consoleStream(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"binary"}, InsecureSkipVerify: true})
	if err != nil {
		return // it has been answered
	}
	defer func() { _ = conn.CloseNow() }()
	from := identity.Origin(r.RemoteAddr, r.Header.Get("X-Forwarded-For"), s.Proxies)
	opened, err := s.Panel.RedeemProgramConsole(r.Context(), identity.SessionSecret(r.URL.Query().Get("ticket")), from)
	if err != nil {
		why := s.problemOf(r.Context(), err).Detail
		if errors.Is(err, panel.ErrNotFound) {
			why = "The ticket is not valid."
		}
		_ = conn.Close(websocket.StatusPolicyViolation, why)
		return
	}
	defer opened.Close()
	if !s.viewers.Enter(opened.AccountID) {
		_ = conn.Close(websocket.StatusTryAgainLater, "Too many consoles are open. Close one.")
		return
	}
	defer s.viewers.Leave(opened.AccountID)
	relay.Console{Conn: conn, Stream: opened, Stays: s.lasting(opened.Stays), Ending: s.Ended}.Run(r.Context())
}

// lasting says whether something may go on. That nobody can say is no reason to
// end it.
func (s *server) lasting(stays func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := stays(ctx)
		var refused *panel.Refusal
		if errors.As(err, &refused) || errors.Is(err, panel.ErrNotFound) || errors.Is(err, panel.ErrUnauthorized) || errors.Is(err, panel.ErrForbidden) {
			return err
		}
		return nil
	}
}
