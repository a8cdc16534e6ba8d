package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Ledger returns entries, newest first. Customers see their own account's.
func (p *Panel) Ledger(ctx context.Context, who identity.Who, f LedgerFilter) (entries []Entry, err error) {
	if f.AccountID != who.AccountID && !who.May(identity.ReadReports) {
		return nil, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		entries, err = tx.ListEntries(f)
		return err
	})
	return entries, err
}

// Events returns the feed. Customers see their own account's.
func (p *Panel) Events(ctx context.Context, who identity.Who, f EventFilter) (events []Event, err error) {
	if f.AccountID != who.AccountID && !who.May(identity.ReadAudit) {
		return nil, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadAccount, func(tx Tx) error {
		events, err = tx.ListEvents(f)
		return err
	})
	return events, err
}

// Audit returns what administrators and the panel did, newest first.
func (p *Panel) Audit(ctx context.Context, who identity.Who, before int64, limit int) (entries []AuditEntry, err error) {
	err = p.look(ctx, who, identity.ReadAudit, func(tx Tx) error {
		entries, err = tx.ListAudit(before, limit)
		return err
	})
	return entries, err
}

// Mails returns the outbox, newest first.
func (p *Panel) Mails(ctx context.Context, who identity.Who, before int64, limit int) (mails []Mail, err error) {
	err = p.look(ctx, who, identity.ReadAudit, func(tx Tx) error {
		mails, err = tx.ListMails(0, before, limit)
		return err
	})
	return mails, err
}

// Mail returns a mail of the outbox and what it looks like.
func (p *Panel) Mail(ctx context.Context, who identity.Who, id int64) (m Mail, message Message, err error) {
	err = p.look(ctx, who, identity.ReadAudit, func(tx Tx) error {
		m, err = tx.Mail(id)
		return err
	})
	if err != nil {
		return m, message, err
	}
	message, err = p.Message(ctx, m)
	return m, message, err
}

// Tasks returns tasks, newest first.
func (p *Panel) Tasks(ctx context.Context, who identity.Who, f TaskFilter) (tasks []Task, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		tasks, err = tx.ListTasks(f)
		return err
	})
	return tasks, err
}

// RetryTask makes a task that waits for its next try run now, and gives one that
// has failed another life. A failed creation is over; the customer orders anew.
func (p *Panel) RetryTask(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		t, err := tx.Task(id)
		if err != nil {
			return err
		}
		switch {
		case t.State == TaskRunning:
			return refuse(CodeConflict, "The task is running now.")
		case t.State == TaskSucceeded || t.State == TaskCanceled:
			return refuse(CodeConflict, "The task is over.")
		case t.State == TaskFailed && t.Kind == TaskCreate:
			return refuse(CodeConflict, "The instance was given up and its room released. It has to be ordered anew.")
		case t.State == TaskFailed && t.Kind == TaskSnapshot:
			return refuse(CodeConflict, "The snapshot was given up. It has to be taken anew.")
		}
		if t.State == TaskFailed && t.Kind == TaskTest {
			return refuse(CodeConflict, "Test the hypervisor again on its own page.")
		}
		if t.State == TaskFailed {
			return insertTask(tx, Task{
				Kind: t.Kind, AccountID: t.AccountID, InstanceID: t.InstanceID, HypervisorID: t.HypervisorID,
				MailID: t.MailID, ImageID: t.ImageID, Priority: t.Priority, RequestedBy: who.Actor(),
			}, tx.Now())
		}
		t.State, t.RunAt = TaskQueued, tx.Now()
		return tx.UpdateTask(t)
	})
}

// FindInstances returns instances of all accounts as they are kept, without
// what pages say of them.
func (p *Panel) FindInstances(ctx context.Context, who identity.Who, f InstanceFilter) (instances []Instance, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		instances, err = tx.ListInstances(f)
		return err
	})
	return instances, err
}

// AccountRow is an account in the administrators' list.
type AccountRow struct {
	Summary
	Email     string
	Instances int64
}

// ListAccounts returns accounts by ID, those after a given one, whose name or
// e-mail contains query.
func (p *Panel) ListAccounts(ctx context.Context, who identity.Who, query string, after int64, limit int) (rows []AccountRow, err error) {
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		rows = nil
		accounts, err := tx.ListAccounts(query, after, limit)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			row, err := accountRow(tx, a.ID)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

func accountRow(tx Tx, account int64) (row AccountRow, err error) {
	if row.Summary, err = summary(tx, account); err != nil {
		return row, err
	}
	users, err := tx.ListUsers(account)
	if err != nil {
		return row, err
	}
	row.Email = first(users).Email
	live, err := tx.ListInstances(InstanceFilter{AccountID: account, LiveOnly: true})
	row.Instances = int64(len(live))
	return row, err
}

// AccountDetail is an account with its people, for administrators.
type AccountDetail struct {
	Summary
	Users     []User
	AllHolds  []Hold    // also those that were lifted
	Sessions  []Session // that are alive
	Instances []InstanceView
}

// AccountDetail returns everything an administrator sees of an account.
func (p *Panel) AccountDetail(ctx context.Context, who identity.Who, account int64) (d AccountDetail, err error) {
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		if d.Summary, err = summary(tx, account); err != nil {
			return err
		}
		if d.Users, err = tx.ListUsers(account); err != nil {
			return err
		}
		if d.Sessions, err = aliveSessions(tx, d.Users); err != nil {
			return err
		}
		if d.AllHolds, err = tx.ListHolds(account); err != nil {
			return err
		}
		d.Instances, err = viewInstances(tx, InstanceFilter{AccountID: account, LiveOnly: true})
		return err
	})
	return d, err
}

// Health is how the panel itself is.
type Health struct {
	Workers    []Beat
	Now        int64 // Unix seconds
	Overdue    int64 // seconds that the most overdue account has waited
	OldestTask int64 // seconds that the oldest task that should run has waited
	Tasks      map[TaskState]int64
	Unsent     int64 // mails
}

// beatSilence is how long a worker may be silent before it counts as dead.
const beatSilence = 60

// Alive says whether any worker is at work. Without one nobody is billed.
func (h Health) Alive() bool {
	for _, b := range h.Workers {
		if h.Now-int64(b.SeenAt) <= beatSilence {
			return true
		}
	}
	return false
}

// Health returns how the panel itself is. It tells nothing of customers, so
// anybody may ask.
func (p *Panel) Health(ctx context.Context) (h Health, err error) {
	err = p.view(ctx, func(tx Tx) error {
		now := tx.Now()
		h = Health{Now: int64(now)}
		if h.Workers, err = tx.ListBeats(); err != nil {
			return err
		}
		due, err := tx.NextDue()
		if err != nil {
			return err
		}
		h.Overdue, h.OldestTask = max(0, int64(now-due.Account)), max(0, int64(now-due.Task))
		if h.Tasks, err = tx.CountTasks(); err != nil {
			return err
		}
		h.Unsent, err = tx.CountUnsentMails()
		return err
	})
	return h, err
}

// Overview is the provider at a glance.
type Overview struct {
	Health
	Accounts  AccountCounts
	Instances map[fleet.Lifecycle]int64
	Billed    int64 // instances that cost something now
	Locations []LocationLoad
	Currency  DatedCurrency // the default one
	Money     Money
	Orders    int64 // top-ups that wait for confirmation
	Events    []Event

	Alarms      []Finding // that are open, newest first
	Discoveries int64     // machines where they should not be that nobody has looked at
}

// LocationLoad is a location with what is promised on its hypervisors.
type LocationLoad struct {
	Location
	Hypervisors []Hypervisor
	Used, Limit fleet.Resources
	Instances   int64           // live ones
	RunRate     billing.Credits // what they cost over the next hour
}

// LedgerTotals counts the ledger's transactions and sums all postings, which is
// zero.
func (p *Panel) LedgerTotals(ctx context.Context) (transactions int64, sum billing.Credits, err error) {
	err = p.view(ctx, func(tx Tx) error {
		transactions, sum, err = tx.LedgerTotals()
		return err
	})
	return transactions, sum, err
}
