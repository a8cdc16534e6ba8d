package api

import (
	"context"
	"encoding/json"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// Keyed is the part of a POST's input by which it is done once;
// draft-ietf-httpapi-idempotency-key-header.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"A key of your own. The same request with the same key is done once and answered alike for 72 hours; with another body it is refused."`
}

func (k Keyed) key() string { return k.Key }

// KeyRequired is Keyed where it is not left to the caller.
type KeyRequired struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"255" doc:"A key of your own. The same request with the same key is done once and answered alike; with another body it is refused."`
}

func (k KeyRequired) key() string { return k.Key }

// outcome is what a POST has come to.
type outcome[T any] struct {
	Status   int
	Location string `header:"Location" doc:"What was made, or the action that is under way."`
	Body     T
}

// post adds an operation that makes or does something. It runs in one
// transaction; with a key, its answer is kept in that transaction and given again,
// without a password, to whoever sends the request again. A request that is refused leaves nothing and
// can be sent again with the same key.
func post[I interface{ key() string }, T any](s *server, op operation, do func(context.Context, identity.Who, *I) (outcome[T], error)) {
	op.method = http.MethodPost
	register(s, op, func(ctx context.Context, who identity.Who, in *I) (*outcome[T], error) {
		var out outcome[T]
		run := func(ctx context.Context) (err error) {
			if out, err = do(ctx, who, in); out.Status == 0 {
				out.Status = op.status
			}
			return err
		}
		key := (*in).key()
		if key == "" {
			return &out, s.Panel.Together(ctx, run)
		}
		sent, err := json.Marshal(in) // the same however the caller's JSON is written
		if err != nil {
			return nil, err
		}
		request := panel.NewRequest(who.UserID, op.method, callOf(ctx).url.Path, key, sent)
		kept, err := s.Panel.Once(ctx, request, func(ctx context.Context) (panel.Answer, error) {
			if err := run(ctx); err != nil {
				return panel.Answer{}, err
			}
			answer := panel.Answer{Status: int64(out.Status), Location: out.Location}
			if password := passwordIn(&out.Body); password != nil {
				answer.Password, *password = identity.RootPassword(*password), ""
			}
			body, err := json.Marshal(out.Body)
			answer.Body = string(body)
			return answer, err
		})
		if err != nil {
			return nil, err
		}
		out = outcome[T]{Status: int(kept.Status), Location: kept.Location}
		err = json.Unmarshal([]byte(kept.Body), &out.Body)
		if password := passwordIn(&out.Body); password != nil {
			*password = kept.Password.Reveal()
		}
		return &out, err
	})
}

// passwordIn is the place of a password in an answer; nil if it has none.
func passwordIn(body any) *string {
	if ordered, ok := body.(*client.Ordered); ok {
		return &ordered.RootPassword
	}
	return nil
}
