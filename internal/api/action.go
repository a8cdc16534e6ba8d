package api

import (
	"context"
	"slices"
	"strings"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) actionOperations() {
	get(s, operation{
		id: "get-action", tag: "Actions", path: "/v1/actions/{id}", need: identity.ReadInstances,
		summary: "What is being done to an instance, and how far it is",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Action, error) {
		t, err := s.Panel.Task(ctx, who, in.ID)
		if err == nil && t.InstanceID == 0 {
			err = panel.ErrNotFound
		}
		return action(t), err
	})
	list(s, operation{
		id: "list-actions", tag: "Actions", path: "/v1/actions", need: identity.ReadInstances,
		summary: "What is and was done to the account's instances, newest first",
	}, func(a client.Action) int64 { return a.ID }, s.listActions)
	list(s, operation{
		id: "list-instance-actions", tag: "Actions", path: "/v1/instances/{id}/actions", need: identity.ReadInstances,
		summary: "What is and was done to an instance, newest first",
	}, func(a client.Action) int64 { return a.ID }, func(ctx context.Context, who identity.Who, in *instancePage, at span) ([]client.Action, error) {
		tasks, err := s.Panel.InstanceTasks(ctx, who, in.ID, at.from, at.limit)
		return each(tasks, action), err
	})
}

// actionQuery selects actions.
type actionQuery struct {
	Page
	State string `query:"state" enum:"queued,running,waiting,succeeded,failed,canceled" doc:"Only those in that state."`
	Open  bool   `query:"open" doc:"Only those that have not ended."`
}

func (s *server) listActions(ctx context.Context, who identity.Who, in *actionQuery, at span) ([]client.Action, error) {
	tasks, err := s.Panel.MyTasks(ctx, who, panel.TaskFilter{State: panel.TaskState(in.State), OpenOnly: in.Open, Before: at.from, Limit: at.limit})
	return each(tasks, action), err
}

// isAction says whether a task is one that people follow.
func isAction(t panel.Task) bool { return strings.HasPrefix(string(t.Kind), "instance.") }

func action(t panel.Task) client.Action {
	a := client.Action{
		ID: t.ID, Kind: string(t.Kind), State: string(t.State), Step: t.Step, Steps: append([]string{}, panel.Steps(t.Kind)...),
		Progress: progress(t), InstanceID: t.InstanceID,
		CreatedAt: t.CreatedAt.Time(), StartedAt: moment(t.StartedAt), FinishedAt: moment(t.FinishedAt),
	}
	if t.ErrorPublic != "" {
		a.Error = &client.ActionError{Code: t.ErrorCode, Message: t.ErrorPublic}
	}
	return a
}

// progress is how much of a task is done, in percent of its steps.
func progress(t panel.Task) int {
	if t.State == panel.TaskSucceeded {
		return 100
	}
	steps := panel.Steps(t.Kind)
	return 100 * max(0, slices.Index(steps, t.Step)) / max(1, len(steps))
}
