package relay

import (
	"net/url"
	"strings"

	"accrue/internal/identity"
)

// Path is where programs open a console, with a ticket in the address.
const Path = "/v1/console/stream"

// Address is where a program's ticket is good: at the panel's public URL, or
// where that is not known at the host by which it was reached.
func Address(publicURL, host string, ticket identity.SessionSecret) string {
	base, secure := strings.CutPrefix(strings.TrimSuffix(publicURL, "/"), "https://")
	switch {
	case secure:
		base = "wss://" + base
	case publicURL != "":
		base = "ws://" + strings.TrimPrefix(base, "http://")
	default:
		base = "ws://" + host
	}
	return base + Path + "?" + url.Values{"ticket": {ticket.Reveal()}}.Encode()
}
