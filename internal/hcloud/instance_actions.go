package hcloud

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"accrue/internal/identity"
	"accrue/internal/panel"
)

// command answers a request that makes an instance do something: with the task
// that does it. A command that changes nothing is answered with the task that
// brought it about before.
func (d *door) command(do func(context.Context, identity.Who, int64) (panel.Instance, error), name string, kinds ...panel.TaskKind) answer {
	return func(c *call) (reply, error) {
		v, err := d.server(c)
		if err != nil {
			return reply{}, err
		}
		if _, err := do(c.Context(), c.who, v.ID); err != nil {
			return reply{}, err
		}
		return d.acted(c, v.ID, name, kinds...)
	}
}

// acted answers with the newest task of some kinds, called as the caller did.
func (d *door) acted(c *call, id int64, name string, kinds ...panel.TaskKind) (reply, error) {
	begun, err := d.begun(c, id, kinds...)
	if err != nil {
		return reply{}, err
	}
	begun.Command = cmp.Or(name, begun.Command)
	return reply{status: http.StatusCreated, body: map[string]any{"action": begun}}, nil
}

// begun is the newest action of an instance that is of one of some kinds.
func (d *door) begun(c *call, id int64, kinds ...panel.TaskKind) (action, error) {
	tasks, err := d.Panel.MyTasks(c.Context(), c.who, panel.TaskFilter{InstanceID: id})
	if err != nil {
		return action{}, err
	}
	at := slices.IndexFunc(tasks, func(t panel.Task) bool { return slices.Contains(kinds, t.Kind) })
	if at < 0 {
		return action{}, missing("action")
	}
	return actionOf(tasks[at]), nil
}

func (d *door) deleteServer(c *call) (reply, error) {
	answered, err := d.command(d.Panel.DeleteInstance, "", panel.TaskDelete)(c)
	answered.status = http.StatusOK
	return answered, err
}

func (d *door) changeType(c *call) (reply, error) {
	var change struct {
		ServerType ref `json:"server_type"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	plan, err := known.plan(change.ServerType)
	if err != nil {
		return reply{}, err
	}
	if _, err := d.Panel.ResizeInstance(c.Context(), c.who, v.ID, plan.ID); err != nil {
		return reply{}, err
	}
	return d.acted(c, v.ID, "", panel.TaskResize)
}

func (d *door) rebuild(c *call) (reply, error) {
	var order struct {
		Image ref `json:"image"`
	}
	if err := c.read(&order); err != nil {
		return reply{}, err
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	image, err := known.image(order.Image)
	if err != nil {
		return reply{}, err
	}
	if _, err := d.Panel.RebuildInstance(c.Context(), c.who, v.ID, image); err != nil {
		return reply{}, err
	}
	answered, err := d.acted(c, v.ID, "", panel.TaskRebuild)
	if err == nil {
		answered.body.(map[string]any)["root_password"] = nil
	}
	return answered, err
}

func (d *door) changeProtection(c *call) (reply, error) {
	var change struct {
		Delete  *bool `json:"delete"`
		Rebuild *bool `json:"rebuild"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	wanted := v.Protection
	if change.Delete != nil {
		wanted.Delete = *change.Delete
	}
	if change.Rebuild != nil {
		wanted.Rebuild = *change.Rebuild
	}
	if _, err := d.Panel.ProtectInstance(c.Context(), c.who, v.ID, wanted); err != nil {
		return reply{}, err
	}
	return d.noted(c, v.ID, panel.EventInstanceProtected)
}

// lacking refuses an action that Accrue does not have, for a server that is the
// caller's.
func (d *door) lacking(message string) answer {
	return func(c *call) (reply, error) {
		if _, err := d.server(c); err != nil {
			return reply{}, err
		}
		return reply{}, unsupported(message)
	}
}
