package web

import (
	"net/http"
	"net/netip"

	"accrue/internal/panel"
)

// addressesOf are where an instance is reached.
func addressesOf(i panel.InstanceView) (all []InstanceAddress) {
	for _, a := range i.Addresses {
		family := "IPv6"
		if a.Addr.Is4() {
			family = "IPv4"
		}
		all = append(all, InstanceAddress{
			Family: family, Text: a.Addr.String(), Reverse: a.ReverseName,
			Edit: query(instanceURL(i.ID)+"/reverse", "address", a.Addr.String()),
		})
	}
	return all
}

// sshCommand reaches an instance, by IPv4 where it can: not everybody has IPv6.
func sshCommand(i panel.InstanceView) string {
	if len(i.Addresses) == 0 || !i.Live() {
		return ""
	}
	best := i.Addresses[0].Addr
	for _, a := range i.Addresses {
		if a.Addr.Is4() {
			best = a.Addr
		}
	}
	return "ssh root@" + best.String()
}

// addressed is the instance's address that a form is about; without one, its
// first.
func addressed(v *visit, i panel.InstanceView) (panel.Address, error) {
	wanted, err := netip.ParseAddr(v.field("address"))
	for _, a := range i.Addresses {
		if err != nil && v.field("address") == "" || a.Addr == wanted {
			return a, nil
		}
	}
	return panel.Address{}, panel.ErrNotFound
}

func reverseConfirm(i panel.InstanceView, a panel.Address) Confirm {
	return Confirm{
		ID: "reverse", URL: instanceURL(i.ID) + "/reverse", Title: "Reverse name of " + a.Addr.String(), Back: instanceURL(i.ID), Button: "Save",
		Text:   []string{"The name that others find when they look the address up, as mail servers do. Leave it empty to have none."},
		Fields: []Field{{Name: "reverse_name", Label: "Name", Value: a.ReverseName, Placeholder: "mail.example.org", Autocomplete: "off", Mono: true, Max: 253}},
		Hidden: []Option{{Value: "address", Text: a.Addr.String()}},
	}
}

func (s *server) reverseForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	a, err := addressed(v, i)
	if err != nil {
		return err
	}
	return s.showConfirm(w, v, http.StatusOK, reverseConfirm(i, a))
}

func (s *server) saveReverse(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	a, err := addressed(v, i)
	if err != nil {
		return err
	}
	c := reverseConfirm(i, a)
	if a, err = s.Panel.SetReverseName(v.Context(), v.who, a.Addr, v.field("reverse_name")); err != nil {
		return s.asked(w, v, c, err)
	}
	if a.ReverseName == "" {
		return s.done(w, v, instanceURL(i.ID), a.Addr.String()+" has no reverse name any more.")
	}
	return s.done(w, v, instanceURL(i.ID), a.Addr.String()+" leads to "+a.ReverseName+" now.")
}
