package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client sends requests to a panel in the name of a token. It may be used by
// several goroutines. What is refused is a *Problem.
type Client struct {
	URL   string       // of the panel, "https://panel.example.com"
	Token string       // as it was shown when it was made
	HTTP  *http.Client // nil: http.DefaultClient
}

// tries is how often a request is sent that may be sent again, and pause how long
// to wait before the first time.
const (
	tries = 4
	pause = 250 * time.Millisecond
)

// Get reads what is at a path, such as "/v1/instances/12", into out. A file, such
// as "/v1/billing/usage.csv", is read into a *bytes.Buffer as it is.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.send(ctx, http.MethodGet, path, nil, out, nil)
}

// Post sends a request to make or to do something. It has an Idempotency-Key of
// its own, so that it is done once although it may be sent several times.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.send(ctx, http.MethodPost, path, in, out, http.Header{"Idempotency-Key": {rand.Text()}})
}

// Patch changes what is at a path, if its ETag is still the one given; an empty
// one changes it whatever it is by now, where the panel allows that. It is sent
// once: whether a change that got no answer was made, a look tells.
func (c *Client) Patch(ctx context.Context, path, etag string, in, out any) error {
	header := http.Header{}
	if etag != "" {
		header.Set("If-Match", etag)
	}
	return c.send(ctx, http.MethodPatch, path, in, out, header)
}

// Delete removes what is at a path.
func (c *Client) Delete(ctx context.Context, path string, out any) error {
	return c.send(ctx, http.MethodDelete, path, nil, out, nil)
}

// List goes through a list, page by page. It ends after an error.
func List[T any](ctx context.Context, c *Client, path string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for cursor := ""; ; {
			var page Page[T]
			if err := c.Get(ctx, withCursor(path, cursor), &page); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if cursor = page.NextCursor; cursor == "" {
				return
			}
		}
	}
}

func withCursor(path, cursor string) string {
	if cursor == "" {
		return path
	}
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "cursor=" + url.QueryEscape(cursor)
}

// send sends a request, again where that is safe and can help, and reads the
// answer into out unless that is nil.
func (c *Client) send(ctx context.Context, method, path string, in, out any, header http.Header) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	for try := 1; ; try++ {
		wait, err := c.once(ctx, method, path, body, out, header)
		if wait == 0 || try == tries || method == http.MethodPatch {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(wait << (try - 1)):
		}
	}
}

// once sends a request once. An error that another try may cure comes with how
// long to wait for that at least.
func (c *Client) once(ctx context.Context, method, path string, body []byte, out any, header http.Header) (wait time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	sender := c.HTTP
	if sender == nil {
		sender = http.DefaultClient
	}
	answer, err := sender.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return 0, err
		}
		return pause, err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return patience(answer), problemOf(answer)
	}
	if out == nil || answer.StatusCode == http.StatusNoContent {
		return 0, nil
	}
	if file, ok := out.(*bytes.Buffer); ok {
		_, err = file.ReadFrom(answer.Body)
	} else {
		err = json.NewDecoder(answer.Body).Decode(out)
	}
	if err != nil {
		return 0, fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return 0, nil
}

// patience is how long to wait before a refused request is sent again; 0: never.
func patience(answer *http.Response) time.Duration {
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return pause
}

// problemOf reads why a request was refused. What is no problem document, as of a
// proxy in between, is told by its status.
func problemOf(answer *http.Response) error {
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return err
	}
	var p Problem
	if json.Unmarshal(text, &p) != nil || p.Code == "" {
		p = Problem{Title: answer.Status, Detail: "The panel's address answered " + answer.Status + "."}
	}
	p.Status = answer.StatusCode
	return &p
}
