package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) account(w http.ResponseWriter, v *visit) error {
	return s.showSelf(w, v, http.StatusOK, AccountView{})
}

// showSelf shows the settings, with what a form has added to the view.
func (s *server) showSelf(w http.ResponseWriter, v *visit, status int, view AccountView) error {
	m, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	if view.ProfileErrors == nil {
		view.Name = m.Account.Name
		view.Currencies = currencyOptions(currencies, m.Account.Currency)
	} else {
		view.Currencies = currencyOptions(currencies, v.field("currency"))
	}
	view.Email = v.who.Email
	if view.Sessions, err = s.sessionRows(v, m.Now); err != nil {
		return err
	}
	if view.Tokens, err = s.tokenRows(v, m.Now); err != nil {
		return err
	}
	view.Scopes = picked(scopes, v.field("scope"))
	view.Expiries = picked(expiries, v.field("expires"))
	p, err := s.page(w, v, "Settings")
	if err != nil {
		return err
	}
	return s.render(w, v, status, AccountPage(p, view))
}

// picked marks the option that was chosen before.
func picked(options []Option, value string) []Option {
	marked := make([]Option, len(options))
	for n, o := range options {
		o.Selected = o.Value == value
		marked[n] = o
	}
	return marked
}

func (s *server) saveProfile(w http.ResponseWriter, v *visit) error {
	err := s.Panel.RenameAccount(v.Context(), v.who, v.field("name"))
	if err == nil {
		err = s.Panel.ShowIn(v.Context(), v.who, v.field("currency"))
	}
	if err == nil {
		return s.done(w, v, "/account", "Your profile is saved.")
	}
	errs, err := fieldErrors(err)
	if err != nil {
		return err
	}
	return s.showSelf(w, v, http.StatusUnprocessableEntity, AccountView{Name: v.field("name"), ProfileErrors: errs})
}

func (s *server) savePassword(w http.ResponseWriter, v *visit) error {
	wrong := func(errs Errors) error {
		return s.showSelf(w, v, http.StatusUnprocessableEntity, AccountView{PasswordErrors: errs})
	}
	key := "password " + text(v.who.UserID)
	if v.Form.Get("password") != v.Form.Get("again") {
		return wrong(Errors{"again": "The two are not the same."})
	}
	if !s.tries.Take(key) {
		return wrong(Errors{"current": "Too many tries. Wait a quarter of an hour and try again."})
	}
	err := s.Panel.ChangePassword(v.Context(), v.who, v.session.ID, v.Form.Get("current"), v.Form.Get("password"))
	if err == nil {
		s.tries.Forget(key)
		return s.done(w, v, "/account", "Your password is changed. Everywhere else you are signed out.")
	}
	errs, err := fieldErrors(err)
	if err != nil {
		return err
	}
	if message := errs["old_password"]; message != "" {
		return wrong(Errors{"current": "This is not your present password."})
	}
	s.tries.Forget(key)
	return wrong(errs)
}

func (s *server) sessionRows(v *visit, now billing.Instant) ([]SessionRow, error) {
	sessions, err := s.Panel.MySessions(v.Context(), v.who)
	if err != nil {
		return nil, err
	}
	var rows []SessionRow
	for _, session := range sessions {
		row := SessionRow{
			ID: text(session.ID), Browser: browser(session.Agent, "Another browser"), Address: session.Address,
			Since: when(session.CreatedAt), Seen: ago(session.SeenAt, now), Current: session.ID == v.session.ID,
		}
		if row.Current {
			row.Seen = "now"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// browser names the browser of a session in a few words; unknown is what it is
// called when it is none of those known here.
func browser(agent, unknown string) string {
	name, system := unknown, ""
	for _, known := range [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}} {
		if strings.Contains(agent, known[0]) {
			name = known[1]
			break
		}
	}
	for _, known := range [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, known[0]) {
			system = " on " + known[1]
			break
		}
	}
	return name + system
}

// revokeSession ends one of the visitor's other sessions.
func (s *server) revokeSession(w http.ResponseWriter, v *visit) error {
	if v.id() == 0 {
		return panel.ErrNotFound
	}
	if err := s.Panel.SignOut(v.Context(), v.who, v.id()); err != nil {
		return err
	}
	return s.done(w, v, "/account", "That browser is signed out.")
}

func (s *server) revokeOthers(w http.ResponseWriter, v *visit) error {
	sessions, err := s.Panel.MySessions(v.Context(), v.who)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.ID == v.session.ID {
			continue
		}
		if err := s.Panel.SignOut(v.Context(), v.who, session.ID); err != nil {
			return err
		}
	}
	return s.done(w, v, "/account", "You are signed out everywhere else.")
}

// What a token may do, and how long.
var (
	scopes = []Option{
		{Value: string(identity.ScopeRead), Text: "Read"}, {Value: string(identity.ScopeWrite), Text: "Read and write"},
		{Value: string(identity.ScopeBilling), Text: "Read what it costs"},
	}
	expiries = []Option{{Value: "90", Text: "In 90 days"}, {Value: "365", Text: "In a year"}, {Value: "0", Text: "Never"}}
)

func (s *server) tokenRows(v *visit, now billing.Instant) ([]TokenRow, error) {
	tokens, err := s.Panel.MyTokens(v.Context(), v.who)
	if err != nil {
		return nil, err
	}
	var rows []TokenRow
	for _, t := range tokens {
		row := TokenRow{
			ID: text(t.ID), Name: t.Name, Hint: "acr_…" + t.Hint, Scope: string(t.Scope),
			Created: when(t.CreatedAt), Expires: expires(t.ExpiresAt, now), Used: ago(t.UsedAt, now), Revoke: revokeConfirm(t),
		}
		for _, scope := range scopes {
			if scope.Value == row.Scope {
				row.Scope = scope.Text
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func expires(at, now billing.Instant) string {
	switch {
	case at == billing.Never:
		return "never"
	case at <= now:
		return "expired"
	}
	return "in " + span(at-now)
}

func revokeConfirm(t panel.APIToken) Confirm {
	url := "/account/tokens/" + text(t.ID) + "/revoke"
	return Confirm{
		ID: "revoke-" + text(t.ID), URL: url, Title: "Revoke " + t.Name, Back: "/account", Cancel: "Keep it", Button: "Revoke " + t.Name, Danger: true,
		Text: []string{"Programs that use this token are refused from now on. It cannot be brought back."},
	}
}

// refuseToken shows the form again with what was entered and what is wrong.
func (s *server) refuseToken(w http.ResponseWriter, v *visit, err error) error {
	errs, err := fieldErrors(err)
	if err != nil {
		return err
	}
	errs = Errors{
		"token-name": errs["name"], "scope": errs["scope"], "expires": errs["days"],
		"token-ranges": errs["ranges"], "token-daily": errs["daily_credits"], "": errs[""],
	}
	return s.showSelf(w, v, http.StatusUnprocessableEntity, AccountView{
		TokenName: v.field("token-name"), TokenRanges: v.field("token-ranges"), TokenDaily: v.field("token-daily"), TokenErrors: errs,
	})
}

// createToken makes a token and shows its secret, this once: in the answer
// itself, because it must be kept nowhere.
func (s *server) createToken(w http.ResponseWriter, v *visit) error {
	days, err := strconv.ParseInt(v.field("expires"), 10, 64)
	if err != nil {
		days = -1
	}
	var limit billing.Credits
	ranges, err := identity.ParseRanges(v.field("token-ranges"))
	if err != nil {
		err = &panel.Invalid{Field: "ranges", Message: err.Error()}
	} else if text := v.field("token-daily"); text != "" {
		if limit, err = billing.ParseCredits(text); err != nil {
			err = &panel.Invalid{Field: "daily_credits", Message: err.Error()}
		}
	}
	var token identity.Token
	var kept panel.APIToken
	if err == nil {
		token, kept, err = s.Panel.CreateToken(v.Context(), v.who, panel.NewToken{
			Name: v.field("token-name"), Scope: identity.Scope(v.field("scope")), Days: days, Ranges: ranges, DailyCredits: limit,
		})
	}
	if err != nil {
		return s.refuseToken(w, v, err)
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	view := AccountView{NewToken: &NewToken{Name: kept.Name, Secret: token.Reveal()}}
	if settings.PublicURL != "" {
		view.NewToken.Example = fmt.Sprintf("curl -H 'Authorization: Bearer %s' %s/v1/instances", token.Reveal(), strings.TrimSuffix(settings.PublicURL, "/"))
	}
	return s.showSelf(w, v, http.StatusOK, view)
}

// ownToken is the token in the address, if it is the visitor's.
func (s *server) ownToken(v *visit) (panel.APIToken, error) {
	tokens, err := s.Panel.MyTokens(v.Context(), v.who)
	if err != nil {
		return panel.APIToken{}, err
	}
	for _, t := range tokens {
		if t.ID == v.id() {
			return t, nil
		}
	}
	return panel.APIToken{}, panel.ErrNotFound
}

func (s *server) askRevokeToken(w http.ResponseWriter, v *visit) error {
	t, err := s.ownToken(v)
	if err != nil {
		return err
	}
	return s.showConfirm(w, v, http.StatusOK, revokeConfirm(t))
}

func (s *server) revokeToken(w http.ResponseWriter, v *visit) error {
	t, err := s.ownToken(v)
	if err != nil {
		return err
	}
	if err := s.Panel.RevokeToken(v.Context(), v.who, t.ID); err != nil {
		return err
	}
	return s.done(w, v, "/account", t.Name+" is revoked.")
}
