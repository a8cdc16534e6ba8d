package web

import (
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const tasksPerPage = 50

// taskKinds are the kinds of tasks in words.
var taskKinds = map[panel.TaskKind]string{
	panel.TaskCreate: "Create instance", panel.TaskPower: "Switch instance", panel.TaskReboot: "Restart instance",
	panel.TaskResize: "Resize instance", panel.TaskDelete: "Delete instance", panel.TaskCleanup: "Clean up hypervisor", panel.TaskTest: "Test hypervisor",
	panel.TaskPowerOff: "Switch instance off", panel.TaskReset: "Reset instance", panel.TaskRebuild: "Rebuild instance", panel.TaskLimits: "Limit instance",
	panel.TaskRescue: "Rescue instance", panel.TaskPassword: "Set root password",
	panel.TaskImport: "Fetch image", panel.TaskDistribute: "Bring image to hypervisor", panel.TaskForget: "Remove image file",
	panel.TaskMail: "Send mail", panel.TaskSettle: "Settle accounts",
}

var taskStates = map[panel.TaskState]Status{
	panel.TaskQueued: {Kind: "busy", Text: "Queued"}, panel.TaskRunning: {Kind: "busy", Text: "Running"},
	panel.TaskWaiting: {Kind: "warn", Text: "Waiting for its hypervisor"}, panel.TaskSucceeded: {Kind: "running", Text: "Done"},
	panel.TaskFailed: {Kind: "suspended", Text: "Failed"}, panel.TaskCanceled: {Kind: "stopped", Text: "Canceled"},
}

func (s *server) adminTasks(w http.ResponseWriter, v *visit) error {
	h, err := s.Panel.Health(v.Context())
	if err != nil {
		return err
	}
	filter := panel.TaskFilter{Before: number(v.field("before")), Limit: tasksPerPage}
	state := v.field("state")
	switch state {
	case "failed":
		filter.State = panel.TaskFailed
	case "done":
		filter.State = panel.TaskSucceeded
	default:
		state, filter.OpenOnly = "", true
	}
	tasks, err := s.Panel.Tasks(v.Context(), v.who, filter)
	if err != nil {
		return err
	}
	open := h.Tasks[panel.TaskQueued] + h.Tasks[panel.TaskRunning] + h.Tasks[panel.TaskWaiting]
	failed := h.Tasks[panel.TaskFailed]
	view := AdminTasksView{
		Stats: []Stat{
			{Label: "Oldest waiting", Value: Amount{Text: span(billing.Instant(h.OldestTask))}, Note: "since it was due"},
			{Label: "Running", Value: Amount{Text: grouped(h.Tasks[panel.TaskRunning])}, Note: "of " + grouped(open) + " open"},
			{Label: "Failed", Value: Amount{Text: grouped(failed)}},
			{Label: "Done", Value: Amount{Text: grouped(h.Tasks[panel.TaskSucceeded])}},
		},
		Tabs: []Tab{
			{Text: "Open", URL: "/admin/tasks", Count: grouped(open), Current: state == ""},
			{Text: "Failed", URL: "/admin/tasks?state=failed", Count: grouped(failed), Current: state == "failed"},
			{Text: "Done", URL: "/admin/tasks?state=done", Current: state == "done"},
		},
	}
	if failed > 0 {
		view.Stats[2].Tone = "danger"
	}
	if filter.Before > 0 {
		view.Pager.Newer = query("/admin/tasks", "state", state)
	}
	if len(tasks) == tasksPerPage {
		view.Pager.Older = query("/admin/tasks", "state", state, "before", text(tasks[len(tasks)-1].ID))
	}
	if view.Tasks, err = s.taskRows(v, tasks, billing.Instant(h.Now)); err != nil {
		return err
	}
	return s.adminShow(w, v, http.StatusOK, "Tasks", func(p Page) templ.Component { return AdminTasksPage(p, view) })
}

func (s *server) taskRows(v *visit, tasks []panel.Task, now billing.Instant) (rows []TaskRow, err error) {
	var ids []int64
	for _, t := range tasks {
		ids = append(ids, t.AccountID)
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, ids...)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		row := TaskRow{
			ID: text(t.ID), Kind: taskKinds[t.Kind], Account: accountLink(names, t.AccountID), Status: taskStates[t.State],
			Attempts: text(t.Attempt), Due: "—", Age: span(now - t.CreatedAt), Error: t.ErrorDetail,
		}
		if row.Error == "" {
			row.Error = t.ErrorPublic
		}
		if t.State == panel.TaskSucceeded {
			row.Error = ""
		}
		if !t.State.Ended() {
			row.Due = "now"
			if t.RunAt > now {
				row.Due = "in " + span(t.RunAt-now)
			}
		}
		row.Retry = (t.State == panel.TaskFailed && t.Kind != panel.TaskCreate) || t.State == panel.TaskWaiting || (t.State == panel.TaskQueued && t.RunAt > now)
		if row.Subject, err = s.taskSubject(v, t); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// taskSubject is what a task is about.
func (s *server) taskSubject(v *visit, t panel.Task) (Link, error) {
	switch {
	case t.InstanceID != 0:
		i, err := s.Panel.Instance(v.Context(), v.who, t.InstanceID)
		return Link{Text: i.Name}, err
	case t.HypervisorID != 0:
		h, err := s.Panel.Hypervisor(v.Context(), v.who, t.HypervisorID)
		return Link{Text: h.Name, URL: "/admin/hypervisors/" + text(t.HypervisorID)}, err
	case t.MailID != 0:
		return Link{Text: "Mail " + text(t.MailID), URL: "/admin/mail/" + text(t.MailID)}, nil
	}
	return Link{}, nil
}

func (s *server) adminRetryTask(w http.ResponseWriter, v *visit) error {
	back := "/admin/tasks"
	if err := s.Panel.RetryTask(v.Context(), v.who, v.id()); err != nil {
		return s.refused(w, v, back, err)
	}
	return s.done(w, v, back, "The task is tried again now.")
}
