package panel

import (
	"errors"
	"fmt"

	"accrue/internal/billing"
)

// The errors that callers tell apart. What a store returns wraps one of the
// first group; doors map all of them in one table.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
	ErrInUse    = errors.New("is in use")
	ErrNoRoom   = errors.New("no room left")
	ErrReplaced = errors.New("replaced while it ran")

	// ErrUncertain says that the database was lost while it committed. Whoever
	// asks again under the same key finds out, and nothing is done twice.
	ErrUncertain = errors.New("it is not known whether it was written")

	ErrForbidden    = errors.New("not allowed")
	ErrUnauthorized = errors.New("not signed in")
)

// Invalid is input that cannot be accepted: which field, and what is wrong with
// it in words that read well beside the field. Nothing has been written.
type Invalid struct {
	Field   string
	Message string
	Code    Code // what is wrong, where programs tell it apart: CodeNameTaken; mostly empty
}

func (e *Invalid) Error() string { return e.Field + ": " + e.Message }

func invalid(field, message string) error { return &Invalid{Field: field, Message: message} }

func invalidf(field, format string, args ...any) error {
	return invalid(field, fmt.Sprintf(format, args...))
}

// asInvalid turns billing's complaint about a field into the panel's.
func asInvalid(err error) error {
	var field *billing.FieldError
	if errors.As(err, &field) {
		return invalid(field.Field, field.Message)
	}
	return err
}

// Code names a refusal for programs.
type Code string

// The codes of refusals.
const (
	CodeAccountSuspended   Code = "account_suspended"
	CodeInsufficientCredit Code = "insufficient_credit"
	CodeNoCapacity         Code = "no_capacity"
	CodeConflict           Code = "conflict"
	CodeInUse              Code = "in_use"
	CodeNameTaken          Code = "name_taken"
	CodeKeyTaken           Code = "key_taken"
	CodeProtected          Code = "protected"
	CodeSpendLimit         Code = "spend_limit" // of a token, for a day
	CodeTooManyTries       Code = "too_many_tries"
	CodeWrongPassword      Code = "wrong_password"
	CodeKeyReused          Code = "idempotency_key_reused"
	CodeUnsupported        Code = "unsupported" // its hypervisor cannot
	CodeUnreachable        Code = "unreachable" // its hypervisor does not answer
)

// Refusal is a request that is understood and well-formed, and not done: why,
// and what to do about it, as sentences for people.
type Refusal struct {
	Code    Code
	Message string
	Balance billing.Credits // with insufficient_credit and account_suspended
	Needed  billing.Credits // likewise: the balance that would do
}

func (e *Refusal) Error() string { return e.Message }

func refuse(code Code, format string, args ...any) error {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}
