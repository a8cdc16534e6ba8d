package main

import (
	"strings"
	"testing"
	"time"
)

// TestFailedCreationIsOrderedAgain lets an order wait for longer than it may.
func TestFailedCreationIsOrderedAgain(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	s.hold(true)
	if status, _, stderr := s.cloud("instances create --name web-1 --plan general-1 --location ams --image debian-13 --yes --no-wait"); status != done {
		t.Fatalf("create: %s", stderr)
	}
	s.pass(2 * time.Hour)
	s.hold(false)
	if _, stdout, _ := s.cloud("instances show web-1"); !strings.Contains(stdout, "error") {
		t.Fatalf("after two hours it is\n%s", stdout)
	}
	status, stdout, stderr := s.cloud("instances retry web-1")
	if status != done || stdout != "web-1 is up.\n" {
		t.Errorf("retry: %d\n%s%s", status, stdout, stderr)
	}
	if status, _, stderr := s.cloud("instances retry web-1"); status == done || !strings.Contains(stderr, "There is nothing to try again.") {
		t.Errorf("retry of what is up: %d\n%s", status, stderr)
	}
}
