package web

import (
	"net/http"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// rescueActions are how to get into an instance that lets nobody in.
func rescueActions(i panel.InstanceView) []Action {
	url, password := instanceURL(i.ID), passwordConfirm(i)
	rescue := Action{Name: "rescue", Icon: "shield", Text: "Rescue", URL: url + "/rescue", Page: true, More: true, Refused: refusedNow(i, fleet.CommandRescue)}
	if i.RescueImage != 0 {
		leave := leaveRescueConfirm(i)
		rescue = Action{Name: "unrescue", Icon: "shield", Text: "Leave rescue", Confirm: &leave, More: true, Refused: refusedNow(i, fleet.CommandRescue)}
	}
	return []Action{
		rescue,
		{Name: "password", Icon: "key", Text: "Reset root password", Confirm: &password, More: true, Refused: refusedNow(i, fleet.CommandPassword)},
	}
}

func passwordConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "action-password", URL: instanceURL(i.ID) + "/password", Title: "Reset the root password of " + i.Name, Back: instanceURL(i.ID), Button: "Reset the password",
		Text: []string{
			"Root gets a new password, which you are shown once. " + i.Name + " goes on running.",
			"The guest agent (qemu-guest-agent) sets it. Without one, take the rescue system.",
		},
	}
}

func leaveRescueConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "action-unrescue", URL: instanceURL(i.ID) + "/unrescue", Title: "Leave the rescue system of " + i.Name, Back: instanceURL(i.ID), Button: "Start from its own disk",
		Text: []string{i.Name + " shuts down and starts from its own disk again. What was done in the rescue system is gone, but for what was changed on that disk."},
	}
}

// rescueConfirm asks who is let into the rescue system.
func (s *server) rescueConfirm(v *visit, i panel.InstanceView) (Confirm, error) {
	c := Confirm{
		ID: "rescue", URL: instanceURL(i.ID) + "/rescue", Title: "Rescue " + i.Name, Back: instanceURL(i.ID), Button: "Start the rescue system",
		Text: []string{i.Name + " shuts down and starts a small system of its own, from where its disk can be mended: it is the second one there. Its addresses and its price stay."},
	}
	keys, err := s.Panel.SSHKeys(v.Context(), v.who)
	way := Choice{Name: "ssh_key", ID: "rescue-key", Label: "Root signs in with", Options: []Option{{Value: "", Text: "A password, shown once"}}}
	for _, k := range keys {
		way.Options = append(way.Options, Option{Value: text(k.ID), Text: "The SSH key " + k.Name})
	}
	c.Choices = []Choice{way}
	return c, err
}

func (s *server) rescueForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	c, err := s.rescueConfirm(v, i)
	if err != nil {
		return err
	}
	if settings.RescueImage == 0 {
		c.Warning = "There is no rescue system here."
	}
	return s.showConfirm(w, v, http.StatusOK, c)
}

func (s *server) leaveRescueForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	return s.showConfirm(w, v, http.StatusOK, leaveRescueConfirm(i))
}

func (s *server) rescue(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	var keys []int64
	if key := number(v.field("ssh_key")); key != 0 {
		keys = []int64{key}
	}
	rescued, err := s.Panel.EnableRescue(v.Context(), v.who, i.ID, keys)
	if err != nil {
		return s.refused(w, v, instanceURL(i.ID), err)
	}
	return s.tell(w, v, rescued, "Root signs in to the rescue system with it, as soon as that has started.", i.Name+" starts its rescue system.")
}

func saidUnrescue(i panel.Instance, _ panel.InstanceView, _ panel.Summary) string {
	return i.Name + " starts from its own disk again."
}

func (s *server) resetPassword(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	changed, err := s.Panel.ResetPassword(v.Context(), v.who, i.ID)
	if err != nil {
		return s.refused(w, v, instanceURL(i.ID), err)
	}
	return s.tell(w, v, changed, "It is good once "+i.Name+" has taken it, which its page says. If it does not, the old one still is.", "")
}

// tell shows a password, this once: in the answer itself, because it must be kept
// nowhere. Without one it says what was done.
func (s *server) tell(w http.ResponseWriter, v *visit, i panel.Instance, note, done string) error {
	if i.RootPassword == "" {
		return s.done(w, v, instanceURL(i.ID), done)
	}
	p, err := s.page(w, v, "Root password of "+i.Name)
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, RootPasswordPage(p, RootPasswordView{Name: i.Name, URL: instanceURL(i.ID), Password: i.RootPassword.Reveal(), Note: note}))
}

// RootPasswordView is a password that is shown once.
type RootPasswordView struct {
	Name, URL string // of the instance
	Password  string
	Note      string // what it is good for
}
