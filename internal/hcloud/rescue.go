package hcloud

import (
	"net/http"

	"accrue/internal/panel"
)

// told is the password that a guest was given just now, or null.
func told(i panel.Instance) any {
	if i.RootPassword == "" {
		return nil
	}
	return i.RootPassword.Reveal()
}

// enableRescue restarts a server into the rescue system. Clients restart it once
// more, which changes nothing.
func (d *door) enableRescue(c *call) (reply, error) {
	var order struct {
		Type    string `json:"type"`
		SSHKeys []ref  `json:"ssh_keys"`
	}
	if err := c.read(&order); err != nil {
		return reply{}, err
	}
	if order.Type != "" && order.Type != "linux64" {
		return reply{}, invalid("type", "must be linux64")
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	keys, err := d.sshKeys(c, order.SSHKeys)
	if err != nil {
		return reply{}, err
	}
	rescued, err := d.Panel.EnableRescue(c.Context(), c.who, v.ID, keys)
	if err != nil {
		return reply{}, err
	}
	return d.admitted(c, rescued, panel.TaskRescue)
}

func (d *door) disableRescue(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	if v.RescueImage == 0 {
		return reply{}, unsupported("The rescue system of " + v.Name + " is not enabled.")
	}
	return d.command(d.Panel.DisableRescue, "disable_rescue", panel.TaskRescue)(c)
}

func (d *door) resetPassword(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	changed, err := d.Panel.ResetPassword(c.Context(), c.who, v.ID)
	if err != nil {
		return reply{}, err
	}
	return d.admitted(c, changed, panel.TaskPassword)
}

// admitted answers with a task and the password that it gives the guest.
func (d *door) admitted(c *call, i panel.Instance, kind panel.TaskKind) (reply, error) {
	begun, err := d.begun(c, i.ID, kind)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: map[string]any{"action": begun, "root_password": told(i)}}, nil
}
