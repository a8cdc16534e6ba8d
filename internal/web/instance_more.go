package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// keptFrom says that an instance is protected, if it is.
func keptFrom(protected bool, i panel.InstanceView, what string) string {
	if !protected {
		return ""
	}
	return i.Name + " is protected from being " + what + ". Take the protection away first."
}

func powerOffConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "action-poweroff", URL: instanceURL(i.ID) + "/poweroff", Title: "Power off " + i.Name, Back: instanceURL(i.ID), Button: "Power off", Danger: true,
		Text: []string{"It is switched off at once, as if its plug was pulled. What it has not written to its disk is lost. Stop asks it to shut down first."},
	}
}

func resetConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "action-reset", URL: instanceURL(i.ID) + "/reset", Title: "Reset " + i.Name, Back: instanceURL(i.ID), Button: "Reset", Danger: true,
		Text: []string{"It starts anew at once, without being asked. What it has not written to its disk is lost. Restart asks it to shut down first."},
	}
}

// rebuildConfirm asks for the image of a new disk, and for the name.
func (s *server) rebuildConfirm(v *visit, i panel.InstanceView) (Confirm, error) {
	c := Confirm{
		ID: "rebuild", URL: instanceURL(i.ID) + "/rebuild", Title: "Rebuild " + i.Name, Back: instanceURL(i.ID),
		Cancel: "Keep its disk", Button: "Rebuild " + i.Name, Danger: true, Typed: i.Name,
		Text: []string{"It gets a new disk, and all that is on the old one is lost. Its name, addresses, plan and price stay, its keys and user data too; billing goes on."},
	}
	offer, err := s.Panel.Offer(v.Context(), v.who)
	if err != nil || len(offer.Images) == 0 {
		return c, err
	}
	images := Choice{Name: "image", ID: "rebuild-image", Label: "Image"}
	chosen := i.ImageID
	if asked := number(v.field("image")); asked != 0 {
		chosen = asked
	}
	for _, image := range offer.Images {
		images.Options = append(images.Options, Option{Value: text(image.ID), Text: image.Name(), Selected: image.ID == chosen})
	}
	c.Choices = []Choice{images}
	return c, nil
}

func (s *server) rebuildForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	c, err := s.rebuildConfirm(v, i)
	if err != nil {
		return err
	}
	return s.showConfirm(w, v, http.StatusOK, c)
}

func (s *server) rebuild(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	c, err := s.rebuildConfirm(v, i)
	if err != nil {
		return err
	}
	if v.field("confirm") != i.Name {
		c.Value, c.Errors = v.field("confirm"), Errors{"confirm": fmt.Sprintf("This is not its name. Type %s.", i.Name)}
		return s.showConfirm(w, v, http.StatusUnprocessableEntity, c)
	}
	if _, err := s.Panel.RebuildInstance(v.Context(), v.who, i.ID, number(v.field("image"))); err != nil {
		return s.refused(w, v, instanceURL(i.ID), err)
	}
	return s.done(w, v, instanceURL(i.ID), i.Name+" is being rebuilt.")
}

// settingsOf are what can be written down of an instance; nil once it is deleted.
func settingsOf(i panel.InstanceView) *InstanceSettings {
	if !i.Live() {
		return nil
	}
	return &InstanceSettings{KeepFromDelete: i.Protection.Delete, KeepFromRebuild: i.Protection.Rebuild, Labels: labelLines(i.Labels)}
}

func labelLines(labels fleet.Labels) (lines []string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		lines = append(lines, key+"="+labels[key])
	}
	return lines
}

func labelsConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "labels", URL: instanceURL(i.ID) + "/labels", Title: "Labels of " + i.Name, Back: instanceURL(i.ID), Button: "Save",
		Text:   []string{"What you write on an instance to find it again. Programs choose instances by them."},
		Fields: []Field{{Name: "labels", Label: "One on a line", Value: strings.Join(labelLines(i.Labels), "\n"), Placeholder: "env=prod", Rows: 5, Mono: true, Autocomplete: "off"}},
	}
}

func (s *server) labelsForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	return s.showConfirm(w, v, http.StatusOK, labelsConfirm(i))
}

func (s *server) saveLabels(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	labels := fleet.Labels{}
	for line := range strings.Lines(v.field("labels")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key = strings.TrimSpace(key); key != "" {
			labels[key] = strings.TrimSpace(value)
		}
	}
	if _, err := s.Panel.LabelInstance(v.Context(), v.who, i.ID, labels); err != nil {
		return s.asked(w, v, labelsConfirm(i), err)
	}
	return s.done(w, v, instanceURL(i.ID), "Labels saved.")
}

func (s *server) saveProtection(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	wanted := panel.Protection{Delete: v.checked("delete"), Rebuild: v.checked("rebuild")}
	if _, err := s.Panel.ProtectInstance(v.Context(), v.who, i.ID, wanted); err != nil {
		return s.refused(w, v, instanceURL(i.ID), err)
	}
	return s.done(w, v, instanceURL(i.ID), i.Name+" is "+protectedFrom(wanted)+".")
}

func protectedFrom(p panel.Protection) string {
	switch p {
	case panel.Protection{Delete: true, Rebuild: true}:
		return "protected from being deleted and rebuilt"
	case panel.Protection{Delete: true}:
		return "protected from being deleted"
	case panel.Protection{Rebuild: true}:
		return "protected from being rebuilt"
	}
	return "not protected"
}
