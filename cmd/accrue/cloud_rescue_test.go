package main

import (
	"encoding/json"
	"strings"
	"testing"

	"accrue/client"
)

// TestRootPasswordIsToldToPrograms wants the password in the one document that
// programs get, at the end of every order that makes one.
func TestRootPasswordIsToldToPrograms(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	for _, line := range []string{
		"instances create --name web-1 --location ams --plan general-1 --image debian-13 --root-password --yes",
		"instances reset-password web-1",
		"instances rescue web-1",
		"instances unrescue web-1 --no-wait",
		"instances rescue web-1 --no-wait",
	} {
		status, stdout, stderr := s.cloud(line + " --json")
		var told client.Ordered
		if err := json.Unmarshal([]byte(stdout), &told); status != done || err != nil {
			t.Fatalf("%s: got status %d, %v, %s", line, status, err, stderr)
		}
		want := 20
		if strings.Contains(line, "unrescue") {
			want = 0
		}
		if got := len(told.RootPassword); got != want || told.Action == nil {
			t.Errorf("%s: got a password of %d characters and the action %+v, want %d and one", line, got, told.Action, want)
		}
	}
}
