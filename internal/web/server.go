package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/a-h/templ"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
	"accrue/internal/relay"
)

// Config is what the pages need.
type Config struct {
	Panel   *panel.Panel
	Log     *slog.Logger
	Secure  bool            // people reach the pages over TLS: cookies are bound to it
	Proxies []netip.Prefix  // whose word on a request's address is taken
	Ending  <-chan struct{} // closed when consoles have to end; nil: never
}

// server answers requests for pages.
type server struct {
	Config
	tries   *ratelimit.Tries // of passwords
	viewers relay.Viewers
}

// New returns the handler of every page.
func New(c Config) http.Handler {
	s := &server{Config: c, tries: ratelimit.NewTries(time.Now)}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", Static())
	for _, route := range s.routes() {
		mux.Handle(route.pattern, s.guard(route))
	}
	mux.Handle("GET /", s.guard(page{"GET /", anybody, s.notFound}))
	return headers(http.NewCrossOriginProtection().Handler(mux))
}

// contentPolicy lets a page have what is ours and nothing else.
const contentPolicy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

// headers says of every answer what browsers may do with it. Nothing on a page
// comes from elsewhere, and nothing on it is inline.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// access is who may see a page.
type access int

const (
	anybody access = iota
	customers
	administrators
	signedIn
)

// page is a route: its pattern, who may see it, and what answers.
type page struct {
	pattern string
	access  access
	answer  func(http.ResponseWriter, *visit) error
}

// visit is a request with what is known of who sent it.
type visit struct {
	*http.Request
	who     identity.Who
	session panel.Session
}

// signed says whether anybody is signed in.
func (v *visit) signed() bool { return v.who.UserID != 0 }

// id is the number in the address, or 0, which nothing has.
func (v *visit) id() int64 { return number(v.PathValue("id")) }

// field is what was entered into a field, without space around it.
func (v *visit) field(name string) string { return strings.TrimSpace(v.Form.Get(name)) }

// checked says whether a box was ticked.
func (v *visit) checked(name string) bool { return v.Form.Get(name) != "" }

// partial says whether htmx asks for a part of a page.
func (v *visit) partial() bool { return v.Header.Get("HX-Request") == "true" }

// maxForm bounds what a form may send.
const maxForm = 1 << 20

// guard lets those through who may see a page, and shows what went wrong.
func (s *server) guard(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.pattern != uploadRoute {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		if err := r.ParseForm(); err != nil {
			http.Error(w, "The form cannot be read: "+err.Error(), http.StatusBadRequest)
			return
		}
		v := &visit{Request: r}
		err := s.identify(v)
		switch {
		case err != nil && !errors.Is(err, panel.ErrUnauthorized):
		case p.access == anybody:
			err = p.answer(w, v)
		case !v.signed():
			err = s.askToSignIn(w, v)
		case p.access == administrators && !v.who.Admin():
			err = panel.ErrNotFound
		case p.access == customers && v.who.AccountID == 0:
			http.Redirect(w, r, "/admin", http.StatusSeeOther)
			return
		default:
			err = p.answer(w, v)
		}
		if err != nil {
			s.fail(w, v, err)
		}
	})
}

// render writes a page, or a part of one.
func (s *server) render(w http.ResponseWriter, v *visit, status int, c templ.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := c.Render(v.Context(), w); err != nil && v.Context().Err() == nil {
		s.Log.Error("render", "path", v.URL.Path, "error", err)
	}
	return nil
}

// fail shows an error that no page has dealt with. What belongs to others is
// not there; what nobody expected is logged and given a reference.
func (s *server) fail(w http.ResponseWriter, v *visit, err error) {
	status, view := http.StatusInternalServerError, ErrorView{}
	var refused *panel.Refusal
	var invalid *panel.Invalid
	back := Link{Text: "Back to the start", URL: "/"}
	switch {
	case errors.Is(err, panel.ErrNotFound):
		status, view = http.StatusNotFound, NotFound(back)
	case errors.Is(err, panel.ErrForbidden):
		status, view = http.StatusForbidden, ErrorView{Title: "You may not do this", Text: "Your user does not have this right. Ask an administrator.", Back: back}
	case errors.As(err, &refused):
		status, view = http.StatusConflict, ErrorView{Title: "This cannot be done now", Text: refused.Message, Back: back}
	case errors.As(err, &invalid):
		status, view = http.StatusUnprocessableEntity, ErrorView{Title: "This cannot be accepted", Text: sentence(invalid.Message), Back: back}
	case errors.Is(err, panel.ErrUncertain):
		status, view = http.StatusServiceUnavailable, ErrorView{
			Title: "It is not known whether this was done",
			Text:  "The database went away at that very moment. Look whether it was done before you try again.",
			Back:  back,
		}
	case errors.Is(err, context.Canceled):
		return
	default:
		reference := newReference()
		s.Log.Error("request", "method", v.Method, "path", v.URL.Path, "who", v.who.Actor(), "reference", reference, "error", err)
		view = ErrorView{
			Title:     "Something went wrong on our side",
			Text:      "Nothing was changed that you cannot see here. Please try again; if it happens again, quote the reference.",
			Reference: reference,
			Back:      back,
		}
	}
	s.showError(w, v, status, view)
}

func (s *server) showError(w http.ResponseWriter, v *visit, status int, view ErrorView) {
	if v.signed() {
		if p, err := s.page(w, v, view.Title); err == nil {
			_ = s.render(w, v, status, ErrorPage(p, view))
			return
		}
	}
	view.Provider, view.Theme = s.provider(v), theme(v)
	_ = s.render(w, v, status, BareErrorPage(view))
}

func (s *server) notFound(http.ResponseWriter, *visit) error { return panel.ErrNotFound }

// provider is the name that customers know, as far as it can be read.
func (s *server) provider(v *visit) string {
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return ""
	}
	return settings.Provider
}
