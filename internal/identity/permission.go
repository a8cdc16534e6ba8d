package identity

import "slices"

// Permission is a kind of thing that may be done. Whose things they are is
// another question: a customer's permissions reach as far as their account.
type Permission string

// What customers may do with what is their own, and administrators with
// everybody's.
const (
	ReadInstances  Permission = "instances:read"  // instances, their tasks, SSH keys
	WriteInstances Permission = "instances:write" // create, command and delete them
	ReadBilling    Permission = "billing:read"    // balance, ledger, usage, statements
	WriteBilling   Permission = "billing:write"   // top up, redeem vouchers
	ReadAccount    Permission = "account:read"    // profile, list of sessions and tokens
	WriteAccount   Permission = "account:write"   // name, currency, time zone

	// Passwords, tokens and sessions. No token has it: a stolen one must not
	// be able to make itself another, or to lock its owner out.
	WriteCredentials Permission = "credentials:write"

	// Show the password with a request, which then may do what WriteCredentials
	// allows; and give up the token that sends it.
	ProveCredentials Permission = "credentials:prove"
)

// What only administrators may do.
const (
	ReadFleet     Permission = "fleet:read"     // hypervisors, locations
	WriteFleet    Permission = "fleet:write"    // add, enable and disable them
	WriteCatalog  Permission = "catalog:write"  // plans, prices, images
	ReadUsers     Permission = "users:read"     // every user and account
	WriteUsers    Permission = "users:write"    // invite, hold, close
	WriteCredits  Permission = "credits:write"  // adjustments, reversals, vouchers
	ReadReports   Permission = "reports:read"   // revenue and usage of all accounts
	ReadSettings  Permission = "settings:read"  // settings, currencies
	WriteSettings Permission = "settings:write" // change them
	ReadAudit     Permission = "audit:read"     // who did what
)

// Scope limits what a token may do, within what its user may do.
type Scope string

// The scopes of tokens.
const (
	ScopeRead    Scope = "read"    // see everything, change nothing
	ScopeWrite   Scope = "write"   // see and change everything but credentials
	ScopeBilling Scope = "billing" // see what it costs, and nothing else
)

// ParseScope reads the name of a scope, and reports whether there is such a one.
func ParseScope(name string) (Scope, bool) {
	scope := Scope(name)
	return scope, slices.Contains([]Scope{ScopeRead, ScopeWrite, ScopeBilling}, scope)
}

// grant says who has a permission: the roles, and the scopes in which a token
// of theirs keeps it.
type grant struct {
	roles  []Role
	scopes []Scope
}

var (
	everybody      = []Role{RoleCustomer, RoleAdministrator}
	administrators = []Role{RoleAdministrator}

	reading   = []Scope{ScopeRead, ScopeWrite}
	writing   = []Scope{ScopeWrite}
	reckoning = []Scope{ScopeRead, ScopeWrite, ScopeBilling}
	noToken   []Scope
)

// policy is the whole of who may do what. What it does not say is denied.
var policy = map[Permission]grant{
	ReadInstances:    {everybody, reading},
	WriteInstances:   {everybody, writing},
	ReadBilling:      {everybody, reckoning},
	WriteBilling:     {everybody, writing},
	ReadAccount:      {everybody, reading},
	WriteAccount:     {everybody, writing},
	WriteCredentials: {everybody, noToken},
	ProveCredentials: {everybody, reckoning},

	ReadFleet:     {administrators, reading},
	WriteFleet:    {administrators, writing},
	WriteCatalog:  {administrators, writing},
	ReadUsers:     {administrators, reading},
	WriteUsers:    {administrators, writing},
	WriteCredits:  {administrators, writing},
	ReadReports:   {administrators, reckoning},
	ReadSettings:  {administrators, reading},
	WriteSettings: {administrators, writing},
	ReadAudit:     {administrators, reading},
}

// May reports whether w has permission p. A role, a way in, a scope or a
// permission that is not known has none.
func (w Who) May(p Permission) bool {
	granted := policy[p]
	if !slices.Contains(granted.roles, w.Role) {
		return false
	}
	switch w.Via {
	case ViaSession, ViaCLI, ViaSystem:
		return true
	case ViaToken:
		return slices.Contains(granted.scopes, w.Scope)
	case ViaProof:
		return p == WriteCredentials || slices.Contains(granted.scopes, w.Scope)
	}
	return false
}
