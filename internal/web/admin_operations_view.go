package web

// AdminMailView is the outbox at /admin/mail?state=.
type AdminMailView struct {
	Tabs  []Tab // waiting, sent, failed
	Mails []MailRow
	Pager Pager
}

// MailRow is a mail in the outbox.
type MailRow struct {
	ID, URL  string
	To       string
	Subject  string
	At       Instant
	Status   Status
	Attempts string
	Error    string // of the last attempt
}

// AdminMailMessageView is a mail at /admin/mail/{id}. Sending it again posts to
// /retry below it. HTMLURL answers with the HTML part alone, to be framed.
type AdminMailMessageView struct {
	Mail    MailRow
	Facts   []Fact // from, to, account, attempts, next attempt
	Text    string
	HTMLURL string // "" without an HTML part
	Retry   bool   // it can be sent again
}

// AdminTasksView is the queue at /admin/tasks?state=. A retry posts to
// /admin/tasks/{id}/retry.
type AdminTasksView struct {
	Tabs  []Tab
	Stats []Stat // oldest waiting, running, failed
	Tasks []TaskRow
	Pager Pager
}

// TaskRow is a task of the queue.
type TaskRow struct {
	ID       string
	Kind     string // "Create instance"
	Subject  Link
	Account  Link
	Status   Status
	Attempts string
	Due      string // "now", "in 40 s"
	Age      string
	Error    string
	Retry    bool
}

// AdminAuditView is who did what, at /admin/audit?q=&before=.
type AdminAuditView struct {
	Query   string
	Actions []Option // posted as action
	Entries []AuditRow
	Pager   Pager
}

// AuditRow is an act of a person.
type AuditRow struct {
	ID      string
	At      Instant
	Actor   string
	Action  string
	Subject Link
	Changes []Change
	Address string
	Request string // its id
}

// Change is a value before and after.
type Change struct {
	Name, Before, After string
}
