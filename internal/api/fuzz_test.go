package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
)

// FuzzRequests sends anything to every operation: whatever comes, nothing panics,
// nothing fails on our side, and what is refused is refused with a problem.
func FuzzRequests(f *testing.F) {
	all, _ := operations()
	names := slices.Sorted(maps.Keys(all))
	for _, at := range stops {
		hole := "1"
		if strings.Contains(at.path, "code=") {
			hole = "EUR"
		}
		number := func(string) string { return "1" }
		f.Add(slices.Index(names, at.op), hole, os.Expand(at.query, number), "key", `"tag"`, os.Expand(at.body, number))
	}
	s := newSite(f, "")
	root, carol := s.administrator(), s.customer("carol", 1000*billing.Credit)
	carol.create("web")
	f.Fuzz(func(t *testing.T, n int, hole, query, key, tag, body string) {
		if n < 0 || n >= len(names) || names[n] == "stream-events" {
			return
		}
		op := all[names[n]]
		c := carol
		if op.admin() {
			c = root
		}
		path := op.path
		for _, name := range []string{"id", "code", "kind", "user", "session", "address"} {
			path = strings.ReplaceAll(path, "{"+name+"}", hole)
		}
		r := &http.Request{
			Method: op.method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}, ProtoMajor: 1, ProtoMinor: 1,
			Body: http.NoBody, RemoteAddr: "192.0.2.1:1234",
		}
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Idempotency-Key", key)
		r.Header.Set("If-Match", tag)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code < 400 {
			return
		}
		var p client.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || p.Code == "" || p.Detail == "" || w.Code >= 500 {
			t.Errorf("%s %s: got %d %s", op.method, path, w.Code, w.Body)
		}
	})
}

// readCloser is a body.
type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
