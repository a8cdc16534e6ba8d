package web

import (
	"net/http"

	"accrue/internal/panel"
)

func (s *server) sshKeys(w http.ResponseWriter, v *visit) error {
	return s.showSSHKeys(w, v, http.StatusOK, SSHKeysView{})
}

// showSSHKeys shows the keys beside what has been entered.
func (s *server) showSSHKeys(w http.ResponseWriter, v *visit, status int, view SSHKeysView) error {
	keys, err := s.Panel.SSHKeys(v.Context(), v.who)
	if err != nil {
		return err
	}
	for _, k := range keys {
		view.Keys = append(view.Keys, SSHKeyRow{
			ID: text(k.ID), Name: k.Name, Type: k.Type, Fingerprint: k.Fingerprint, Added: when(k.CreatedAt), Rename: renameKey(k), Remove: removeKey(k),
		})
	}
	p, err := s.page(w, v, "SSH keys")
	if err != nil {
		return err
	}
	return s.render(w, v, status, SSHKeysPage(p, view))
}

func renameKey(k panel.SSHKey) Confirm {
	return Confirm{
		ID: "rename-key-" + text(k.ID), URL: "/ssh-keys/" + text(k.ID) + "/rename", Title: "Rename " + k.Name, Button: "Rename", Back: "/ssh-keys",
		Fields: []Field{{Name: "name", ID: "key-name-" + text(k.ID), Label: "New name", Value: k.Name, Required: true, Max: 60, Autocomplete: "off"}},
	}
}

func removeKey(k panel.SSHKey) Confirm {
	return Confirm{
		ID: "delete-key-" + text(k.ID), URL: "/ssh-keys/" + text(k.ID) + "/delete", Title: "Delete " + k.Name, Button: "Delete key", Danger: true, Back: "/ssh-keys",
		Text: []string{"New instances cannot be created with it. Instances that have it keep it: take it away there, in ~/.ssh/authorized_keys."},
	}
}

func (s *server) addSSHKey(w http.ResponseWriter, v *visit) error {
	k, errs, err := s.addKey(v)
	switch {
	case err != nil:
		return err
	case errs != nil:
		return s.showSSHKeys(w, v, http.StatusUnprocessableEntity, SSHKeysView{Name: v.field("key_name"), PublicKey: v.field("public_key"), Errors: errs})
	}
	return s.done(w, v, "/ssh-keys", k.Name+" added.")
}

// addKey adds the key that was pasted, or says what is wrong with it.
func (s *server) addKey(v *visit) (panel.SSHKey, Errors, error) {
	k, err := s.Panel.AddSSHKey(v.Context(), v.who, v.field("key_name"), v.field("public_key"), nil)
	errs, err := fieldErrors(err)
	if name, wrong := errs["name"]; wrong {
		errs = Errors{"key_name": name}
	}
	return k, errs, err
}

func (s *server) askAboutKey(question func(panel.SSHKey) Confirm) func(http.ResponseWriter, *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		k, err := s.Panel.SSHKey(v.Context(), v.who, v.id())
		if err != nil {
			return err
		}
		return s.showConfirm(w, v, http.StatusOK, question(k))
	}
}

func (s *server) renameSSHKey(w http.ResponseWriter, v *visit) error {
	k, err := s.Panel.SSHKey(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	renamed, err := s.Panel.RenameSSHKey(v.Context(), v.who, k.ID, v.field("name"))
	if err != nil {
		return s.asked(w, v, renameKey(k), err)
	}
	return s.done(w, v, "/ssh-keys", k.Name+" is called "+renamed.Name+" now.")
}

func (s *server) deleteSSHKey(w http.ResponseWriter, v *visit) error {
	k, err := s.Panel.SSHKey(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	if err := s.Panel.DeleteSSHKey(v.Context(), v.who, k.ID); err != nil {
		return s.refused(w, v, "/ssh-keys", err)
	}
	return s.done(w, v, "/ssh-keys", k.Name+" is deleted.")
}
