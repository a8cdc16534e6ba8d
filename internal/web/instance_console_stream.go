package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"accrue/internal/identity"
	"accrue/internal/panel"
)

const (
	consoleBuffer  = 32 << 10 // bytes on their way to the browser
	consoleMessage = 64 << 10 // the longest message of a browser
	consoleWrite   = 20 * time.Second
	consoleGlance  = 2 * time.Second // between two looks whether a console may stay
	consolePing    = 20 * time.Second
	consoleAnswer  = 10 * time.Second // how long a browser may take for a ping, and the panel for a look
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
	if !s.watchers.enter(i.AccountID) {
		http.Error(w, "Too many consoles are open. Close one.", http.StatusTooManyRequests)
		return nil
	}
	defer s.watchers.leave(i.AccountID)
	conn, err := websocket.Accept(w, v.Request, &websocket.AcceptOptions{Subprotocols: []string{"binary"}, OriginPatterns: origins})
	if err != nil {
		return nil // it has been answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(consoleMessage)
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
	r := relay{conn: conn, stream: stream, ending: s.Ending, stays: func(ctx context.Context) error { return s.consoleStays(ctx, v, i.ID) }}
	r.run(v.Context())
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

// relay carries bytes between a browser and a console until one of both ends, or
// the console may not stay.
type relay struct {
	conn   *websocket.Conn
	stream io.ReadWriteCloser
	stays  func(context.Context) error
	ending <-chan struct{}
}

// ending is why a relay ends, for the browser.
type ending struct {
	code   websocket.StatusCode
	reason string
}

var (
	streamEnded  = ending{websocket.StatusNormalClosure, "The console has ended."}
	browserLeft  = ending{websocket.StatusNormalClosure, ""}
	mayNotStay   = ending{websocket.StatusPolicyViolation, "The console may not stay open."}
	panelStops   = ending{websocket.StatusGoingAway, "The panel is being restarted."}
	unresponsive = ending{websocket.StatusPolicyViolation, "The browser does not answer."}
)

func (r relay) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	ends := make(chan ending, 3)
	var group sync.WaitGroup
	for _, part := range []func(context.Context) ending{r.down, r.up, r.watch} {
		group.Go(func() { ends <- part(ctx) })
	}
	first := <-ends
	_ = r.stream.Close()
	_ = r.conn.Close(first.code, first.reason)
	cancel()
	group.Wait()
}

// down carries what the console shows. A browser that does not take it in time
// is let go.
func (r relay) down(ctx context.Context) ending {
	buffer := make([]byte, consoleBuffer)
	for {
		n, err := r.stream.Read(buffer)
		if n > 0 {
			bounded, cancel := context.WithTimeout(ctx, consoleWrite)
			err := r.conn.Write(bounded, websocket.MessageBinary, buffer[:n])
			cancel()
			if err != nil {
				return browserLeft
			}
		}
		if err != nil {
			return streamEnded
		}
	}
}

// up carries what is typed.
func (r relay) up(ctx context.Context) ending {
	for {
		_, message, err := r.conn.Reader(ctx)
		if err != nil {
			return browserLeft
		}
		if _, err := io.Copy(r.stream, message); err != nil {
			return streamEnded
		}
	}
}

// watch looks now and then whether the console may stay, and whether the browser
// is still there.
func (r relay) watch(ctx context.Context) ending {
	glance, ping := time.NewTicker(consoleGlance), time.NewTicker(consolePing)
	defer glance.Stop()
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return browserLeft
		case <-r.ending:
			return panelStops
		case <-glance.C:
			if within(ctx, r.stays) != nil {
				return mayNotStay
			}
		case <-ping.C:
			if within(ctx, r.conn.Ping) != nil {
				return unresponsive
			}
		}
	}
}

func within(ctx context.Context, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, consoleAnswer)
	defer cancel()
	return do(bounded)
}

// maxWatchers is how many consoles an account may have open in one process.
const maxWatchers = 20

// watchers counts the consoles that are open, by account.
type watchers struct {
	mu   sync.Mutex
	open map[int64]int
}

func (w *watchers) enter(account int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil {
		w.open = map[int64]int{}
	}
	if w.open[account] >= maxWatchers {
		return false
	}
	w.open[account]++
	return true
}

func (w *watchers) leave(account int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[account]--; w.open[account] == 0 {
		delete(w.open, account)
	}
}
