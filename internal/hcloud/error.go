package hcloud

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// The codes by which clients tell errors apart. Some clients send a request again
// by themselves on conflict, rate_limit_exceeded, bad_gateway and timeout: none of
// them may stand for what waiting does not mend.
const (
	codeDeprecated       = "deprecated_api_endpoint"
	codeForbidden        = "forbidden"
	codeInUse            = "resource_in_use"
	codeInvalidInput     = "invalid_input"
	codeJSON             = "json_error"
	codeLimit            = "resource_limit_exceeded"
	codeLocked           = "locked"
	codeMethodNotAllowed = "method_not_allowed"
	codeNotFound         = "not_found"
	codeProtected        = "protected"
	codeRateLimit        = "rate_limit_exceeded"
	codeServer           = "server_error"
	codeService          = "service_error"
	codeUnauthorized     = "unauthorized"
	codeUnavailable      = "resource_unavailable"
	codeUniqueness       = "uniqueness_error"
	codeUnsupported      = "unsupported_error"
)

// problem is an error as a client reads it.
type problem struct {
	status  int
	code    string
	message string
	fields  []fieldError
}

type fieldError struct {
	Name     string   `json:"name"`
	Messages []string `json:"messages"`
}

func (p *problem) Error() string { return p.message }

// invalid is a field of a request that cannot be as it is. The message says it
// all, because many clients show nothing but the message.
func invalid(field, message string) *problem {
	return &problem{http.StatusUnprocessableEntity, codeInvalidInput, field + ": " + message, []fieldError{{field, []string{message}}}}
}

// missing is a thing that is not there, or not the caller's.
func missing(what string) *problem {
	return &problem{http.StatusNotFound, codeNotFound, what + " not found", nil}
}

// unsupported is what Accrue does not have.
func unsupported(message string) *problem {
	return &problem{http.StatusUnprocessableEntity, codeUnsupported, message, nil}
}

// refusals says how clients read why panel refuses something.
var refusals = map[panel.Code]struct {
	status int
	code   string
}{
	panel.CodeAccountSuspended:   {http.StatusForbidden, codeLimit},
	panel.CodeInsufficientCredit: {http.StatusForbidden, codeLimit},
	panel.CodeSpendLimit:         {http.StatusForbidden, codeLimit},
	panel.CodeNoCapacity:         {http.StatusPreconditionFailed, codeUnavailable},
	panel.CodeInUse:              {http.StatusConflict, codeInUse},
	panel.CodeProtected:          {http.StatusLocked, codeProtected},
	panel.CodeUnsupported:        {http.StatusUnprocessableEntity, codeUnsupported},
	panel.CodeTooManyTries:       {http.StatusTooManyRequests, codeRateLimit},

	fleet.CodeNotReady:  {http.StatusLocked, codeLocked},
	fleet.CodeBusy:      {http.StatusLocked, codeLocked},
	fleet.CodeSuspended: {http.StatusLocked, codeLocked},
	fleet.CodeDeleting:  {http.StatusNotFound, codeNotFound},
	fleet.CodeDeleted:   {http.StatusNotFound, codeNotFound},
}

// fields are what clients call the fields that panel complains about.
var fields = map[string]string{"plan": "server_type", "reverse_name": "dns_ptr"}

// explain makes an error one that clients read. It returns nil for what only the
// log may say.
func explain(err error) *problem {
	var known *problem
	var wrong *panel.Invalid
	var no *panel.Refusal
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &wrong):
		field := wrong.Field
		if theirs, differs := fields[field]; differs {
			field = theirs
		}
		p := invalid(field, wrong.Message)
		if wrong.Code == panel.CodeNameTaken || wrong.Code == panel.CodeKeyTaken {
			p.status, p.code, p.message = http.StatusConflict, codeUniqueness, sentence(wrong.Message)
		}
		return p
	case errors.As(err, &no):
		as, listed := refusals[no.Code]
		if !listed {
			as.status, as.code = http.StatusUnprocessableEntity, codeService
		}
		return &problem{as.status, as.code, no.Message, nil}
	case errors.Is(err, panel.ErrNotFound):
		return missing("resource")
	case errors.Is(err, panel.ErrUnauthorized):
		return &problem{http.StatusUnauthorized, codeUnauthorized, "unable to authenticate: the token is unknown, or it has expired", nil}
	case errors.Is(err, panel.ErrForbidden):
		return &problem{http.StatusForbidden, codeForbidden, "This token may not do this.", nil}
	}
	return nil
}

// sentence makes one of what reads well beside a field.
func sentence(message string) string {
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// failed answers an error. What is nobody's fault but ours goes to the log, under
// the number that the caller was given.
func (d *door) failed(c *call, err error, correlation string) reply {
	p := explain(err)
	if p == nil {
		if !errors.Is(err, context.Canceled) {
			d.Log.Error("hcloud", "method", c.Method, "path", c.URL.Path, "correlation", correlation, "error", err)
		}
		p = &problem{http.StatusInternalServerError, codeServer, "Something went wrong here; it has been written down.", nil}
	}
	details := map[string]any{}
	if p.fields != nil {
		details["fields"] = p.fields
	}
	return reply{status: p.status, body: map[string]any{
		"error": map[string]any{"code": p.code, "message": p.message, "details": details},
	}}
}
