package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// How events are streamed.
const (
	streamLook    = time.Second      // how often new events are looked for
	streamBeat    = 20 * time.Second // after which silence is broken, so that nobody takes the stream for dead
	streamWrite   = 10 * time.Second // how long a reader may take
	streamBatch   = 200
	streamsOfUser = 3
)

// streams counts the streams that each user has open.
type streams struct {
	mu   sync.Mutex
	open map[int64]int
}

// enter counts a stream, and says whether it may be opened.
func (s *streams) enter(user int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user] >= streamsOfUser {
		return false
	}
	s.open[user]++
	return true
}

func (s *streams) leave(user int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user]--; s.open[user] == 0 {
		delete(s.open, user)
	}
}

// streamInput says where a stream goes on.
type streamInput struct {
	After       int64  `query:"after" minimum:"0" doc:"The ID of the last event that is known; only newer ones are sent. Absent: those from now on."`
	LastEventID string `header:"Last-Event-ID" maxLength:"20" doc:"Likewise, as browsers send it when they connect again. It goes before after."`
}

func (s *server) streamOperations() {
	op := operation{
		id: "stream-events", tag: "Events", method: http.MethodGet, path: "/v1/events/stream", need: identity.ReadAccount,
		summary: "What happens to the account, as server-sent events",
		text:    "Each has an ID, the kind as its event, and the event as JSON in its data. Nothing is lost when a connection breaks: say the last ID, and the stream goes on after it. A comment is sent at least every 20 seconds. At most three streams are open for one user.",
	}.describe()
	op.Middlewares = huma.Middlewares{s.permitted(identity.ReadAccount)}
	op.Responses["200"] = &huma.Response{Description: "The stream", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[client.Event](), true, "")},
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
		c := callOf(ctx)
		if c.who.AccountID == 0 {
			return nil, newProblem(ctx, codeNotFound, "Administrators have no events of their own. Those of all accounts are at /v1/admin/events.")
		}
		from, err := s.streamFrom(ctx, c.who, in)
		if err != nil {
			return nil, s.problemOf(ctx, err)
		}
		if !s.streams.enter(c.who.UserID) {
			return nil, newProblem(ctx, codeTooMany, fmt.Sprintf("You have %d streams open already.", streamsOfUser))
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			defer s.streams.leave(c.who.UserID)
			r, w := humago.Unwrap(hc)
			if err := s.stream(w, r, from); err != nil && ctx.Err() == nil {
				s.Log.Error("api stream", "request", c.request, "who", c.who.Actor(), "error", err)
			}
		}}, nil
	})
}

// streamFrom is the event after which a stream goes on.
func (s *server) streamFrom(ctx context.Context, who identity.Who, in *streamInput) (int64, error) {
	if in.LastEventID != "" {
		id, err := strconv.ParseInt(in.LastEventID, 10, 64)
		if err != nil || id < 0 {
			return 0, &panel.Invalid{Field: "Last-Event-ID", Message: "must be the ID of an event"}
		}
		return cmp.Or(id, beginning), nil
	}
	if in.After != 0 {
		return in.After, nil
	}
	newest, err := s.Panel.Events(ctx, who, panel.EventFilter{AccountID: who.AccountID, Limit: 1})
	if err != nil || len(newest) == 0 {
		return beginning, err
	}
	return newest[0].ID, nil
}

// beginning is before every event.
const beginning = -1

// stream sends events as they come, until the caller hangs up, the token is no
// longer good, or the program ends. An account's events are numbered in the order
// in which they are committed, because each is written with the account locked.
func (s *server) stream(w http.ResponseWriter, r *http.Request, after int64) error {
	out := sender{w, http.NewResponseController(w)}
	if err := out.begin(); err != nil {
		return err
	}
	tick := time.NewTicker(streamLook)
	defer tick.Stop()
	for last := time.Now(); ; {
		text, newest, err := s.eventsAfter(r.Context(), after)
		if err != nil {
			return err
		}
		if text == "" && time.Since(last) >= streamBeat {
			if _, err := s.identify(r); err != nil {
				return nil
			}
			text = ": still here\n\n"
		}
		if text != "" {
			last = time.Now()
			if err := out.send(text); err != nil {
				return err
			}
		}
		if after != newest {
			after = newest
			continue
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.Ended:
			return nil
		case <-tick.C:
		}
	}
}

// eventsAfter writes the caller's events after one as a stream has them, and
// returns the ID of the last of them.
func (s *server) eventsAfter(ctx context.Context, after int64) (text string, newest int64, err error) {
	who := callOf(ctx).who
	events, err := s.Panel.Events(ctx, who, panel.EventFilter{AccountID: who.AccountID, After: after, Limit: streamBatch})
	for _, e := range events {
		data, err := json.Marshal(event(who, e))
		if err != nil {
			return "", after, err
		}
		text += fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", e.ID, e.Kind, data)
		after = e.ID
	}
	return text, after, err
}

// sender writes to somebody who reads for a long time.
type sender struct {
	http.ResponseWriter
	control *http.ResponseController
}

// begin says that a stream begins. The server's own deadlines are for answers
// that end.
func (s sender) begin() error {
	if err := s.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	s.Header().Set("Content-Type", "text/event-stream")
	return s.send(": hello\n\n")
}

func (s sender) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := s.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
