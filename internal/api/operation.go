package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// operation describes an operation. What it needs is checked before anything
// else, so that nobody learns by mistakes what they may not do; the panel checks
// it again.
type operation struct {
	id      string // "create-instance"
	tag     string // the page of the documentation
	method  string
	path    string
	summary string
	text    string // what the summary does not say
	need    identity.Permission
	status  int    // of success; 0: 200, or 204 without a body
	errors  []int  // beyond those that every operation has
	takes   string // the type of the file that is sent; empty: JSON, or nothing
	answer  string // the type of what is answered; empty: JSON, or nothing
}

func (op operation) describe() huma.Operation {
	if strings.Contains(op.path, "{") {
		op.errors = append(op.errors, http.StatusNotFound)
	}
	responses := map[string]*huma.Response{"default": {Ref: problemRef}}
	for _, status := range op.errors {
		responses[strconv.Itoa(status)] = &huma.Response{Ref: problemRef}
	}
	if op.answer != "" {
		responses["200"] = &huma.Response{Content: textOf(op.answer)}
	}
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, Description: op.text,
		Tags: []string{op.tag}, DefaultStatus: op.status, Responses: responses, MaxBodyBytes: maxBody,
		Extensions: map[string]any{"x-permission": string(op.need)},
	}
	if op.takes != "" {
		described.RequestBody = &huma.RequestBody{Required: true, Content: textOf(op.takes)}
	}
	return described
}

// textOf describes what is no JSON.
func textOf(kind string) map[string]*huma.MediaType {
	schema := &huma.Schema{Type: huma.TypeString}
	if kind == fileType {
		schema.Format = "binary"
	}
	return map[string]*huma.MediaType{kind: {Schema: schema}}
}

// problemRef is where the document describes every answer that is not what was
// asked for.
const problemRef = "#/components/responses/Problem"

// maxBody is how many bytes a request may have.
const maxBody = 1 << 20

// register adds an operation. What goes wrong in it becomes a problem document.
func register[I, O any](s *server, op operation, handle func(context.Context, identity.Who, *I) (*O, error)) {
	description := op.describe()
	description.Middlewares = huma.Middlewares{s.permitted(op.need)}
	huma.Register(s.api, description, func(ctx context.Context, in *I) (*O, error) {
		if !textOnly(reflect.ValueOf(in)) {
			return nil, newProblem(ctx, codeMalformed, "The zero character is in one of the texts.")
		}
		out, err := handle(ctx, callOf(ctx).who, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		return out, nil
	})
}

// permitted lets those through who may do what an operation needs.
func (s *server) permitted(need identity.Permission) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		if callOf(c.Context()).who.May(need) {
			next(c)
			return
		}
		_, w := humago.Unwrap(c)
		writeProblem(w, newProblem(c.Context(), codeForbidden, "Your token does not have the right "+string(need)+"."))
	}
}

// textOnly says whether no text in an input holds the zero character, which
// PostgreSQL does not keep.
func textOnly(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return !strings.ContainsRune(v.String(), 0)
	case reflect.Pointer:
		return v.IsNil() || textOnly(v.Elem())
	case reflect.Struct:
		for _, field := range v.Fields() {
			if !textOnly(field) {
				return false
			}
		}
	case reflect.Slice:
		for n := range v.Len() {
			if !textOnly(v.Index(n)) {
				return false
			}
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			if !textOnly(key) || !textOnly(value) {
				return false
			}
		}
	}
	return true
}

// ByID is the input of an operation on the thing with an ID.
type ByID struct {
	ID int64 `path:"id" minimum:"1"`
}

// found is a thing that was asked for.
type found[T any] struct{ Body T }

// get adds an operation that reads one thing.
func get[I, T any](s *server, op operation, read func(context.Context, identity.Who, *I) (T, error)) {
	op.method = http.MethodGet
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*found[T], error) {
		body, err := read(ctx, who, in)
		return &found[T]{body}, err
	})
}

// patch adds an operation that changes a thing and answers with it as it is then.
func patch[I, T any](s *server, op operation, change func(context.Context, identity.Who, *I) (T, error)) {
	op.method = http.MethodPatch
	write(s, op, change)
}

// replace adds an operation that gives a thing another content and answers with
// it as it is then.
func replace[I, T any](s *server, op operation, change func(context.Context, identity.Who, *I) (T, error)) {
	op.method = http.MethodPut
	write(s, op, change)
}

func write[I, T any](s *server, op operation, change func(context.Context, identity.Who, *I) (T, error)) {
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (out *found[T], err error) {
		err = s.Panel.Together(ctx, func(ctx context.Context) error {
			body, err := change(ctx, who, in)
			out = &found[T]{body}
			return err
		})
		return out, err
	})
}

// Page is the part of a list's input that says which part of the list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"64" doc:"next_cursor of the page before."`
}

func (p Page) page() Page { return p }

// place is a thing's place in a list: its number, and where several things have the
// same one, which of them it is.
type place struct{ number, within int64 }

func (p place) String() string {
	if p.within == 0 {
		return strconv.FormatInt(p.number, 10)
	}
	return fmt.Sprintf("%d-%d", p.number, p.within)
}

// from is the place after which the page begins; zero at the beginning.
func (p Page) from() (from place, err error) {
	if p.Cursor == "" {
		return place{}, nil
	}
	number, within, several := strings.Cut(p.Cursor, "-")
	from.number, err = strconv.ParseInt(number, 10, 64)
	if err == nil && several {
		from.within, err = strconv.ParseInt(within, 10, 64)
	}
	if err != nil || from.number < 1 || from.within < 0 {
		return place{}, &panel.Invalid{Field: "cursor", Message: "is not one that a page gave"}
	}
	return from, nil
}

// listed is a page of a list.
type listed[T any] struct {
	Link string `header:"Link" doc:"The next page, if there is one."`
	Body client.Page[T]
}

// span is which part of a list is read: things after or before a number, which is
// 0 at the beginning, of those with the same number the ones after within, and how
// many at most.
type span struct {
	from, within int64
	limit        int
}

// list adds an operation that reads a part of a list. The list goes on after a
// thing by the number that it has alone.
func list[I interface{ page() Page }, T any](s *server, op operation, number func(T) int64, read func(context.Context, identity.Who, *I, span) ([]T, error)) {
	listBy(s, op, func(thing T) place { return place{number: number(thing)} }, read)
}

// listBy is list where several things may have the same number.
func listBy[I interface{ page() Page }, T any](s *server, op operation, of func(T) place, read func(context.Context, identity.Who, *I, span) ([]T, error)) {
	op.method = http.MethodGet
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*listed[T], error) {
		page := (*in).page()
		from, err := page.from()
		if err != nil {
			return nil, err
		}
		things, err := read(ctx, who, in, span{from.number, from.within, page.Limit + 1})
		if err != nil {
			return nil, err
		}
		out := &listed[T]{Body: client.Page[T]{Items: things[:min(len(things), page.Limit)]}}
		if len(things) > page.Limit {
			out.Body.NextCursor = of(things[page.Limit-1]).String()
			query := callOf(ctx).url.Query()
			query.Set("cursor", out.Body.NextCursor)
			out.Link = "<" + callOf(ctx).url.Path + "?" + query.Encode() + `>; rel="next"`
		}
		return out, nil
	})
}

// whole adds an operation that reads a list that is short by its nature.
func whole[I, T any](s *server, op operation, read func(context.Context, identity.Who, *I) ([]T, error)) {
	get(s, op, func(ctx context.Context, who identity.Who, in *I) (client.Page[T], error) {
		things, err := read(ctx, who, in)
		return client.Page[T]{Items: things}, err
	})
}

// remove adds an operation that removes a thing.
func remove[I any](s *server, op operation, do func(context.Context, identity.Who, *I) error) {
	op.method = http.MethodDelete
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*struct{}, error) {
		return &struct{}{}, do(ctx, who, in)
	})
}
