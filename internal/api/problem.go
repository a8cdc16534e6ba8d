package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/panel"
)

// kind is an entry of the registry of codes: what programs tell problems apart by.
type kind struct {
	Code   string
	Status int
	Title  string
	Retry  bool   // whether the same request can succeed later without anything else being done
	Help   string // what to do about it
}

// The codes of what the panel has no code for.
var (
	codeMalformed    = kind{"malformed", http.StatusBadRequest, "The request cannot be read", false, "Send JSON of the form that the operation describes."}
	codeUnauthorized = kind{"unauthorized", http.StatusUnauthorized, "Not known who is asking", false, "Send a token that is neither expired nor revoked."}
	codeForbidden    = kind{"forbidden", http.StatusForbidden, "Not allowed", false, "Use a token with a wider scope, or ask an administrator."}
	codeNotFound     = kind{"not_found", http.StatusNotFound, "Not there", false, "Check the ID. What belongs to another account is not there either."}
	codeTooLarge     = kind{"too_large", http.StatusRequestEntityTooLarge, "The request is too large", false, "Send at most 1 MiB."}
	codeMediaType    = kind{"unsupported_media_type", http.StatusUnsupportedMediaType, "Not JSON", false, "Send the body as application/json."}
	codeInvalid      = kind{"invalid", http.StatusUnprocessableEntity, "Input that cannot be accepted", false, "Mend the fields that errors names."}
	codeChanged      = kind{"changed", http.StatusPreconditionFailed, "It has changed since", false, "Read it again and send its ETag as If-Match."}
	codeUnseen       = kind{"if_match_required", http.StatusPreconditionRequired, "Not said what was seen", false, "Read it and send its ETag as If-Match."}
	codeTooMany      = kind{"too_many_streams", http.StatusTooManyRequests, "Too many streams", true, "Close one of the streams that are open."}
	codeRateLimited  = kind{"rate_limited", http.StatusTooManyRequests, "Too many requests", true, "Wait as long as Retry-After says."}
	codeInternal     = kind{"internal", http.StatusInternalServerError, "Something went wrong on our side", true, "Nothing was changed. Send the request again; if it fails again, quote request_id."}
	codeUncertain    = kind{"uncertain", http.StatusServiceUnavailable, "Not known whether it was done", true, "Send the request again with the same Idempotency-Key: it is done once."}
)

// refusals are the panel's codes.
var refusals = map[panel.Code]kind{
	panel.CodeAccountSuspended:   {"account_suspended", http.StatusPaymentRequired, "The account is suspended", false, "Top up to the balance that needed names."},
	panel.CodeInsufficientCredit: {"insufficient_credit", http.StatusPaymentRequired, "Not enough credit", false, "Top up to the balance that needed names."},
	panel.CodeNoCapacity:         {"no_capacity", http.StatusConflict, "No hypervisor has room", true, "Choose another location or a smaller plan, or wait."},
	panel.CodeConflict:           {"conflict", http.StatusConflict, "It does not fit the present state", false, "Look at the present state; detail says what is in the way."},
	panel.CodeInUse:              {"in_use", http.StatusConflict, "It is in use", false, "Remove what uses it first."},
	panel.CodeSpendLimit:         {"spend_limit", http.StatusPaymentRequired, "The token has ordered enough for a day", true, "Use another token, or wait until tomorrow (UTC)."},
	panel.CodeNameTaken:          {"name_taken", http.StatusConflict, "The name is taken", false, "Choose another name."},
	panel.CodeKeyTaken:           {"key_taken", http.StatusConflict, "The key is there already", false, "Use the one that is there."},
	panel.CodeProtected:          {"protected", http.StatusConflict, "It is protected", false, "Take the protection away first."},
	panel.CodeUnsupported:        {"unsupported", http.StatusConflict, "Its hypervisor cannot", false, "Choose another way."},
	panel.CodeUnreachable:        {"unreachable", http.StatusServiceUnavailable, "Its hypervisor does not answer", true, "Wait; the provider has been told."},
	panel.CodeTooManyTries:       {"too_many_tries", http.StatusTooManyRequests, "Too many tries", true, "Wait."},
	panel.CodeWrongPassword:      {"wrong_password", http.StatusForbidden, "Not your password", false, "Send the password with which you sign in to the console."},
	panel.CodeKeyReused:          {"idempotency_key_reused", http.StatusUnprocessableEntity, "The key was used for another request", false, "Use a new key for a new request."},
	"not_ready":                  {"not_ready", http.StatusConflict, "Still being created", true, "Wait until the instance runs."},
	"busy":                       {"busy", http.StatusLocked, "Another action is at work", true, "Wait until it has ended."},
	"suspended":                  {"suspended", http.StatusConflict, "A hold forbids it", false, "Mend what the hold is for; detail says it."},
	"not_running":                {"not_running", http.StatusConflict, "It is not running", false, "Start it first."},
	"creation_failed":            {"creation_failed", http.StatusConflict, "It was never there", false, "Delete it and create another."},
	"deleting":                   {"deleting", http.StatusConflict, "It is being deleted", false, "Nothing. It costs nothing any more."},
	"deleted":                    {"deleted", http.StatusConflict, "It has been deleted", false, "Nothing."},
}

// registry is every code there is, by name.
func registry() []kind {
	all := []kind{
		codeMalformed, codeUnauthorized, codeForbidden, codeNotFound, codeTooLarge, codeMediaType, codeInvalid,
		codeChanged, codeUnseen, codeTooMany, codeRateLimited, codeInternal, codeUncertain,
	}
	all = slices.AppendSeq(all, maps.Values(refusals))
	slices.SortFunc(all, func(a, b kind) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// problem is a client.Problem as an answer and an error of this package.
type problem struct{ client.Problem }

// The methods of huma.StatusError and of what has a content type of its own.
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

func newProblem(ctx context.Context, k kind, detail string) *problem {
	return &problem{client.Problem{
		Type: DocsPath + "#" + k.Code, Title: k.Title, Status: k.Status, Code: k.Code,
		Detail: detail, RequestID: callOf(ctx).request,
	}}
}

func writeProblem(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever hung up does not read it
}

// problemOf is the one table of what the panel's errors are to programs. What
// nobody expected is logged, and told without its details.
func (s *server) problemOf(ctx context.Context, err error) *problem {
	var known *problem
	var refused *panel.Refusal
	var invalid *panel.Invalid
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		return s.refusal(ctx, refused)
	case errors.As(err, &invalid):
		return invalidField(ctx, invalid)
	case errors.Is(err, panel.ErrNotFound):
		return newProblem(ctx, codeNotFound, "There is no such thing, or it is not yours.")
	case errors.Is(err, panel.ErrForbidden):
		return newProblem(ctx, codeForbidden, "Your token does not have this right.")
	case errors.Is(err, panel.ErrUnauthorized):
		return newProblem(ctx, codeUnauthorized, "The token is not valid: mistyped, expired or revoked.")
	case errors.Is(err, panel.ErrUncertain):
		return newProblem(ctx, codeUncertain, "The database went away at that very moment. Send the request again with the same Idempotency-Key.")
	}
	if ctx.Err() == nil {
		c := callOf(ctx)
		s.Log.Error("api request", "request", c.request, "who", c.who.Actor(), "error", err)
	}
	return newProblem(ctx, codeInternal, "Nothing was changed. Please try again; if it happens again, quote the request_id.")
}

// refusal tells of a refusal, with amounts in the caller's currency.
func (s *server) refusal(ctx context.Context, r *panel.Refusal) *problem {
	k, known := refusals[r.Code]
	if !known {
		k = kind{Code: string(r.Code), Status: http.StatusConflict, Title: "Refused"}
	}
	p := newProblem(ctx, k, r.Message)
	if k.Status != http.StatusPaymentRequired {
		return p
	}
	c, settings, err := s.moneyOf(ctx)
	if err != nil {
		return s.problemOf(ctx, err)
	}
	p.Balance, p.Needed = given(amount(c, r.Balance)), given(amountUp(c, r.Needed))
	if settings.PublicURL != "" {
		p.TopUpURL = strings.TrimSuffix(settings.PublicURL, "/") + "/billing/topup"
	}
	return p
}

// moneyOf is the currency of the caller's account, and the settings.
func (s *server) moneyOf(ctx context.Context) (c billing.Currency, settings panel.Settings, err error) {
	if settings, err = s.Panel.Settings(ctx); err != nil {
		return c, settings, err
	}
	c, err = s.currency(ctx)
	return c, settings, err
}

// fields are the names that the API has for fields which the panel and its forms
// call otherwise.
var fields = map[string]string{"plan": "plan_id", "location": "location_id", "image": "image_id", "group": "plan_group_id", "ssh_keys": "ssh_key_ids"}

func invalidField(ctx context.Context, invalid *panel.Invalid) *problem {
	field := invalid.Field
	if name, other := fields[field]; other {
		field = name
	}
	k, known := refusals[invalid.Code]
	if !known {
		k = codeInvalid
	}
	p := newProblem(ctx, k, aboutField(invalid))
	p.Errors = []client.FieldProblem{{Pointer: "/" + field, Detail: invalid.Message}}
	return p
}

// predicates are the words with which a message goes on from the field's name.
var predicates = []string{"must", "is", "are", "has", "have", "cannot", "may", "can", "does", "needs"}

// aboutField says what is wrong with a field as a sentence.
func aboutField(invalid *panel.Invalid) string {
	first, _, _ := strings.Cut(invalid.Message, " ")
	if !slices.Contains(predicates, first) {
		return sentence(invalid.Message)
	}
	return sentence(strings.ReplaceAll(invalid.Field, "_", " ") + " " + invalid.Message)
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.TrimSuffix(s[size:], ".") + "."
}

// The framework takes its errors from two variables. They make what it refuses a
// problem document, too; nobody else in the program uses it.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return refusedByFramework(context.Background(), status, message, errs)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, message string, errs ...error) huma.StatusError {
		return refusedByFramework(c.Context(), status, message, errs)
	}
}

func refusedByFramework(ctx context.Context, status int, message string, errs []error) *problem {
	k := codeInvalid
	switch {
	case status == http.StatusRequestEntityTooLarge:
		k = codeTooLarge
	case status == http.StatusUnsupportedMediaType:
		k = codeMediaType
	case status >= http.StatusInternalServerError:
		k = codeInternal
	case status != http.StatusUnprocessableEntity:
		k = codeMalformed
	}
	p := newProblem(ctx, k, sentence(message))
	var details []string
	for _, err := range errs {
		field := client.FieldProblem{Detail: err.Error()}
		if d, ok := err.(huma.ErrorDetailer); ok { //nolint:errorlint // the framework gives it as it is
			detail := d.ErrorDetail()
			field = client.FieldProblem{Pointer: pointer(detail.Location), Detail: detail.Message}
		}
		p.Errors = append(p.Errors, field)
		details = append(details, strings.TrimPrefix(field.Pointer, "/")+": "+field.Detail)
	}
	if len(details) > 0 {
		p.Detail = sentence(strings.TrimPrefix(strings.Join(details, "; "), ": "))
	}
	return p
}

// pointer turns the framework's name of a place, such as body.plan_id, into a
// pointer into the body, or into the name of a parameter.
func pointer(location string) string {
	place, field, _ := strings.Cut(location, ".")
	field = strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(field)
	if place == "body" {
		return "/" + field
	}
	return place + "/" + field
}
