package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"accrue/client"
)

// The exit statuses of the customer's commands, beside those of every command.
const (
	notFound     = 3
	refused      = 4
	lacksCredit  = 5
	unauthorized = 6
	unreachable  = 7
)

// missingError is a name that the panel has nothing for.
type missingError struct{ message string }

func (e *missingError) Error() string { return e.message }

// cloudStatus is the exit status that an error of the API stands for; failed if
// it is another.
func cloudStatus(err error) int {
	var p *client.Problem
	var lost *url.Error
	var missing *missingError
	switch {
	case errors.As(err, &missing):
		return notFound
	case errors.As(err, &lost):
		return unreachable
	case !errors.As(err, &p):
		return failed
	}
	switch {
	case p.Code == "" || p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError:
		return unreachable
	case p.Status == http.StatusPaymentRequired:
		return lacksCredit
	case p.Status == http.StatusUnauthorized, p.Status == http.StatusForbidden:
		return unauthorized
	case p.Status == http.StatusNotFound:
		return notFound
	case p.Status == http.StatusUnprocessableEntity, p.Status == http.StatusBadRequest:
		return misused
	}
	return refused
}

// whatToDo is advice on problems by their code.
var whatToDo = map[string]string{
	"unauthorized": "Make another token on the account page of the console, and keep it with: accrue cloud context add NAME",
	"forbidden":    "Use a token with a wider scope; 'accrue cloud tokens list' shows what yours may do.",
	"no_capacity":  "'accrue cloud plans' shows what can be had where.",
	"busy":         "Wait until the action has ended; 'accrue cloud instances show' says how far it is.",
	"not_ready":    "Wait until it runs; 'accrue cloud instances show' says how far it is.",
	"not_running":  "accrue cloud instances start INSTANCE",
	"protected":    "accrue cloud instances protect INSTANCE --off",
	"rate_limited": "Wait a minute and try again.",
}

// explained says what went wrong for people: a sentence, the flags it is about,
// and what to do.
func explained(err error) string {
	var p *client.Problem
	var lost *url.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	case errors.As(err, &lost):
		return fmt.Sprintf("the panel at %s does not answer: %v\nCheck its address and your network; 'accrue cloud context list' shows the address.", origin(lost.URL), lost.Err)
	case !errors.As(err, &p):
		return err.Error()
	case p.Code == "":
		return p.Detail + "\nWhat answers there is no panel, or one that is not at work. 'accrue cloud context list' shows the address."
	}
	lines := []string{p.Detail}
	if len(p.Errors) > 0 {
		lines = nil
		for _, field := range p.Errors {
			lines = append(lines, flagOf(field.Pointer)+": "+field.Detail)
		}
	}
	switch {
	case p.Status == http.StatusPaymentRequired && p.Needed != nil && p.Balance != nil:
		lines = append(lines, fmt.Sprintf("The balance is %s; at least %s is needed. Top up: accrue cloud topup AMOUNT", p.Balance.Display, p.Needed.Display))
		if p.TopUpURL != "" {
			lines = append(lines, "or at "+p.TopUpURL)
		}
	case whatToDo[p.Code] != "":
		lines = append(lines, whatToDo[p.Code])
	case p.Status >= http.StatusInternalServerError && p.RequestID != "":
		lines = append(lines, "If it happens again, tell your provider this: request "+p.RequestID)
	}
	return strings.Join(lines, "\n")
}

// origin is the part of an address that says whose it is.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// arguments are the fields of requests that are not set by a flag of their name.
var arguments = map[string]string{
	"amount": "AMOUNT", "public_key": "FILE", "plan_id": "--plan", "location_id": "--location", "image_id": "--image",
	"ssh_key_ids": "--ssh-key", "label_selector": "--label", "daily_credits": "--daily",
}

// flagOf is what a field of a request was set by.
func flagOf(pointer string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(pointer, "query"), "/")
	name, _, _ = strings.Cut(name, "/")
	if argument := arguments[name]; argument != "" {
		return argument
	}
	return "--" + strings.ReplaceAll(name, "_", "-")
}
