package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accrue/internal/billing"
)

// stream opens a stream and returns its lines.
func (c *caller) stream(ctx context.Context, url string, headers ...string) (*http.Response, *bufio.Scanner) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/events/stream", nil)
	c.must(err)
	r.Header.Set("Authorization", "Bearer "+c.token)
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultClient.Do(r)
	c.must(err)
	c.t.Cleanup(func() { answer.Body.Close() })
	return answer, bufio.NewScanner(answer.Body)
}

// kinds reads a number of events.
func kinds(t *testing.T, lines *bufio.Scanner, n int) (ids, kinds []string) {
	t.Helper()
	for len(kinds) < n && lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
		if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			kinds = append(kinds, kind)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("after %v: %v", kinds, err)
	}
	return ids, kinds
}

func TestStreamTellsWhatHappensAndLosesNothing(t *testing.T) {
	s := newSite(t, "")
	live := httptest.NewUnstartedServer(s.handler)
	live.Config.ReadTimeout, live.Config.WriteTimeout = time.Second, time.Second // shorter than the stream
	live.Start()
	t.Cleanup(live.Close)
	carol, dave := s.customer("carol", 100*billing.Credit), s.customer("dave", 100*billing.Credit)

	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	answer, lines := carol.stream(ctx, live.URL)
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("got %d %s", answer.StatusCode, got)
	}
	dave.create("other")
	carol.create("web")
	ids, got := kinds(t, lines, 2)
	if want := "[instance.ordered instance.created]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	hangUp()
	carol.create("db")

	_, lines = carol.stream(t.Context(), live.URL, "Last-Event-ID", ids[0])
	if _, got := kinds(t, lines, 3); fmt.Sprint(got) != "[instance.created instance.ordered instance.created]" {
		t.Errorf("got %v, want what was missed", got)
	}
	_, lines = carol.stream(t.Context(), live.URL, "Last-Event-ID", "0")
	if _, got := kinds(t, lines, 1); fmt.Sprint(got) != "[credit.added]" {
		t.Errorf("got %v, want the first event there is", got)
	}
}

func TestStreamsAreFewAndEndWithTheProgram(t *testing.T) {
	s := newSite(t, "")
	ended := make(chan struct{})
	live := httptest.NewServer(New(Config{Panel: s.Panel, Log: s.log(), Ended: ended}))
	t.Cleanup(live.Close)
	carol := s.customer("carol", 0)
	var open []*bufio.Scanner
	for range streamsOfUser {
		answer, lines := carol.stream(t.Context(), live.URL)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("got %d", answer.StatusCode)
		}
		open = append(open, lines)
	}
	if answer, _ := carol.stream(t.Context(), live.URL); answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("got %d for one stream too many", answer.StatusCode)
	}
	close(ended)
	for _, lines := range open {
		for lines.Scan() {
		}
		if err := lines.Err(); err != nil {
			t.Errorf("the stream broke: %v", err)
		}
	}
}
