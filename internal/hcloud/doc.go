// Package hcloud is the door for clients of the Hetzner Cloud API: their
// requests become use cases of panel, and what panel answers becomes what they
// read. It decides nothing itself.
//
// A plan is a server type, an instance a server, a task an action; what Accrue
// does not have is an empty list. docs/api/hcloud.md says what is translated
// into what, and ADR 0016 what clients may rely on.
package hcloud
