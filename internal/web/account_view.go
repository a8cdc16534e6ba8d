package web

// AccountView is the page at /account.
type AccountView struct {
	// The profile posts name and currency to /account.
	Name          string
	Email         string
	Currencies    []Option
	ProfileErrors Errors // of name, currency

	// The password posts current, password and again to /account/password.
	PasswordErrors Errors // of current, password, again

	Sessions []SessionRow // others end together by a post to /account/sessions/revoke-others

	// A token posts token-name, scope and expires to /account/tokens.
	Tokens      []TokenRow
	TokenName   string
	TokenRanges string // where a new one may be used from, as entered
	TokenDaily  string // what its orders of a day may cost a day, in credits, as entered
	Scopes      []Option
	Expiries    []Option
	TokenErrors Errors // of token-name, scope, expires
	NewToken    *NewToken
}

// SessionRow is a browser that is signed in. It ends by a post to
// /account/sessions/{ID}/revoke.
type SessionRow struct {
	ID      string
	Browser string // "Firefox on Linux"
	Address string
	Since   Instant
	Seen    string // "now", "2 h ago"
	Current bool
}

// TokenRow is an API token, without its secret.
type TokenRow struct {
	ID, Name string
	Hint     string // how the secret begins
	Scope    string
	Created  Instant
	Expires  string // "in 89 days", "never"
	Used     string // "2 h ago", "never"
	Revoke   Confirm
}

// NewToken is a token that has just been created: the only time its secret is
// seen.
type NewToken struct {
	Name, Secret string
	Example      string // a command that uses it
}
