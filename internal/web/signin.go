package web

import (
	"errors"
	"net/http"

	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) signInForm(w http.ResponseWriter, v *visit) error {
	if v.signed() {
		http.Redirect(w, v.Request, local(v.Form.Get("next")), http.StatusSeeOther)
		return nil
	}
	view := SignInView{Next: local(v.Form.Get("next"))}
	if v.Form.Get("out") != "" {
		view.Notice = "You have signed out."
	}
	return s.showSignIn(w, v, http.StatusOK, view)
}

func (s *server) showSignIn(w http.ResponseWriter, v *visit, status int, view SignInView) error {
	view.Provider, view.Theme = s.provider(v), theme(v)
	return s.render(w, v, status, SignInPage(view))
}

func (s *server) signIn(w http.ResponseWriter, v *visit) error {
	view := SignInView{Email: v.field("email"), Next: local(v.Form.Get("next"))}
	key := s.address(v) + " " + view.Email
	if !s.tries.Take(key) {
		view.Errors = Errors{"": "Too many tries. Wait a quarter of an hour and try again."}
		return s.showSignIn(w, v, http.StatusTooManyRequests, view)
	}
	secret, err := s.Panel.SignIn(v.Context(), view.Email, v.Form.Get("password"), s.address(v), v.UserAgent())
	if errors.Is(err, panel.ErrUnauthorized) {
		view.Errors = Errors{"": "The e-mail address or the password is not right."}
		return s.showSignIn(w, v, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	s.tries.Forget(key)
	s.setCookie(w, sessionCookie, secret.Reveal(), int(identity.SessionLifetime))
	http.Redirect(w, v.Request, view.Next, http.StatusSeeOther)
	return nil
}

func (s *server) signOut(w http.ResponseWriter, v *visit) error {
	if v.signed() {
		if err := s.Panel.SignOut(v.Context(), v.who, v.session.ID); err != nil {
			return err
		}
	}
	s.setCookie(w, sessionCookie, "", -1)
	http.Redirect(w, v.Request, "/signin?out=1", http.StatusSeeOther)
	return nil
}

// preferences changes how pages look: the theme, and the currency of amounts.
func (s *server) preferences(w http.ResponseWriter, v *visit) error {
	if v.PostForm.Has("theme") {
		chosen := v.Form.Get("theme")
		if chosen != "light" && chosen != "dark" {
			chosen = ""
		}
		s.setCookie(w, themeCookie, chosen, 400*24*3600)
	}
	if code := v.Form.Get("currency"); code != "" && v.who.AccountID != 0 {
		if err := s.Panel.ShowIn(v.Context(), v.who, code); err != nil {
			return err
		}
	}
	http.Redirect(w, v.Request, local(v.Form.Get("return")), http.StatusSeeOther)
	return nil
}
