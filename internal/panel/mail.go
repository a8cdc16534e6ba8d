package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// MailKind names a notice that is sent as mail.
type MailKind string

// The notices.
const (
	MailLow       MailKind = "balance.low"
	MailNegative  MailKind = "balance.negative"
	MailSuspended MailKind = "account.suspended"
	MailResumed   MailKind = "account.resumed"
	MailToken     MailKind = "token.created"
	MailFindings  MailKind = "findings"
	MailTest      MailKind = "test"
)

// Mail is a message of the outbox. What it says is fixed when it is written, in
// the transaction that decided it; it is sent by a task.
type Mail struct {
	ID        int64
	AccountID int64
	Kind      MailKind
	To        string
	Notice    Notice // what the template is filled with
	CreatedAt billing.Instant
	SentAt    billing.Instant // 0 until a server has taken it
	Attempts  int64
	Error     string // of the last try
}

// Notice is what a mail tells: amounts are in the customer's currency already.
type Notice struct {
	Provider  string
	Name      string // of the account
	Balance   string
	Threshold string // the one that was crossed
	ToLift    string // what lifts a suspension at least; empty when not suspended
	SuspendAt string // when instances will be suspended; empty if not in sight
	Limit     string // the balance below which instances are suspended
	Instances int64  // how many it concerns
	At        string
	TopUpURL  string
	UsageURL  string

	Token      string // what a new token is called, and what it may do
	AccountURL string // where tokens are

	Found       []string // findings, one a line
	FindingsURL string   // where they are
}

// Message is a mail as it goes out.
type Message struct {
	ID      string // globally unique and the same at every try
	From    string
	To      string
	Subject string
	Text    string
	HTML    string
}

// Mailer hands messages to a mail server. An error means that the server has
// not taken it, or that nobody knows: the message will be tried again with the
// same ID, unless the error has a method Permanent() bool that returns true.
type Mailer interface {
	Render(Mail) (Message, error)
	Send(context.Context, Message) error
}

// RetryMail makes a mail that no server has taken yet go out now: its task is
// made to run, or it gets another one if that is over.
func (p *Panel) RetryMail(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		m, err := tx.Mail(id)
		if err != nil {
			return err
		}
		if m.SentAt != 0 {
			return refuse(CodeConflict, "This mail has been sent already.")
		}
		open, err := tx.ListTasks(TaskFilter{AccountID: m.AccountID, OpenOnly: true})
		if err != nil {
			return err
		}
		for _, t := range open {
			switch {
			case t.MailID != id:
			case t.State == TaskRunning:
				return refuse(CodeConflict, "This mail is being sent now.")
			default:
				t.State, t.RunAt = TaskQueued, tx.Now()
				return tx.UpdateTask(t)
			}
		}
		t := Task{Kind: TaskMail, AccountID: m.AccountID, MailID: id, ExpiresAt: tx.Now() + mailExpiry, RequestedBy: who.Actor()}
		return insertTask(tx, t, tx.Now())
	})
}
