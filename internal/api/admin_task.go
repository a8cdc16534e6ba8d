package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) adminTaskOperations() {
	const tag = "Admin: operations"
	list(s, operation{
		id: "list-tasks", tag: tag, path: "/v1/admin/tasks", need: identity.ReadFleet, summary: "Tasks, newest first",
	}, func(t client.Task) int64 { return t.ID }, func(ctx context.Context, who identity.Who, in *taskQuery, at span) ([]client.Task, error) {
		tasks, err := s.Panel.Tasks(ctx, who, panel.TaskFilter{
			AccountID: in.Account, InstanceID: in.Instance, Kind: panel.TaskKind(in.Kind), State: panel.TaskState(in.State), OpenOnly: in.Open, Before: at.from, Limit: at.limit,
		})
		return each(tasks, task), err
	})
	post(s, operation{
		id: "retry-task", tag: tag, path: "/v1/admin/tasks/{id}/retry", need: identity.WriteFleet,
		summary: "Run a task now that waits for its next try, or that has failed", status: http.StatusOK, errors: []int{http.StatusConflict},
	}, s.retryTask)
	list(s, operation{
		id: "list-mails", tag: tag, path: "/v1/admin/mails", need: identity.ReadAudit, summary: "The outbox, newest first",
	}, func(m client.Mail) int64 { return m.ID }, func(ctx context.Context, who identity.Who, _ *Page, at span) ([]client.Mail, error) {
		mails, err := s.Panel.Mails(ctx, who, at.from, at.limit)
		return each(mails, mail), err
	})
	get(s, operation{
		id: "get-mail", tag: tag, path: "/v1/admin/mails/{id}", need: identity.ReadAudit, summary: "A mail and what it says",
	}, s.getMail)
	post(s, operation{
		id: "retry-mail", tag: tag, path: "/v1/admin/mails/{id}/retry", need: identity.WriteSettings,
		summary: "Send a mail now that no server has taken yet", status: http.StatusOK, errors: []int{http.StatusConflict},
	}, s.retryMail)
	list(s, operation{
		id: "admin-list-instances", tag: tag, path: "/v1/admin/instances", need: identity.ReadFleet, summary: "Instances of all accounts, oldest first",
	}, func(i client.Instance) int64 { return i.ID }, s.adminListInstances)
}

// taskQuery selects tasks.
type taskQuery struct {
	Page
	Account  int64  `query:"account_id" minimum:"0"`
	Instance int64  `query:"instance_id" minimum:"0"`
	Kind     string `query:"kind" maxLength:"40" example:"instance.create"`
	State    string `query:"state" enum:"queued,running,waiting,succeeded,failed,canceled"`
	Open     bool   `query:"open" doc:"Only those that have not ended."`
}

func task(t panel.Task) client.Task {
	return client.Task{
		ID: t.ID, Kind: string(t.Kind), State: string(t.State), Step: t.Step, AccountID: t.AccountID, InstanceID: t.InstanceID, HypervisorID: t.HypervisorID,
		MailID: t.MailID, Attempt: t.Attempt, RequestedBy: t.RequestedBy, ErrorCode: t.ErrorCode, ErrorPublic: t.ErrorPublic, ErrorDetail: t.ErrorDetail,
		CreatedAt: t.CreatedAt.Time(), RunAt: t.RunAt.Time(), StartedAt: moment(t.StartedAt), FinishedAt: moment(t.FinishedAt),
	}
}

func (s *server) retryTask(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.Task], err error) {
	if err := s.Panel.RetryTask(ctx, who, in.ID); err != nil {
		return out, err
	}
	t, err := s.Panel.Task(ctx, who, in.ID)
	out.Body = task(t)
	return out, err
}

func mail(m panel.Mail) client.Mail {
	return client.Mail{
		ID: m.ID, AccountID: m.AccountID, Kind: string(m.Kind), To: m.To, Attempts: m.Attempts, Error: m.Error, CreatedAt: m.CreatedAt.Time(), SentAt: moment(m.SentAt),
	}
}

func (s *server) getMail(ctx context.Context, who identity.Who, in *ByID) (client.MailDetail, error) {
	m, message, err := s.Panel.Mail(ctx, who, in.ID)
	return client.MailDetail{Mail: mail(m), From: message.From, Subject: message.Subject, Text: message.Text, HTML: message.HTML}, err
}

func (s *server) retryMail(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.Mail], err error) {
	if err := s.Panel.RetryMail(ctx, who, in.ID); err != nil {
		return out, err
	}
	m, _, err := s.Panel.Mail(ctx, who, in.ID)
	out.Body = mail(m)
	return out, err
}

// adminInstanceQuery selects instances.
type adminInstanceQuery struct {
	Page
	Account    int64 `query:"account_id" minimum:"0"`
	Hypervisor int64 `query:"hypervisor_id" minimum:"0"`
	Plan       int64 `query:"plan_id" minimum:"0"`
	All        bool  `query:"deleted" doc:"Deleted ones, too."`
}

func (s *server) adminListInstances(ctx context.Context, who identity.Who, in *adminInstanceQuery, at span) ([]client.Instance, error) {
	c, err := s.defaultCurrency(ctx)
	if err != nil {
		return nil, err
	}
	views, err := s.Panel.AllInstances(ctx, who, panel.InstanceFilter{
		AccountID: in.Account, HypervisorID: in.Hypervisor, PlanID: in.Plan, LiveOnly: !in.All, After: at.from, Limit: at.limit,
	})
	return each(views, func(v panel.InstanceView) client.Instance { return instanceOf(c, who, v) }), err
}
