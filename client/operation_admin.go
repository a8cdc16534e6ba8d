package client

import "time"

// Overview is the provider at a glance. Amounts are in the default currency.
type Overview struct {
	Accounts  Conditions       `json:"accounts"`
	Instances map[string]int64 `json:"instances" doc:"How many there are, by where they are in their life."`
	Billed    int64            `json:"billed_instances"`
	PerHour   Money            `json:"per_hour" doc:"What everything earns over the next hour."`
	Today     Money            `json:"today"`
	Month     Money            `json:"month"`
	Owed      Money            `json:"owed" doc:"The sum of negative balances."`
	Held      Money            `json:"held" doc:"The sum of positive balances: credit not used yet."`
	Payments  int64            `json:"pending_payments"`
	Locations []LocationLoad   `json:"locations" nullable:"false"`
	Health    Health           `json:"health"`
}

// LocationLoad is what is promised on a location's hypervisors.
type LocationLoad struct {
	Location  Ref       `json:"location"`
	Limit     Resources `json:"limit"`
	Used      Resources `json:"used"`
	Instances int64     `json:"instances"`
	PerHour   Money     `json:"per_hour"`
}

// Health is how the panel itself is.
type Health struct {
	At         time.Time        `json:"at"`
	Alive      bool             `json:"alive" doc:"A worker is at work. Without one nobody is billed."`
	Workers    []Worker         `json:"workers" nullable:"false"`
	Overdue    int64            `json:"overdue_seconds" doc:"How long the most overdue account has waited."`
	OldestTask int64            `json:"oldest_task_seconds" doc:"How long the oldest task that should run has waited."`
	Tasks      map[string]int64 `json:"tasks" doc:"How many there are, by state."`
	Unsent     int64            `json:"unsent_mails"`
}

// Worker is a process that works.
type Worker struct {
	Name      string    `json:"name"`
	StartedAt time.Time `json:"started_at"`
	SeenAt    time.Time `json:"seen_at"`
}

// Task is an effect outside the database, as administrators see it.
type Task struct {
	ID           int64      `json:"id"`
	Kind         string     `json:"kind"`
	State        string     `json:"state" enum:"queued,running,waiting,succeeded,failed,canceled"`
	Step         string     `json:"step,omitempty"`
	AccountID    int64      `json:"account_id,omitempty"`
	InstanceID   int64      `json:"instance_id,omitempty"`
	HypervisorID int64      `json:"hypervisor_id,omitempty"`
	MailID       int64      `json:"mail_id,omitempty"`
	Attempt      int64      `json:"attempt"`
	RequestedBy  string     `json:"requested_by"`
	ErrorCode    string     `json:"error_code,omitempty"`
	ErrorPublic  string     `json:"error_public,omitempty"`
	ErrorDetail  string     `json:"error_detail,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
	RunAt        time.Time  `json:"run_at"`
	StartedAt    *time.Time `json:"started_at,omitempty"`
	FinishedAt   *time.Time `json:"finished_at,omitempty"`
}

// AuditEntry is a line of the record of what administrators and the panel did.
type AuditEntry struct {
	ID      int64     `json:"id"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action" example:"settings.change"`
	Subject string    `json:"subject" example:"account:12"`
	Detail  string    `json:"detail,omitempty"`
	At      time.Time `json:"at"`
}

// Mail is a message of the outbox.
type Mail struct {
	ID        int64      `json:"id"`
	AccountID int64      `json:"account_id"`
	Kind      string     `json:"kind"`
	To        string     `json:"to"`
	Attempts  int64      `json:"attempts"`
	Error     string     `json:"error,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
}

// MailDetail is a mail with what it says.
type MailDetail struct {
	Mail
	From    string `json:"from"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

// AccountUsage is what an account used in a month.
type AccountUsage struct {
	Account   Ref    `json:"account"`
	Email     string `json:"email,omitempty"`
	Instances int64  `json:"instances"`
	Seconds   int64  `json:"seconds"`
	Total     Money  `json:"total"`
	Posted    Money  `json:"posted"`
}

// Revenue is what everyone used in a month, in the default currency.
type Revenue struct {
	Month    string         `json:"month" example:"2026-11"`
	Until    time.Time      `json:"until"`
	Running  bool           `json:"running" doc:"The month is not over."`
	Total    Money          `json:"total"`
	Posted   Money          `json:"posted" doc:"What the ledger has of it."`
	Accounts []AccountUsage `json:"accounts" nullable:"false"`
	Groups   []GroupUsage   `json:"plan_groups" nullable:"false"`
	Days     []UsageDay     `json:"days" nullable:"false"`
}

// GroupUsage is what the plans of a group have earned.
type GroupUsage struct {
	PlanGroup Ref   `json:"plan_group"`
	Total     Money `json:"total"`
}

// Rejection says why a payment is not expected any more.
type Rejection struct {
	Note string `json:"note,omitempty" maxLength:"500" doc:"The customer reads it."`
}
