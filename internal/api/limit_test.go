package api

import (
	"net/http"
	"testing"
	"time"

	"accrue/internal/ratelimit"
)

func TestTooManyRequestsAreRefused(t *testing.T) {
	s := newSite(t, "")
	now := time.Unix(1_700_000_000, 0)
	s.handler = New(Config{Panel: s.Panel, Log: s.log(), Limits: ratelimit.New(func() time.Time { return now })})
	root := s.administrator()
	var r reply
	sent := 0
	for r = root.send(http.MethodGet, "/v1/locations/1", nil); r.StatusCode != http.StatusTooManyRequests && sent < 10_000; sent++ {
		r = root.send(http.MethodGet, "/v1/locations/1", nil)
	}
	root.problem(r, "rate_limited")
	for name, want := range map[string]string{"Retry-After": "1", "RateLimit-Remaining": "0", "RateLimit-Limit": "200", "RateLimit-Policy": `"user";q=200;w=10`} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
	if r := root.send(http.MethodGet, "/v1/admin/health", nil); r.StatusCode != http.StatusOK {
		t.Errorf("got %d %s: administrators' operations have a budget of their own", r.StatusCode, r.body)
	}
	if r := root.send(http.MethodGet, "/v1/openapi.json", nil); r.StatusCode != http.StatusOK {
		t.Errorf("got %d: the description is for everybody", r.StatusCode)
	}
}
