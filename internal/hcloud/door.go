package hcloud

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
)

// Prefix is the path below which clients find the API. It is what follows the
// panel's address in their endpoint.
const Prefix = "/compat/hcloud/v1"

// Config is what the door needs.
type Config struct {
	Panel   *panel.Panel
	Log     *slog.Logger
	Limits  *ratelimit.Limits // nil: budgets of its own
	Proxies []netip.Prefix    // whose word on a request's address is taken
}

// door answers requests.
type door struct {
	Config
	mux *http.ServeMux
}

// New returns the handler of everything below Prefix.
func New(c Config) http.Handler {
	if c.Limits == nil {
		c.Limits = ratelimit.New(time.Now)
	}
	d := &door{Config: c, mux: http.NewServeMux()}
	for _, r := range d.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		d.mux.Handle(method+" "+Prefix+path, d.guard(r.answer))
	}
	d.mux.Handle(Prefix+"/", d.guard(d.unknown))
	return d.mux
}

// route is a pattern below Prefix and what answers it.
type route struct {
	pattern string
	answer  answer
}

type answer func(*call) (reply, error)

// call is a request of somebody who may make it.
type call struct {
	*http.Request
	who identity.Who
}

// id is the number in the address, or 0, which nothing has.
func (c *call) id() int64 { return number(c.PathValue("id")) }

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// reply is an answer that is no error.
type reply struct {
	status int
	body   any // nil: there is none
	links  string
}

// ok is a reply with one thing in it.
func ok(key string, thing any) reply {
	return reply{status: http.StatusOK, body: map[string]any{key: thing}}
}

// maxBody is how much a request may send. User data of 32 KiB is the most of it.
const maxBody = 1 << 20

// guard finds out who asks, and writes the answer.
func (d *door) guard(answer answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		correlation := newCorrelation()
		h := w.Header()
		h.Set("X-Correlation-Id", correlation)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		c := &call{Request: r}
		var answered reply
		err := d.identify(c)
		if err == nil && !d.Limits.Take(c.who.UserID, false, h) {
			err = &problem{http.StatusTooManyRequests, codeRateLimit, "Too many requests; wait a second and go on.", nil}
		}
		if err == nil {
			answered, err = answer(c)
		}
		if err != nil {
			answered = d.failed(c, err, correlation)
		}
		write(w, answered)
	})
}

// identify finds out whose token it is, and whether it may do such things at all.
func (d *door) identify(c *call) (err error) {
	scheme, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return panel.ErrUnauthorized
	}
	from := identity.Origin(c.RemoteAddr, c.Header.Get("X-Forwarded-For"), d.Proxies)
	if c.who, err = d.Panel.TokenWho(c.Context(), identity.Token(strings.TrimSpace(token)), from); err != nil {
		return err
	}
	need := identity.WriteInstances
	if c.Method == http.MethodGet || c.Method == http.MethodHead {
		need = identity.ReadInstances
	}
	switch {
	case c.who.AccountID == 0:
		return &problem{http.StatusForbidden, codeForbidden, "This token is an administrator's, who has no servers. Use one of a customer.", nil}
	case !c.who.May(need):
		return panel.ErrForbidden
	}
	return nil
}

// unknown answers what no route does: either the path or the method is wrong.
func (d *door) unknown(c *call) (reply, error) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := c.Clone(context.WithoutCancel(c.Context()))
		other.Method = method
		if _, pattern := d.mux.Handler(other); pattern != Prefix+"/" {
			return reply{}, &problem{http.StatusMethodNotAllowed, codeMethodNotAllowed, "This does not answer " + c.Method + ".", nil}
		}
	}
	return reply{}, &problem{http.StatusNotFound, codeNotFound, "There is nothing at " + c.URL.Path + ".", nil}
}

// newCorrelation is what a caller can quote of a request.
func newCorrelation() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
