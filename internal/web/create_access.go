package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"accrue/internal/panel"
)

// chosenKeys are the SSH keys that are ticked; all of them until somebody has
// looked at them. An address names those that are chosen only if others are not.
func chosenKeys(keys []panel.SSHKey, v *visit) (ids []int64, all bool) {
	for _, k := range keys {
		if !v.Form.Has("keys") || slices.Contains(v.Form["ssh_key"], text(k.ID)) {
			ids = append(ids, k.ID)
		}
	}
	return ids, len(ids) == len(keys)
}

func keyChoices(keys []panel.SSHKey, chosen []int64) (choices []KeyChoice) {
	for _, k := range keys {
		choices = append(choices, KeyChoice{ID: text(k.ID), Name: k.Name, Fingerprint: k.Fingerprint, Selected: slices.Contains(chosen, k.ID)})
	}
	return choices
}

// userData is what cloud-init gets: with the ends of lines that shells know.
func userData(v *visit) string { return strings.ReplaceAll(v.field("user_data"), "\r\n", "\n") }

// createKey adds a key from the create page and shows the page again, with the
// key chosen.
func (s *server) createKey(w http.ResponseWriter, v *visit) error {
	k, errs, err := s.addKey(v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if errs != nil {
		status = http.StatusUnprocessableEntity
	} else {
		v.Form.Add("ssh_key", text(k.ID))
		v.Form.Del("key_name")
		v.Form.Del("public_key")
	}
	return s.showCreate(w, v, status, cmp.Or(v.field("key"), newKey()), errs)
}
