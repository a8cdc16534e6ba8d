package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"accrue/internal/identity"
)

// A thing that several administrators may change at once carries an entity tag,
// and whoever changes it says which one they have seen: RFC 9110, 8.8.3 and 13.1.1.

// Seen is the part of an input that says what the caller has seen.
type Seen struct {
	IfMatch string `header:"If-Match" maxLength:"80" doc:"The ETag of the thing as you have seen it. Required; if it has changed since, nothing is done."`
}

func (s Seen) seen() string { return s.IfMatch }

// tagged is a thing with its entity tag.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"Send it as If-Match to change what you have seen and nothing else."`
	Body T
}

// tag is the entity tag of a thing: another for every other content.
func tag(thing any) (string, error) {
	text, err := json.Marshal(thing)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(text)
	return fmt.Sprintf(`"%x"`, hash[:12]), nil
}

func tagging[T any](thing T, err error) (*tagged[T], error) {
	if err != nil {
		return nil, err
	}
	etag, err := tag(thing)
	return &tagged[T]{ETag: etag, Body: thing}, err
}

// getTagged adds an operation that reads a thing which can be changed by
// changeTagged.
func getTagged[I, T any](s *server, op operation, read func(context.Context, identity.Who, *I) (T, error)) {
	op.method = http.MethodGet
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*tagged[T], error) {
		return tagging(read(ctx, who, in))
	})
}

// changeTagged adds an operation that changes a thing, if it is what the caller
// has seen, and answers with it as it is then. Nobody else changes anything of
// the kind meanwhile.
func changeTagged[I interface{ seen() string }, T any](s *server, op operation, read func(context.Context, identity.Who, *I) (T, error), change func(context.Context, identity.Who, *I) error) {
	op.method = http.MethodPatch
	op.errors = append(op.errors, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (out *tagged[T], err error) {
		err = s.Panel.Alone(ctx, who, op.need, func(ctx context.Context) error {
			if err := matches(ctx, (*in).seen(), func() (any, error) { return read(ctx, who, in) }); err != nil {
				return err
			}
			if err := change(ctx, who, in); err != nil {
				return err
			}
			out, err = tagging(read(ctx, who, in))
			return err
		})
		return out, err
	})
}

// matches refuses unless a thing is the one that has been seen.
func matches(ctx context.Context, seen string, read func() (any, error)) error {
	thing, err := read()
	if err != nil {
		return err
	}
	now, err := tag(thing)
	switch {
	case err != nil:
		return err
	case seen == "":
		return newProblem(ctx, codeUnseen, "Send the ETag that you got with it as If-Match.")
	case seen != now && seen != "*":
		return newProblem(ctx, codeChanged, "It has changed since you have seen it. Look at it again.")
	}
	return nil
}
