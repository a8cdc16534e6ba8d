package identity

import "fmt"

// Role is what a user is to the panel.
type Role string

// The roles.
const (
	RoleCustomer      Role = "customer"
	RoleAdministrator Role = "administrator"
)

// The ways in which a caller came to be known.
const (
	ViaSession = "session" // signed in with a password
	ViaToken   = "token"   // an API token, limited by its scope
	ViaProof   = "proof"   // an API token, and the password of whose it is
	ViaCLI     = "cli"     // the command line on the panel's own machine
	ViaSystem  = "system"  // the panel itself
)

// Who is the caller of a use case. The zero Who is nobody and may do nothing.
type Who struct {
	UserID    int64 // 0 for the command line and the system
	AccountID int64 // the account whose instances and credit are the caller's own
	Name      string
	Email     string
	Role      Role
	Via       string
	Scope     Scope // what a token is limited to; no other way in looks at it
	TokenID   int64 // 0 unless a token acts
}

// System returns the panel itself as a caller, for what it does by its own rules
// and in nobody's name. The name says which part of it: "settlement".
func System(name string) Who {
	return Who{Name: name, Role: RoleAdministrator, Via: ViaSystem}
}

// Admin reports whether w is an administrator, and so concerned with more than
// one account. It says nothing of what w may do, which for a token is less:
// May does.
func (w Who) Admin() bool { return w.Role == RoleAdministrator }

// Actor names w in an audit entry, so that it can be found by ID and read
// without a look-up: "user:12 ida@example.org", "system:settlement". Nobody is
// "nobody".
func (w Who) Actor() string {
	switch {
	case w.UserID != 0:
		return fmt.Sprintf("user:%d %s", w.UserID, w.Email)
	case w.Via != "":
		return w.Via + ":" + w.Name
	}
	return "nobody"
}
