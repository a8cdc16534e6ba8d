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
	Ledger
	Instances
	Hypervisors
	Plans
	Currencies
	Tasks
	Mails
	Orders
	Users
	Sessions
	Requests
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
	// NextDue is the earliest NextEventAt, or Never.
	NextDue() (billing.Instant, error)
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

// Meters are the segments and what derives from them. Segments are append-only:
// only an open one can be closed, and only once.
type Meters interface {
	InsertSegment(account int64, s billing.Segment) (id int64, err error)
	CloseSegment(id int64, to billing.Instant) error
	// OpenSegments returns an account's open segments by instance.
	OpenSegments(account int64) ([]billing.Segment, error)
	// ListSegments returns segments that touch [from, to), by instance and From.
	// An account or instance of 0 stands for every one.
	ListSegments(account, instance int64, from, to billing.Instant) ([]billing.Segment, error)
	InsertMinimum(account int64, m billing.Minimum) error
	ListMinimums(account int64, from, to billing.Instant) ([]billing.Minimum, error)
	// InsertStatement freezes the lines of an account's month.
	InsertStatement(account int64, month billing.Month, at billing.Instant, lines []billing.Line) error
	// Statement returns the frozen lines, or ErrNotFound while the month is open.
	Statement(account int64, month billing.Month) ([]billing.Line, error)
	// StatementTotal is the sum of the frozen lines, or ErrNotFound.
	StatementTotal(account int64, month billing.Month) (billing.Credits, error)
	// UsedMonths returns the months in which an account has segments, newest first.
	UsedMonths(account int64, until billing.Instant) ([]billing.Month, error)
}

// Ledger is the append-only record of money.
type Ledger interface {
	// InsertTransaction writes a transaction whose postings sum to zero.
	InsertTransaction(Transaction) (id int64, err error)
	Transaction(id int64) (Transaction, error)
	TransactionByKey(key string) (Transaction, error)
	ListEntries(LedgerFilter) ([]Entry, error)
	// UsagePosted is what the ledger has as an account's usage of a month, as a
	// positive amount.
	UsagePosted(account int64, month billing.Month) (billing.Credits, error)
	// LedgerTotals counts the transactions and sums all postings, which is zero.
	LedgerTotals() (transactions int64, sum billing.Credits, err error)
	// SumEntries goes through all entries of a batch's accounts, by their numbers,
	// and through what its settlements gave to BookRevenue, if there are any.
	SumEntries(batch int64) (map[int64]LedgerSums, error)
	// NextBatch is the first batch from a given one on that has accounts, or
	// ErrNotFound.
	NextBatch(from int64) (batch int64, err error)
	// Batches are the first and the last batch that have accounts, or ErrNotFound.
	Batches() (first, last int64, err error)
	// AccountsToSettle keeps everybody else from locking an account of a batch and
	// returns, by ID, the accounts that are not settled at an instant and have open
	// segments or charges not posted yet. Done says that the batch was settled at
	// the instant or later.
	AccountsToSettle(at billing.Instant, batch int64) (accounts []Unsettled, done bool, err error)
	// PostUsage writes a settlement. It writes no account: those that were settled
	// have its instant as their BatchedAt from then on. Its accounts are locked.
	PostUsage(Settlement) error
}

// Unsettled is what settling an account in bulk depends on.
type Unsettled struct {
	AccountID       int64
	Posted, Charged billing.Credits
	Since           billing.Instant
	NextEventAt     billing.Instant
	SeenAt          billing.Instant
	BatchedAt       billing.Instant   // as an account's
	Open            []billing.Segment // in no order and without a number of their own; only what they cost counts
}

// usage is what has accrued until an instant and is not posted yet.
func (u Unsettled) usage(at billing.Instant) (BatchUsage, error) {
	position := billing.Position{Charged: u.Charged, Since: u.Since, Open: u.Open}
	used, err := position.Charges(at)
	if err != nil {
		return BatchUsage{}, err
	}
	posted := u.Posted
	if u.BatchedAt != 0 {
		posted, err = position.Charges(u.BatchedAt)
	}
	return BatchUsage{AccountID: u.AccountID, Amount: used - posted, Used: used}, err
}

// Instances are what customers have ordered.
type Instances interface {
	InsertInstance(Instance) (id int64, err error)
	Instance(id int64) (Instance, error)
	UpdateInstance(Instance) error
	ListInstances(InstanceFilter) ([]Instance, error)
	// SetObserved records what a hypervisor said of an instance, and nothing else.
	SetObserved(instance int64, power fleet.Power, at billing.Instant) error
	// InsertAllocation reserves room if the hypervisor still has it, and returns
	// ErrNoRoom otherwise. MoveAllocation exchanges one size for another.
	InsertAllocation(Allocation, fleet.Hypervisor) error
	MoveAllocation(instance int64, to fleet.Resources, on fleet.Hypervisor) error
	Allocation(instance int64) (Allocation, error)
	// DeleteAllocation frees the room; doing it twice frees it once.
	DeleteAllocation(instance int64) error
	ListAllocations(hypervisor int64) ([]Allocation, error) // 0: of all
	// AllocationsOf are those of an account's instances.
	AllocationsOf(account int64) ([]Allocation, error)
	CountInstances() (map[fleet.Lifecycle]int64, error)
	CountLive(account int64) (int64, error)
}

// Hypervisors are the machines and the locations that group them.
type Hypervisors interface {
	InsertLocation(Location) (id int64, err error)
	UpdateLocation(Location) error
	// LockLocation keeps other transactions from placing in the location.
	LockLocation(id int64) (Location, error)
	Location(id int64) (Location, error)
	ListLocations() ([]Location, error) // in their order
	DeleteLocation(id int64) error      // ErrInUse while it has hypervisors or instances

	InsertHypervisor(Hypervisor) (id int64, err error)
	UpdateHypervisor(Hypervisor) error // all but what it uses and its heartbeat
	Hypervisor(id int64) (Hypervisor, error)
	ListHypervisors(location int64) ([]Hypervisor, error) // in their order; 0: of all locations
	DeleteHypervisor(id int64) error                      // ErrInUse while it has instances
	SetHeartbeat(id int64, online bool, beat Heartbeat) error
}

// Plans are what is sold.
type Plans interface {
	InsertPlanGroup(PlanGroup) (id int64, err error)
	UpdatePlanGroup(PlanGroup) error
	ListPlanGroups() ([]PlanGroup, error) // in their order
	DeletePlanGroup(id int64) error       // ErrInUse while it has plans

	InsertPlan(Plan) (id int64, err error) // without its price
	UpdatePlan(Plan) error                 // without its price
	Plan(id int64) (Plan, error)
	ListPlans() ([]Plan, error) // by group and position, with the newest price
	DeletePlan(id int64) error  // ErrInUse when an instance ever was on it
	InsertPrice(PriceVersion) (billing.PriceID, error)
	Price(id billing.PriceID) (PriceVersion, error)
	ListPrices(plan int64) ([]PriceVersion, error) // newest first; 0: of all plans

	InsertImage(Image) (id int64, err error)
	ListImages() ([]Image, error)
}

// Currencies are how people see credits; settings are how the provider wants it.
type Currencies interface {
	InsertCurrency(c DatedCurrency, actor string) error
	// UpdateCurrency changes everything but the code; a changed value is dated.
	UpdateCurrency(c DatedCurrency, at billing.Instant, actor string) error
	// ListCurrencies returns the currencies with the values in force at an instant.
	ListCurrencies(at billing.Instant) ([]DatedCurrency, error)
	ListCurrencyValues(code string) ([]CurrencyValue, error) // newest first
	DeleteCurrency(code string) error                        // ErrInUse when an account or order has it
	Settings() (Settings, error)
	SaveSettings(Settings) error
}

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
	// WakeTasks makes tasks that wait for a hypervisor run again.
	WakeTasks(hypervisor int64, at billing.Instant) error
	// NextTask is the earliest RunAt or end of a lease of a task that has not
	// ended, or Never.
	NextTask() (billing.Instant, error)
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

// Orders are announced payments.
type Orders interface {
	InsertOrder(Order) (id int64, err error)
	Order(id int64) (Order, error)
	LockOrder(id int64) (Order, error)
	UpdateOrder(Order) error
	ListOrders(account int64, state OrderState, before int64, limit int) ([]Order, error) // newest first
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
}

// Requests are those that callers named with a key, and how they were answered.
type Requests interface {
	// InsertRequest waits for a simultaneous twin to end, and returns ErrExists if
	// it did not leave nothing.
	InsertRequest(r Request, at billing.Instant) error
	// Request is the first one of the same user, method, path and key.
	Request(Request) (Request, Answer, error)
	AnswerRequest(Request, Answer) error
	DeleteRequests(before billing.Instant) error
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
