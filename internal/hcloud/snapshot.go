package hcloud

import (
	"cmp"
	"errors"
	"net/http"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// snapshotOf is a snapshot as clients read it: an image of the caller's.
func snapshotOf(v panel.SnapshotView) image {
	shown := imageOf(v.Image)
	shown.CreatedFrom = &createdFrom{v.Of.ID, v.Of.Name}
	shown.Protection.Delete = v.Protected
	switch v.State {
	case panel.ImageReady:
	case panel.ImageCreating:
		shown.Status = "creating"
	default:
		shown.Status = "unavailable"
	}
	return shown
}

// snapshots are the caller's.
func (d *door) snapshots(c *call) ([]panel.SnapshotView, error) {
	return d.Panel.Snapshots(c.Context(), c.who, panel.SnapshotFilter{AccountID: c.who.AccountID})
}

// createImage takes a snapshot. Backups, which are taken by themselves and go with
// their server, there are none.
func (d *door) createImage(c *call) (reply, error) {
	var n struct {
		Description string       `json:"description"`
		Type        string       `json:"type"`
		Labels      fleet.Labels `json:"labels"`
	}
	if err := c.read(&n); err != nil {
		return reply{}, err
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	switch n.Type {
	case "", "snapshot":
	case "backup":
		return reply{}, unsupported("There are no automatic backups here.")
	default:
		return reply{}, invalid("type", "must be snapshot")
	}
	order := panel.NewSnapshot{Name: cmp.Or(n.Description, "Snapshot of "+v.Name), Labels: n.Labels}
	made, err := d.Panel.CreateSnapshot(c.Context(), c.who, v.ID, order)
	if err != nil {
		return reply{}, err
	}
	answered, err := d.acted(c, v.ID, "", panel.TaskSnapshot)
	if err == nil {
		answered.body.(map[string]any)["image"] = snapshotOf(panel.SnapshotView{Snapshot: made, Of: v.Instance})
	}
	return answered, err
}

// updateImage changes what a request names. Systems are the provider's.
func (d *door) updateImage(c *call) (reply, error) {
	var change struct {
		Description *string       `json:"description"`
		Type        *string       `json:"type"`
		Labels      *fleet.Labels `json:"labels"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	if change.Type != nil && *change.Type != "snapshot" {
		return reply{}, invalid("type", "must be snapshot")
	}
	_, err := d.Panel.EditSnapshot(c.Context(), c.who, c.id(), func(to *panel.Snapshot) {
		if change.Description != nil {
			to.Description = *change.Description
		}
		if change.Labels != nil {
			to.Labels = *change.Labels
		}
	})
	if err != nil {
		return reply{}, noImage(err)
	}
	v, err := d.Panel.Snapshot(c.Context(), c.who, c.id())
	return ok("image", snapshotOf(v)), noImage(err)
}

func (d *door) changeImageProtection(c *call) (reply, error) {
	var change struct {
		Delete *bool `json:"delete"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	changed, err := d.Panel.EditSnapshot(c.Context(), c.who, c.id(), func(to *panel.Snapshot) {
		if change.Delete != nil {
			to.Protected = *change.Delete
		}
	})
	if err != nil {
		return reply{}, noImage(err)
	}
	return d.noted(c, changed.InstanceID, panel.EventSnapshotProtected)
}

func (d *door) deleteImage(c *call) (reply, error) {
	_, err := d.Panel.DeleteSnapshot(c.Context(), c.who, c.id())
	return reply{status: http.StatusNoContent}, noImage(err)
}

func noImage(err error) error {
	if errors.Is(err, panel.ErrNotFound) {
		return missing("image")
	}
	return err
}
