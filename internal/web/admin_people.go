package web

import (
	"net/http"

	"accrue/internal/panel"
)

// personRows are the people who sign in for an account.
func personRows(d panel.AccountDetail) (rows []PersonRow) {
	page := accountURL(d.Account.ID) + "/people/"
	for _, u := range d.Users {
		row := PersonRow{Name: u.Name, Email: u.Email, Disabled: u.Disabled, EnableURL: page + text(u.ID) + "/enable"}
		row.Password, row.Disable = askPassword(d, u), askDisable(d, u)
		rows = append(rows, row)
	}
	return rows
}

func askPassword(d panel.AccountDetail, u panel.User) Confirm {
	id := text(u.ID)
	return Confirm{
		ID: "password-" + id, URL: accountURL(d.Account.ID) + "/people/" + id + "/password", Title: "New password for " + u.Name,
		Button: "Set password", Back: accountURL(d.Account.ID),
		Text: []string{u.Email + " is signed out everywhere, and signs in with this password from now on."},
		Fields: []Field{{
			Name: "password", ID: "new-password-" + id, Label: "New password", Type: "password", Help: "At least 12 characters; to be changed by its owner",
			Required: true, Autocomplete: "new-password",
		}},
	}
}

func askDisable(d panel.AccountDetail, u panel.User) Confirm {
	id := text(u.ID)
	return Confirm{
		ID: "disable-" + id, URL: accountURL(d.Account.ID) + "/people/" + id + "/disable", Title: "Disable " + u.Name,
		Button: "Disable", Danger: true, Back: accountURL(d.Account.ID),
		Text: []string{u.Email + " is signed out everywhere and cannot sign in, and API tokens stop working. The account and its instances stay as they are."},
	}
}

// person returns the person that the address names, and their account.
func (s *server) person(v *visit) (d panel.AccountDetail, u panel.User, err error) {
	if d, err = s.Panel.AccountDetail(v.Context(), v.who, v.id()); err != nil {
		return d, u, err
	}
	for _, u := range d.Users {
		if u.ID == number(v.PathValue("person")) {
			return d, u, nil
		}
	}
	return d, u, panel.ErrNotFound
}

func (s *server) adminAskPassword(w http.ResponseWriter, v *visit) error {
	d, u, err := s.person(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, askPassword(d, u))
}

func (s *server) adminSetPassword(w http.ResponseWriter, v *visit) error {
	d, u, err := s.person(v)
	if err != nil {
		return err
	}
	password := v.Form.Get("password")
	v.Form.Del("password") // a password is never sent back
	if err := s.Panel.SetPassword(v.Context(), v.who, d.Account.ID, u.ID, password); err != nil {
		return s.asked(w, v, askPassword(d, u), err)
	}
	return s.done(w, v, accountURL(d.Account.ID), u.Name+" has a new password and is signed out everywhere.")
}

func (s *server) adminAskDisable(w http.ResponseWriter, v *visit) error {
	d, u, err := s.person(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, askDisable(d, u))
}

func (s *server) adminDisablePerson(w http.ResponseWriter, v *visit) error {
	return s.setDisabled(w, v, true, " is disabled.")
}

func (s *server) adminEnablePerson(w http.ResponseWriter, v *visit) error {
	return s.setDisabled(w, v, false, " can sign in again.")
}

func (s *server) setDisabled(w http.ResponseWriter, v *visit, disabled bool, said string) error {
	d, u, err := s.person(v)
	if err != nil {
		return err
	}
	page := accountURL(d.Account.ID)
	if err := s.Panel.SetDisabled(v.Context(), v.who, d.Account.ID, u.ID, disabled); err != nil {
		return s.refused(w, v, page, err)
	}
	return s.done(w, v, page, u.Name+said)
}

func (s *server) adminEndSession(w http.ResponseWriter, v *visit) error {
	page := accountURL(v.id())
	if err := s.Panel.EndSession(v.Context(), v.who, v.id(), number(v.PathValue("session"))); err != nil {
		return s.refused(w, v, page, err)
	}
	return s.done(w, v, page, "Signed out there.")
}
