package panel

import (
	"net/netip"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// User is a person who signs in.
type User struct {
	ID           int64
	AccountID    int64 // 0 for administrators
	Email        string
	Name         string
	Role         identity.Role
	PasswordHash string
	CreatedAt    billing.Instant
	Disabled     bool
}

// Session is a sign-in of a user's browser. Only the hash of its secret is kept.
type Session struct {
	ID        int64
	UserID    int64
	Hash      []byte
	CreatedAt billing.Instant
	SeenAt    billing.Instant
	Address   string
	Agent     string
}

// APIToken lets a program act for a user. Only its hash is kept.
type APIToken struct {
	ID        int64
	UserID    int64
	Name      string
	Hash      []byte
	Hint      string // its last characters
	Scope     identity.Scope
	CreatedAt billing.Instant
	ExpiresAt billing.Instant // Never if it does not
	UsedAt    billing.Instant

	Ranges       []netip.Prefix  // where it may be used from; empty: anywhere
	DailyCredits billing.Credits // what its orders of a day may cost a day; 0: no limit
}

// Event is a line of the feed that customers and administrators read. It is
// written in the transaction of what it tells.
type Event struct {
	ID         int64
	AccountID  int64 // 0: the provider's
	InstanceID int64
	Kind       string
	Name       string // of the instance, or of what changed
	Detail     string // a hypervisor, a plan, an amount, a reason: what the kind says
	Actor      string
	At         billing.Instant
}

// The kinds of events.
const (
	EventCreditAdded       = "credit.added"
	EventInstanceOrdered   = "instance.ordered"
	EventInstanceCreated   = "instance.created"
	EventInstanceFailed    = "instance.failed"
	EventInstanceStarted   = "instance.started"
	EventInstanceStopped   = "instance.stopped"
	EventInstanceRebooted  = "instance.rebooted"
	EventInstanceResized   = "instance.resized"
	EventInstanceRebuilt   = "instance.rebuilt"
	EventInstanceProtected = "instance.protected"
	EventInstanceRenamed   = "instance.renamed"
	EventInstanceDeleted   = "instance.deleted"
	EventInstanceSuspended = "instance.suspended"
	EventInstanceResumed   = "instance.resumed"
	EventInstanceRestored  = "instance.restored"
	EventInstanceRescued   = "instance.rescued"
	EventRescueLeft        = "instance.rescue_left"
	EventPasswordReset     = "instance.password_reset"
	EventSnapshotTaken     = "snapshot.taken"
	EventSnapshotFailed    = "snapshot.failed"
	EventSnapshotDeleted   = "snapshot.deleted"
	EventSnapshotProtected = "snapshot.protected"
	EventReverseName       = "instance.reverse_name"
	EventInstanceCrashed   = "instance.crashed"
	EventInstanceLost      = "instance.lost"
	EventInstanceFound     = "instance.found"
	EventConsoleOpened     = "console.opened"
	EventPriceChanged      = "price.changed"
	EventSettingsChanged   = "settings.changed"
	EventCurrencyChanged   = "currency.changed"
	EventBalanceLow        = "balance.low"
	EventBalanceNegative   = "balance.negative"
	EventAccountSuspended  = "account.suspended"
	EventAccountResumed    = "account.resumed"
)

// EventFilter selects events, newest first unless After is set.
type EventFilter struct {
	AccountID  int64 // 0: every account and the provider's own
	InstanceID int64
	After      int64 // only newer ones, oldest first
	Before     int64
	Limit      int
}

// AuditEntry is a line of the record of what administrators and the program did.
type AuditEntry struct {
	ID      int64
	Actor   string
	Action  string // "settings.change"
	Subject string // "account:12"
	Detail  string
	At      billing.Instant
}

// Beat is a worker's sign of life.
type Beat struct {
	Worker    string
	StartedAt billing.Instant
	SeenAt    billing.Instant
}
