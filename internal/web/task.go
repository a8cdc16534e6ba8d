package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// shownTasks are the kinds of tasks that customers follow.
var shownTasks = []panel.TaskKind{
	panel.TaskCreate, panel.TaskPower, panel.TaskPowerOff, panel.TaskReboot, panel.TaskReset,
	panel.TaskResize, panel.TaskRebuild, panel.TaskRestore, panel.TaskSnapshot, panel.TaskDelete,
	panel.TaskRescue, panel.TaskPassword,
}

// currentTask is the task at work on an instance, or the one that is next; nil
// if nothing is to be done.
func currentTask(i panel.InstanceView) *panel.Task {
	var current *panel.Task
	for n := range i.Tasks {
		t := &i.Tasks[n]
		if !slices.Contains(shownTasks, t.Kind) {
			continue
		}
		if t.State == panel.TaskRunning {
			return t
		}
		current = t // the list begins with the newest; the oldest is next
	}
	return current
}

// failedTask is the last task of an instance, if it has come to nothing.
func (s *server) failedTask(v *visit, i panel.InstanceView) (*panel.Task, error) {
	tasks, err := s.Panel.InstanceTasks(v.Context(), v.who, i.ID, 0, 10)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if slices.Contains(shownTasks, t.Kind) && t.State != panel.TaskCanceled {
			if t.State == panel.TaskFailed {
				return &t, nil
			}
			return nil, nil
		}
	}
	return nil, nil
}

// taskCard shows a task of an instance.
func (s *server) taskCard(ctx context.Context, t panel.Task, i panel.InstanceView, now billing.Instant) (TaskView, error) {
	card := TaskView{
		ID:    text(t.ID),
		Title: taskTitle(t.Kind, i),
		URL:   instanceURL(i.ID),
		Steps: taskSteps(t, i),
	}
	if t.State == panel.TaskFailed {
		fillFailure(&card, t, i)
		return card, nil
	}
	card.Elapsed = elapsed(time.Duration(now-t.CreatedAt) * time.Second)
	card.Poll = fmt.Sprintf("%s/task?task=%d", card.URL, t.ID)
	card.Trouble = t.ErrorPublic
	usual, err := s.Panel.UsualDuration(ctx, t.Kind)
	if usual > 0 {
		card.Usual = elapsed(time.Duration(usual) * time.Second)
	}
	return card, err
}

func taskTitle(kind panel.TaskKind, i panel.InstanceView) string {
	switch {
	case kind == panel.TaskCreate:
		return "Creating " + i.Name
	case kind == panel.TaskReboot || kind == panel.TaskReset:
		return "Restarting " + i.Name
	case kind == panel.TaskRebuild:
		return "Rebuilding " + i.Name
	case kind == panel.TaskRestore:
		return "Restoring " + i.Name
	case kind == panel.TaskSnapshot:
		return "Taking a snapshot of " + i.Name
	case kind == panel.TaskRescue && i.RescueImage != 0:
		return "Starting the rescue system of " + i.Name
	case kind == panel.TaskRescue:
		return "Starting " + i.Name + " from its own disk"
	case kind == panel.TaskPassword:
		return "Giving " + i.Name + " a new root password"
	case kind == panel.TaskResize:
		return "Resizing " + i.Name + " to " + i.Plan.Name
	case kind == panel.TaskDelete:
		return "Deleting " + i.Name
	case i.Facts.WantOn():
		return "Starting " + i.Name
	case !i.Facts.Holds.Empty():
		return "Suspending " + i.Name
	}
	return "Stopping " + i.Name
}

// stepWord is a step in words for the one who waits for them.
func stepWord(step string, i panel.InstanceView) string {
	switch step {
	case panel.StepPower:
		if i.Facts.WantOn() || i.Lifecycle == fleet.LifecyclePending {
			return "Starting"
		}
		return "Shutting down"
	case panel.StepDisk:
		if i.Image != "" {
			return "Preparing the disk from " + i.Image
		}
	}
	return step
}

// taskSteps are the steps of a task. Room is reserved before any of them, in the
// transaction that accepted the order.
func taskSteps(t panel.Task, i panel.InstanceView) []Step {
	var steps []Step
	if t.Kind == panel.TaskCreate {
		steps = append(steps, Step{Text: "Room reserved in " + i.Location.Name, Done: true})
	}
	return append(steps, stepsOf(t, func(step string) string { return stepWord(step, i) })...)
}

// stepsOf are the steps of a task, each in a word for it.
func stepsOf(t panel.Task, word func(step string) string) (steps []Step) {
	all := panel.Steps(t.Kind)
	at := max(slices.Index(all, t.Step), 0)
	for n, name := range all {
		step := Step{Text: word(name), Done: n < at || t.State == panel.TaskSucceeded}
		if n == at && !step.Done {
			step.Failed = t.State == panel.TaskFailed
			step.Now = !step.Failed
		}
		steps = append(steps, step)
	}
	return steps
}

// fillFailure says what failed and what helps.
func fillFailure(card *TaskView, t panel.Task, i panel.InstanceView) {
	card.Failed = true
	card.Elapsed = "gave up after " + elapsed(time.Duration(t.FinishedAt-t.CreatedAt)*time.Second)
	card.Failure = strings.TrimSuffix(t.ErrorPublic, " You were not charged.")
	switch t.Kind {
	case panel.TaskCreate:
		card.Uncosted = true
		card.Title = i.Name + " could not be created"
		card.Retry = &Confirm{URL: card.URL + "/retry", Button: "Try again"}
		card.Other = Link{Text: "Choose another location", URL: "/create?plan=" + text(i.PlanID)}
	case panel.TaskSnapshot:
		card.Title = "No snapshot of " + i.Name + " was taken"
	case panel.TaskReboot:
		card.Title = i.Name + " was not restarted"
		card.Retry = &Confirm{URL: card.URL + "/restart", Button: "Try again"}
	}
}
