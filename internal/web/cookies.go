package web

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"accrue/internal/identity"
)

// The names of the cookies. A session's holds a secret; the others only how a
// page looks and what it says once.
const (
	sessionCookie = "accrue_session"
	themeCookie   = "accrue_theme"
	flashCookie   = "accrue_flash"
)

// identify finds out who sent a request.
func (s *server) identify(v *visit) error {
	cookie, err := v.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	secret := identity.SessionSecret(cookie.Value)
	if !secret.Valid() {
		return nil
	}
	v.who, v.session, err = s.Panel.SessionWho(v.Context(), secret)
	return err
}

// askToSignIn sends to the sign-in page, and back afterwards.
func (s *server) askToSignIn(w http.ResponseWriter, v *visit) error {
	target := "/signin"
	if v.Method == http.MethodGet && v.URL.Path != "/" {
		target += "?next=" + url.QueryEscape(v.URL.RequestURI())
	}
	if v.partial() {
		w.Header().Set("HX-Redirect", target)
		return nil
	}
	http.Redirect(w, v.Request, target, http.StatusSeeOther)
	return nil
}

// local returns a path of this site, or "/" for what leads elsewhere.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "\\") {
		return "/"
	}
	return path
}

func (s *server) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// theme is how the visitor wants pages to look: "light", "dark" or "".
func theme(v *visit) string {
	cookie, err := v.Cookie(themeCookie)
	if err != nil || (cookie.Value != "light" && cookie.Value != "dark") {
		return ""
	}
	return cookie.Value
}

// done leads to a page and says there, once, what has been done.
func (s *server) done(w http.ResponseWriter, v *visit, to, text string) error {
	return s.leave(w, v, to, Flash{Kind: "ok", Text: text})
}

// refused leads to a page and says there, once, why something was not done.
// Errors that are nobody's to mend are passed on.
func (s *server) refused(w http.ResponseWriter, v *visit, to string, err error) error {
	message, known := refusal(s.inWords(v, err))
	if !known {
		return err
	}
	return s.leave(w, v, to, Flash{Kind: "danger", Text: message})
}

func (s *server) leave(w http.ResponseWriter, v *visit, to string, f Flash) error {
	if encoded, err := json.Marshal(f); err == nil {
		s.setCookie(w, flashCookie, base64.RawURLEncoding.EncodeToString(encoded), 60)
	}
	if v.partial() {
		w.Header().Set("HX-Redirect", to)
		return nil
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// flash takes what is to be said once.
func (s *server) flash(w http.ResponseWriter, v *visit) *Flash {
	cookie, err := v.Cookie(flashCookie)
	if err != nil || cookie.Value == "" {
		return nil
	}
	s.setCookie(w, flashCookie, "", -1)
	decoded, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	var f Flash
	if err != nil || json.Unmarshal(decoded, &f) != nil {
		return nil
	}
	if f.Link.URL != "" {
		f.Link.URL = local(f.Link.URL)
	}
	return &f
}

// address is where a request comes from: the connection's other end, or what a
// trusted proxy says of it.
func (s *server) address(v *visit) string {
	if origin := identity.Origin(v.RemoteAddr, v.Header.Get("X-Forwarded-For"), s.Proxies); origin.IsValid() {
		return origin.String()
	}
	return v.RemoteAddr
}

// newReference is what a visitor can quote of an error.
func newReference() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// newKey makes a form's request one that is done once, however often it is sent.
func newKey() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
