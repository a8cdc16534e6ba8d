package hcloud_test

import (
	"strings"
	"testing"

	"accrue/internal/billing"
)

func TestRequestConsole(t *testing.T) {
	p := newProvider(t)
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	server := ida.create("web")
	a := ida.send("POST", server+"/actions/request_console", "").is(201)
	if got := a.text("wss_url"); !strings.HasPrefix(got, "ws://") || !strings.Contains(got, "/v1/console/stream?ticket=") {
		t.Errorf("the address is %q", got)
	}
	if got := a.text("action.command") + " " + a.text("action.status"); got != "request_console success" {
		t.Errorf("the action is %q", got)
	}
	bob.send("POST", server+"/actions/request_console", "").refused(404, "not_found")
	ida.send("POST", server+"/actions/poweroff", "").is(201)
	p.work()
	ida.send("POST", server+"/actions/request_console", "").refused(422, "service_error")
}
