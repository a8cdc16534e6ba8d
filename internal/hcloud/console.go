package hcloud

import (
	"net/http"

	"accrue/internal/panel"
	"accrue/internal/relay"
)

// requestConsole answers with the address of a server's screen. Screens here have
// no password: who has the address, which is good once and for half a minute,
// needs none.
func (d *door) requestConsole(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	ticket, err := d.Panel.OpenConsoleTo(c.Context(), c.who, v.ID, panel.ConsoleScreen)
	if err != nil {
		return reply{}, err
	}
	settings, err := d.Panel.Settings(c.Context())
	if err != nil {
		return reply{}, err
	}
	events, err := d.events(c, v.ID)
	if err != nil || len(events) == 0 {
		return reply{}, err
	}
	done := doneOf(events[0])
	done.Command = "request_console"
	return reply{status: http.StatusCreated, body: map[string]any{
		"action": done, "wss_url": relay.Address(settings.PublicURL, c.Host, ticket), "password": "",
	}}, nil
}
