package hcloud

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"accrue/internal/panel"
)

// action is a task as clients read it.
type action struct {
	ID        int64        `json:"id"`
	Command   string       `json:"command"`
	Status    string       `json:"status"`
	Progress  int64        `json:"progress"`
	Started   *time.Time   `json:"started"`
	Finished  *time.Time   `json:"finished"`
	Resources []resource   `json:"resources"`
	Error     *actionError `json:"error"`
}

type resource struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type actionError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// commands are what clients call the kinds of tasks.
var commands = map[panel.TaskKind]string{
	panel.TaskCreate:   "create_server",
	panel.TaskPower:    "shutdown_server", // or start_server: see commandOf
	panel.TaskPowerOff: "stop_server",
	panel.TaskReboot:   "reboot_server",
	panel.TaskReset:    "reset_server",
	panel.TaskRebuild:  "rebuild_server",
	panel.TaskRestore:  "rebuild_server",
	panel.TaskSnapshot: "create_image",

	panel.TaskDropSnapshot: "delete_image",

	panel.TaskRescue:   "enable_rescue", // or disable_rescue: see commandOf
	panel.TaskPassword: "reset_password",

	panel.TaskResize: "change_server_type",
	panel.TaskDelete: "delete_server",
}

// actionOf makes an action of a task. What waits for its turn, or for its
// hypervisor, is running: clients know nothing else that has not ended.
func actionOf(t panel.Task) action {
	a := action{
		ID:        t.ID,
		Command:   commands[t.Kind],
		Status:    "running",
		Progress:  panel.Progress(t),
		Started:   utc(t.CreatedAt),
		Finished:  utc(t.FinishedAt),
		Resources: []resource{{t.InstanceID, "server"}},
	}
	switch t.State {
	case panel.TaskSucceeded:
		a.Status = "success"
	case panel.TaskFailed:
		a.Status, a.Error = "error", &actionError{"action_failed", t.ErrorPublic}
	case panel.TaskCanceled:
		a.Status, a.Error = "error", &actionError{"action_canceled", t.ErrorPublic}
	}
	return a
}

// notes are what clients call what is done at once. Nothing of it is a task; the
// feed says that it was done.
var notes = map[string]string{
	panel.EventReverseName:       "change_dns_ptr",
	panel.EventInstanceProtected: "change_protection",
	panel.EventSnapshotProtected: "change_protection",
}

// firstNote is the first number of an action that is an event. Those below are
// tasks'. Clients that count in 53 bits read both.
const firstNote = 1 << 52

// doneOf makes an action of an event.
func doneOf(e panel.Event) action {
	return action{
		ID:        firstNote + e.ID,
		Command:   cmp.Or(notes[e.Kind], e.Kind),
		Status:    "success",
		Progress:  100,
		Started:   utc(e.At),
		Finished:  utc(e.At),
		Resources: []resource{{e.InstanceID, "server"}},
	}
}

// events are what happened lately to an instance, or with 0 to all of the caller's.
func (d *door) events(c *call, instance int64) ([]panel.Event, error) {
	return d.Panel.Events(c.Context(), c.who, panel.EventFilter{AccountID: c.who.AccountID, InstanceID: instance, Limit: maxActions})
}

// noted answers with an action that is done: what the feed says of an instance.
func (d *door) noted(c *call, instance int64, kind string) (reply, error) {
	events, err := d.events(c, instance)
	if err != nil {
		return reply{}, err
	}
	at := max(0, slices.IndexFunc(events, func(e panel.Event) bool { return e.Kind == kind }))
	if len(events) == 0 {
		return reply{}, missing("action")
	}
	done := doneOf(events[at])
	done.Command = notes[kind]
	return reply{status: http.StatusCreated, body: map[string]any{"action": done}}, nil
}

// action finds an action of the caller's by its ID.
func (d *door) action(c *call, id int64) (action, error) {
	if id < firstNote {
		t, err := d.Panel.Task(c.Context(), c.who, id)
		if errors.Is(err, panel.ErrNotFound) {
			err = missing("action")
		}
		if err != nil {
			return action{}, err
		}
		a := actionOf(t)
		if t.Kind == panel.TaskPower || t.Kind == panel.TaskRescue {
			events, err := d.events(c, t.InstanceID)
			a.Command = commandOf(t, events)
			return a, err
		}
		return a, nil
	}
	f := panel.EventFilter{AccountID: c.who.AccountID, Before: id - firstNote + 1, Limit: 1}
	events, err := d.Panel.Events(c.Context(), c.who, f)
	if err == nil && (len(events) == 0 || firstNote+events[0].ID != id || events[0].InstanceID == 0) {
		err = missing("action")
	}
	if err != nil {
		return action{}, err
	}
	return doneOf(events[0]), nil
}

// commandOf is what clients call a task. What a task that switches something was to
// switch it to is in the feed, at the same second.
func commandOf(t panel.Task, events []panel.Event) string {
	for _, e := range events {
		if e.InstanceID != t.InstanceID || e.At != t.CreatedAt {
			continue
		}
		switch {
		case t.Kind == panel.TaskPower && (e.Kind == panel.EventInstanceStarted || e.Kind == panel.EventInstanceResumed):
			return "start_server"
		case t.Kind == panel.TaskRescue && e.Kind == panel.EventRescueLeft:
			return "disable_rescue"
		}
	}
	return commands[t.Kind]
}

// actionSorts are the keys by which actions can be sorted.
var actionSorts = order[action]{
	"id":       by(func(a action) int64 { return a.ID }),
	"command":  by(func(a action) string { return a.Command }),
	"status":   by(func(a action) string { return a.Status }),
	"progress": by(func(a action) int64 { return a.Progress }),
	"started":  func(a, b action) int { return a.Started.Compare(*b.Started) },
	"finished": func(a, b action) int { return ended(a).Compare(ended(b)) },
}

// ended is when an action ended; what has not ended sorts last.
func ended(a action) time.Time {
	if a.Finished == nil {
		return time.Unix(1<<40, 0)
	}
	return *a.Finished
}

// maxActions is how many actions can be asked for at once, and how far back their
// lists go.
const maxActions = 1000

// listActions answers with the actions whose IDs are asked for, each of them: a
// client that misses one gives up. Those of others are not there.
func (d *door) listActions(c *call) (reply, error) {
	ids := c.URL.Query()["id"]
	switch {
	case len(ids) > maxActions:
		return reply{}, invalid("id", fmt.Sprintf("must not be given more than %d times", maxActions))
	case len(ids) == 0:
		return reply{}, &problem{http.StatusGone, codeDeprecated, "Name the actions with ?id=; those of a server are at /servers/{id}/actions.", nil}
	}
	all := []action{}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		a, err := d.action(c, number(id))
		if err == nil {
			all = append(all, a)
		} else if explain(err) == nil {
			return reply{}, err
		}
	}
	return d.shownActions(c, all)
}

// listServerActions answers with the actions of one server, or of all.
func (d *door) listServerActions(c *call) (reply, error) {
	f := panel.TaskFilter{Limit: maxActions}
	if c.PathValue("id") != "" {
		i, err := d.server(c)
		if err != nil {
			return reply{}, err
		}
		f.InstanceID = i.ID
	}
	tasks, err := d.Panel.MyTasks(c.Context(), c.who, f)
	if err != nil {
		return reply{}, err
	}
	events, err := d.events(c, f.InstanceID)
	if err != nil {
		return reply{}, err
	}
	all := make([]action, 0, len(tasks))
	for _, t := range slices.Backward(tasks) {
		a := actionOf(t)
		a.Command = commandOf(t, events)
		if a.Command != "" {
			all = append(all, a)
		}
	}
	for _, e := range slices.Backward(events) {
		if notes[e.Kind] != "" {
			all = append(all, doneOf(e))
		}
	}
	return d.shownActions(c, all)
}

// getServerPart tells /servers/{id}/actions and its like from /servers/actions/{id},
// which a pattern cannot.
func (d *door) getServerPart(c *call) (reply, error) {
	part := c.PathValue("part")
	switch {
	case c.PathValue("id") == "actions":
		c.SetPathValue("id", part)
		return d.getAction(c)
	case part == "actions":
		return d.listServerActions(c)
	case part == "metrics":
		return d.getMetrics(c)
	}
	return reply{}, missing("resource")
}

// partOf answers for what is below a thing that is no server, or below actions
// where such things are listed: every action is one of a server, so such a thing
// has none of its own, and any is found by its ID.
func (d *door) partOf(thing answer) answer {
	return func(c *call) (reply, error) {
		id, part, within := c.PathValue("id"), c.PathValue("part"), c.PathValue("action")
		if id == "actions" {
			c.SetPathValue("id", part)
			return d.getAction(c)
		}
		if answered, err := thing(c); err != nil {
			return answered, err
		}
		switch {
		case within != "":
			c.SetPathValue("id", within)
			c.SetPathValue("action", "")
			return d.getAction(c)
		case part == "actions":
			return noActions(c)
		}
		return reply{}, missing("resource")
	}
}

// noActions is an empty list of actions.
func noActions(c *call) (reply, error) { return list(c, "actions", []action{}, actionSorts) }

func (d *door) shownActions(c *call, all []action) (reply, error) {
	if err := oneOf(c, "status", "running", "success", "error"); err != nil {
		return reply{}, err
	}
	return list(c, "actions", keep(c, "status", all, func(a action) string { return a.Status }), actionSorts)
}

func (d *door) getAction(c *call) (reply, error) {
	within := c.PathValue("action") != ""
	id := c.id()
	if within {
		id = number(c.PathValue("action"))
	}
	a, err := d.action(c, id)
	if err != nil {
		return reply{}, err
	}
	if within && a.Resources[0].ID != c.id() {
		return reply{}, missing("action")
	}
	return ok("action", a), nil
}
