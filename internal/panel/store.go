package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Store keeps everything. A transaction is a function, so that none is left
// open: it commits when the function returns nil and leaves nothing otherwise.
// The function may run more than once, because the store retries what lost a
// race; it must do nothing but use its Tx. Transactions do not nest.
//
// Lookups of a single thing return ErrNotFound when there is none. Inserts
// return ErrExists when a key that can exist once exists already.
type Store interface {
	// View reads a consistent state.
	View(ctx context.Context, read func(Tx) error) error
	// Update reads and writes. What it has locked stays as it is until it ends.
	Update(ctx context.Context, write func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// Now is the current second by the clock that all processes on the database
	// share. It does not change within a transaction.
	Now() billing.Instant

	Accounts
	Meters
	Traffics
	Readings
	Ledger
	Instances
	Addresses
	SSHKeys
	Findings
	Hypervisors
	Plans
	Images
	Snapshots
	Currencies
	Tasks
	Mails
	Orders
	Users
	Sessions
	Requests
	Consoles
	Journal
}

// Accounts are the customers.
type Accounts interface {
	InsertAccount(Account) (id int64, err error)
	Account(id int64) (Account, error)
	// LockAccount returns the account and keeps every other transaction from
	// locking it. Whatever changes an account's money or instances locks it
	// first, before anything else is locked.
	LockAccount(id int64) (Account, error)
	UpdateAccount(Account) error
	// ListAccounts returns accounts by ID, those after a given one, whose name
	// or a user's e-mail contains query.
	ListAccounts(query string, after int64, limit int) ([]Account, error)
	// DueAccounts returns the accounts whose NextEventAt has come, the earliest
	// first, and by ID at the same instant.
	DueAccounts(until billing.Instant, limit int) ([]int64, error)
	// WakeAccounts makes every account due no later than at. It waits for whoever
	// has an account locked, and whoever locks one afterwards sees what this
	// transaction wrote.
	WakeAccounts(at billing.Instant) error
	// CountAccounts counts all accounts, and those in each condition.
	CountAccounts() (AccountCounts, error)

	InsertHold(Hold) (id int64, err error)
	LiftHold(account, instance int64, kind fleet.HoldKind, at billing.Instant) error
	ListHolds(account int64) ([]Hold, error) // newest first
}

// AccountCounts is how many accounts there are, and how many in each condition.
type AccountCounts struct{ All, Low, Negative, Suspended int64 }

// Tasks are effects that wait for their turn.
type Tasks interface {
	InsertTask(Task) (id int64, err error)
	// ClaimTask gives a worker the next task of a lane, or ErrNotFound. It sets
	// the lease and the fence. A task whose lease ran out can be claimed again;
	// no two tasks of one instance run at once.
	ClaimTask(Claim) (Task, error)
	// RenewLease lets a running task stay with the worker that has its fence, and
	// returns ErrReplaced if there is none such.
	RenewLease(task, fence int64, until billing.Instant) error
	// UpdateTask writes a task if its fence is still the one given, and returns
	// ErrReplaced otherwise.
	UpdateTask(Task) error
	Task(id int64) (Task, error)
	ListTasks(TaskFilter) ([]Task, error)
	// CancelTasks ends an instance's tasks of some kinds that wait for their turn.
	// A running one is left: it looks at the instance before each step.
	CancelTasks(instance int64, at billing.Instant, reason string, kinds ...TaskKind) error
	// InterruptTasks ends an instance's tasks of some kinds, also one that runs:
	// its run cannot end it any more, and is told to give up.
	InterruptTasks(instance int64, at billing.Instant, reason string, kinds ...TaskKind) error
	// WakeTasks makes tasks that wait for a hypervisor run again.
	WakeTasks(hypervisor int64, at billing.Instant) error
	// NextDue is when the next account and the next task are due.
	NextDue() (Due, error)
	CountTasks() (map[TaskState]int64, error)
}

// Mails are the outbox.
type Mails interface {
	InsertMail(Mail) (id int64, err error)
	Mail(id int64) (Mail, error)
	UpdateMail(Mail) error                                      // what sending it has come to
	ListMails(account, before int64, limit int) ([]Mail, error) // newest first; account 0: all
	CountUnsentMails() (int64, error)
}

// Users are the people who sign in.
type Users interface {
	InsertUser(User) (id int64, err error)
	UpdateUser(User) error
	User(id int64) (User, error)
	UserByEmail(email string) (User, error)
	ListUsers(account int64) ([]User, error) // 0: administrators
}

// Sessions are the ways in which users are signed in.
type Sessions interface {
	InsertSession(Session) (id int64, err error)
	SessionByHash(hash []byte) (Session, error)
	TouchSession(id int64, at billing.Instant) error
	ListSessions(user int64) ([]Session, error)
	DeleteSession(user, id int64) error // id 0: all of the user's

	InsertToken(APIToken) (id int64, err error)
	TokenByHash(hash []byte) (APIToken, error)
	TouchToken(id int64, at billing.Instant) error
	ListTokens(user int64) ([]APIToken, error)
	DeleteToken(user, id int64) error
	// SpendToken adds to what a token has ordered on a day, which is named by its
	// first second, and returns the sum, and the token's limit.
	SpendToken(id int64, day billing.Instant, added billing.Credits) (limit, spent billing.Credits, err error)
}

// Requests are those that callers named with a key, and how they were answered.
type Requests interface {
	// InsertRequest waits for a simultaneous twin to end, and returns ErrExists if
	// it did not leave nothing.
	InsertRequest(r Request, at billing.Instant) error
	// Request is the first one of the same user, method, path and key.
	Request(Request) (Request, Answer, error)
	AnswerRequest(Request, Answer) error
	// TakeTurn keeps every other transaction that takes a turn with the same
	// subject waiting until this one ends.
	TakeTurn(subject string) error
	DeleteRequests(before billing.Instant) error
}

// Consoles are the tickets that let somebody into a console once.
type Consoles interface {
	InsertConsoleTicket(ConsoleTicket) error
	// TakeConsoleTicket removes a ticket and returns it. Of several who try at
	// once, one has it.
	TakeConsoleTicket(hash []byte) (ConsoleTicket, error)
	DeleteConsoleTickets(until billing.Instant) error // those that expire by then
}

// Journal is what happened: the feed, the audit record, the workers' signs of life.
type Journal interface {
	InsertEvent(Event) error
	ListEvents(EventFilter) ([]Event, error)
	InsertAudit(AuditEntry) error
	ListAudit(before int64, limit int) ([]AuditEntry, error)
	SaveBeat(Beat) error
	ListBeats() ([]Beat, error)
}
