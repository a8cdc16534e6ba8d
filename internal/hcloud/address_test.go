package hcloud_test

import (
	"testing"

	"accrue/internal/billing"
)

func TestAddresses(t *testing.T) {
	p := newProvider(t)
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	server := ida.create("web")
	other := bob.create("db")

	a := ida.send("GET", server, "").is(200)
	four, six := a.text("server.public_net.ipv4.ip"), a.text("server.public_net.ipv6.ip")
	if four != "203.0.113.1" || six != "2001:db8::/64" {
		t.Errorf("the server is at %s and %s", four, six)
	}
	primary := "/primary_ips/" + a.text("server.public_net.ipv4.id")
	if got := ida.send("GET", primary, "").is(200); got.text("primary_ip.ip") != four || got.text("primary_ip.assignee_id") != a.text("server.id") ||
		got.text("primary_ip.location.name") != "ams" || got.text("primary_ip.type") != "ipv4" {
		t.Errorf("its address is %v", got.body)
	}
	if got := ida.send("GET", "/primary_ips?ip="+four, "").is(200); len(got.at("primary_ips").([]any)) != 1 {
		t.Errorf("by its address there are %v", got.body)
	}
	if got := ida.send("GET", "/primary_ips?sort=created&sort=id:desc", "").is(200); got.text("primary_ips.0.ip") != six || got.text("primary_ips.1.ip") != four {
		t.Errorf("its addresses are %v", got.body)
	}

	done := ida.send("POST", server+"/actions/change_dns_ptr", `{"ip":"`+four+`","dns_ptr":"web.example.org"}`).is(201)
	if done.text("action.command") != "change_dns_ptr" || done.text("action.status") != "success" {
		t.Errorf("naming it is %v", done.body)
	}
	action := "/actions/" + done.text("action.id")
	if got := ida.send("GET", action, "").is(200); got.text("action.command") != "change_dns_ptr" || got.text("action.resources.0.type") != "server" {
		t.Errorf("the action is %v", got.body)
	}
	if got := ida.send("GET", "/actions?id="+done.text("action.id"), "").is(200); len(got.at("actions").([]any)) != 1 {
		t.Errorf("by its number there are %v", got.body)
	}
	bob.send("GET", action, "").refused(404, "not_found")
	ida.send("GET", "/actions/9007199254740991", "").refused(404, "not_found")
	if got := ida.send("GET", server+"/actions", "").is(200).text("actions.1.command"); got != "change_dns_ptr" {
		t.Errorf("the second of its actions is %s", got)
	}
	ida.send("POST", server+"/actions/change_dns_ptr", `{"ip":"2001:0db8::1","dns_ptr":"six.example.org"}`).is(201)
	a = ida.send("GET", server, "").is(200)
	if a.text("server.public_net.ipv4.dns_ptr") != "web.example.org" || a.text("server.public_net.ipv6.dns_ptr.0.dns_ptr") != "six.example.org" {
		t.Errorf("the names are %v", a.at("server.public_net"))
	}
	ida.send("POST", primary+"/actions/change_dns_ptr", `{"ip":"`+four+`","dns_ptr":null}`).is(201)
	if got := ida.send("GET", server, "").text("server.public_net.ipv4.dns_ptr"); got != "" {
		t.Errorf("the name that was taken back is %s", got)
	}

	number := done.text("action.id")
	for path, want := range map[string]int{
		"/primary_ips/actions": 200, "/primary_ips/actions/" + number: 200, primary + "/actions": 200, primary + "/actions/" + number: 200,
		primary + "/tail": 404, "/primary_ips/1/actions": 404, "/images/actions": 200, "/images/1/actions": 200, "/images/99/actions": 404,
	} {
		if got := ida.send("GET", path, ""); got.status != want {
			t.Errorf("%s: got %d %v, want %d", path, got.status, got.body, want)
		}
	}
	bob.send("GET", primary+"/actions", "").refused(404, "not_found")
	bob.send("GET", "/primary_ips/actions/"+number, "").refused(404, "not_found")

	for _, test := range []struct{ method, path, body, code string }{
		{"POST", server + "/actions/change_dns_ptr", `{"ip":"203.0.113.2","dns_ptr":"web.example.org"}`, "invalid_input"},
		{"POST", server + "/actions/change_dns_ptr", `{"ip":"2001:db8::2","dns_ptr":"web.example.org"}`, "invalid_input"},
		{"POST", server + "/actions/change_dns_ptr", `{"ip":"` + four + `","dns_ptr":"no name"}`, "invalid_input"},
		{"POST", "/primary_ips", `{"name":"spare","type":"ipv4"}`, "unsupported_error"},
		{"DELETE", primary, "", "unsupported_error"},
		{"PUT", primary, `{"name":"x"}`, "unsupported_error"},
		{"POST", primary + "/actions/unassign", "", "unsupported_error"},
		{"POST", "/servers", `{"name":"x","server_type":"s1","image":1,"public_net":{"enable_ipv4":false,"enable_ipv6":true}}`, "invalid_input"},
	} {
		ida.send(test.method, test.path, test.body).refused(422, test.code)
	}
	for _, path := range []string{other + "/actions/change_dns_ptr", "/primary_ips/1099511627778/actions/change_dns_ptr"} {
		ida.send("POST", path, `{"ip":"203.0.113.2","dns_ptr":"mine.example.org"}`).refused(404, "not_found")
	}
}
