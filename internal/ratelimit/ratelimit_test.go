package ratelimit

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestBudgetIsSpentAndFillsAgain(t *testing.T) {
	now := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	l := New(func() time.Time { return now })
	h := http.Header{}
	for n := range customerRule.atOnce {
		if !l.Take(1, false, h) {
			t.Fatalf("request %d is refused, want %d let through", n+1, customerRule.atOnce)
		}
	}
	for field, want := range map[string]string{
		"RateLimit-Limit":     "200",
		"RateLimit-Remaining": "0",
		"RateLimit-Reset":     strconv.FormatInt(now.Add(10*time.Second).Unix(), 10),
		"RateLimit":           `"user";r=0;t=10`,
		"RateLimit-Policy":    `"user";q=200;w=10`,
	} {
		if got := h.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if l.Take(1, false, h) || h.Get("Retry-After") != "1" {
		t.Errorf("a request too many is let through, or told to come again in %q seconds", h.Get("Retry-After"))
	}
	if !l.Take(2, false, h) || !l.Take(1, true, h) {
		t.Error("another user, or another budget of the same one, has nothing left")
	}
	now = now.Add(time.Second)
	for n := range customerRule.perSecond {
		if !l.Take(1, false, h) {
			t.Fatalf("a second later request %d is refused, want %d let through", n+1, customerRule.perSecond)
		}
	}
	if l.Take(1, false, h) {
		t.Error("a second later more is let through than a second brings")
	}
}

func TestForgetsWhoIsSilent(t *testing.T) {
	now := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	l := New(func() time.Time { return now })
	for user := range int64(1000) {
		l.Take(user, false, http.Header{})
	}
	now = now.Add(forgotten + time.Second)
	l.Take(1, false, http.Header{})
	if got := len(l.budgets); got != 1 {
		t.Errorf("%d budgets are kept, want the one that is used", got)
	}
}
