package hcloud_test

import (
	"testing"

	"accrue/internal/billing"
)

func TestAServerLives(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)

	made := ida.send("POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13","location":"ams"}`).is(201)
	for path, want := range map[string]string{
		"server.name": "web", "server.status": "initializing", "server.server_type.name": "s1", "server.image.name": "debian-13",
		"server.location.name": "ams", "action.command": "create_server", "action.status": "running",
	} {
		if got := made.text(path); got != want {
			t.Errorf("a new server's %s is %s, want %s", path, got, want)
		}
	}
	p.work()
	server, action := "/servers/"+made.text("server.id"), "/actions/"+made.text("action.id")
	if got := ida.send("GET", action, "").is(200).text("action.status"); got != "success" {
		t.Errorf("creating it is %s, want success", got)
	}
	status := func(want string) {
		t.Helper()
		p.work()
		if got := ida.send("GET", server, "").is(200).text("server.status"); got != want {
			t.Errorf("the server is %s, want %s", got, want)
		}
	}
	status("running")
	for n, step := range []struct{ action, body, command, after string }{
		{"shutdown", "", "shutdown_server", "off"},
		{"poweron", "", "start_server", "running"},
		{"poweroff", "", "stop_server", "off"},
		{"poweroff", "", "stop_server", "off"},
		{"poweron", "", "start_server", "running"},
		{"poweron", "", "start_server", "running"},
		{"poweron", "", "start_server", "running"},
		{"reboot", "", "reboot_server", "running"},
		{"reset", "", "reset_server", "running"},
		{"rebuild", `{"image":"ubuntu-24.04"}`, "rebuild_server", "running"},
		{"rebuild", `{"image":2,"user_data":null}`, "rebuild_server", "running"},
		{"change_type", `{"server_type":"s2","upgrade_disk":true}`, "change_server_type", "running"},
	} {
		done := ida.send("POST", server+"/actions/"+step.action, step.body).is(201)
		if got := done.text("action.command"); got != step.command {
			t.Errorf("%s is the action %s, want %s", step.action, got, step.command)
		}
		status(step.after)
		if got := ida.send("GET", "/actions/"+done.text("action.id"), "").is(200); got.text("action.status") != "success" || n < 3 && got.text("action.command") != step.command {
			t.Errorf("afterwards %s is %v", step.action, got.at("action"))
		}
		p.now += 5
	}
	if got := ida.send("DELETE", server, "").is(200).text("action.command"); got != "delete_server" {
		t.Errorf("deleting it is the action %s, want delete_server", got)
	}
	p.work()
	ida.send("GET", server, "").refused(404, "not_found")
	ida.send("DELETE", server, "").refused(404, "not_found")
}
