package hcloud_test

import (
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

func TestErrorsSayWhatIsWrong(t *testing.T) {
	p := newProvider(t)
	ida, poor := p.customer("ida", 1000*billing.Credit), p.customer("poor", 0)
	server := ida.create("web")
	pending := "/servers/" + ida.send("POST", "/servers", `{"name":"slow","server_type":1,"image":1}`).is(201).text("server.id")
	order := func(with string) string { return `{"name":"new","server_type":"s1","image":"debian-13"` + with + `}` }
	for _, test := range []struct {
		name         string
		who          *client
		method, path string
		body         string
		status       int
		code         string
		says         string
	}{
		{"no credit", poor, "POST", "/servers", order(""), 403, "resource_limit_exceeded", "The balance of 0 credits is not enough: 1 are needed. Top up and order again."},
		{"no room", ida, "POST", "/servers", order(`,"location":"osl"`), 412, "resource_unavailable", "There is no room for this plan in Oslo 1 right now."},
		{"name in use", ida, "POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13"}`, 409, "uniqueness_error", "You already have an instance called web."},
		{"name that is none", ida, "POST", "/servers", `{"name":"a b","server_type":"s1","image":"debian-13"}`, 422, "invalid_input", "name: must not have"},
		{"no name", ida, "POST", "/servers", `{"server_type":"s1","image":"debian-13"}`, 422, "invalid_input", "name: must not be empty"},
		{"no type", ida, "POST", "/servers", `{"name":"new","image":"debian-13"}`, 422, "invalid_input", "server_type: say which"},
		{"unknown type", ida, "POST", "/servers", `{"name":"new","server_type":"cx22","image":"debian-13"}`, 422, "invalid_input", "server_type: there is no such"},
		{"no image", ida, "POST", "/servers", `{"name":"new","server_type":"s1"}`, 422, "invalid_input", "image: say which"},
		{"unknown image", ida, "POST", "/servers", `{"name":"new","server_type":"s1","image":99}`, 422, "invalid_input", "image: there is no such"},
		{"unknown location", ida, "POST", "/servers", order(`,"location":"fsn1"`), 422, "invalid_input", "location: there is no such"},
		{"volume", ida, "POST", "/servers", order(`,"volumes":[1]`), 422, "invalid_input", "volumes: there are no volumes here"},
		{"network", ida, "POST", "/servers", order(`,"networks":[1]`), 422, "invalid_input", "networks: there are no"},
		{"firewall", ida, "POST", "/servers", order(`,"firewalls":[{"firewall":1}]`), 422, "invalid_input", "firewalls: there are no"},
		{"placement group", ida, "POST", "/servers", order(`,"placement_group":1`), 422, "invalid_input", "placement_group: there are no"},
		{"number for a name", ida, "POST", "/servers", `{"name":7}`, 422, "invalid_input", "name: must not be a number"},
		{"list for a type", ida, "POST", "/servers", `{"server_type":[]}`, 422, "invalid_input", "server_type: must not be an array"},
		{"half a document", ida, "POST", "/servers", `{"name":`, 400, "json_error", "The request is not the JSON"},
		{"no object", ida, "POST", "/servers", `[1]`, 400, "json_error", "The request is not the JSON"},
		{"too much", ida, "POST", "/servers", `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "invalid_input", "The request is too large."},

		{"unknown server", ida, "GET", "/servers/99", "", 404, "not_found", "server not found"},
		{"no number", ida, "GET", "/servers/web", "", 404, "not_found", "server not found"},
		{"number beyond all", ida, "GET", "/servers/99999999999999999999", "", 404, "not_found", "server not found"},
		{"not up yet", ida, "POST", pending + "/actions/reboot", "", 423, "locked", "The instance is still being created"},
		{"type it has", ida, "POST", server + "/actions/change_type", `{"server_type":"s1"}`, 422, "invalid_input", "server_type: the instance is on s1 already"},
		{"backups", ida, "POST", server + "/actions/enable_backup", "", 422, "unsupported_error", "There are no automatic backups here."},
		{"backup", ida, "POST", server + "/actions/create_image", `{"type":"backup"}`, 422, "unsupported_error", "There are no automatic backups here."},
		{"kind of image", ida, "POST", server + "/actions/create_image", `{"type":"iso"}`, 422, "invalid_input", "type: must be snapshot"},
		{"rescue", ida, "POST", server + "/actions/enable_rescue", "", 422, "unsupported_error", "There is no rescue system here."},
		{"kind of rescue", ida, "POST", server + "/actions/enable_rescue", `{"type":"freebsd64"}`, 422, "invalid_input", "type: must be linux64"},
		{"no rescue", ida, "POST", server + "/actions/disable_rescue", "", 422, "unsupported_error", "The rescue system of web is not enabled."},
		{"volumes", ida, "POST", "/volumes", `{"size":10}`, 422, "unsupported_error", "There are no volumes here"},
		{"one volume", ida, "GET", "/volumes/1", "", 404, "not_found", "volume not found"},
		{"datacenters", ida, "GET", "/datacenters", "", 410, "deprecated_api_endpoint", "Datacenters are no more"},
		{"nothing there", ida, "GET", "/nothing", "", 404, "not_found", "There is nothing at"},
		{"wrong method", ida, "PATCH", server, "", 405, "method_not_allowed", "This does not answer PATCH."},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := test.who.send(test.method, test.path, test.body)
			if says := a.refused(test.status, test.code); !strings.HasPrefix(says, test.says) {
				t.Errorf("it says %q, want %q", says, test.says)
			}
			if _, is := a.at("error.details").(map[string]any); !is {
				t.Errorf("details are %v, want an object", a.at("error.details"))
			}
		})
	}
}

func TestTokensDoWhatTheyMay(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	server := ida.create("web")
	_, err := p.CreateAdministrator(t.Context(), admin, "root@example.org", "Root", "three or four words")
	p.must(err)
	root, err := p.UserWho(t.Context(), "root@example.org")
	p.must(err)
	write := ida.token

	ida.token = ida.newToken(identity.ScopeRead)
	ida.send("GET", server, "").is(200)
	ida.send("POST", server+"/actions/poweroff", "").refused(403, "forbidden")
	ida.send("DELETE", server, "").refused(403, "forbidden")
	ida.token = ida.newToken(identity.ScopeBilling)
	ida.send("GET", server, "").refused(403, "forbidden")
	for _, token := range []string{"", "none", strings.Repeat("a", 64), write[:63] + "A"} {
		ida.token = token
		ida.send("GET", "/servers", "").refused(401, "unauthorized")
	}
	theirs := &client{provider: p, who: root}
	theirs.token = theirs.newToken(identity.ScopeWrite)
	if says := theirs.send("GET", "/servers", "").refused(403, "forbidden"); !strings.Contains(says, "administrator") {
		t.Errorf("an administrator is told %q", says)
	}
	ida.token = write
	a := ida.send("GET", server, "").is(200)
	for _, field := range []string{"X-Correlation-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} {
		if a.header.Get(field) == "" {
			t.Errorf("there is no %s", field)
		}
	}
	for range 200 {
		if a = ida.send("GET", "/locations", ""); a.status == 429 {
			break
		}
	}
	a.refused(429, "rate_limit_exceeded")
}

// A suspended server is off, locked, and says by a label why.
func TestSuspendedServers(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	server := ida.create("web")
	p.must(p.PlaceHold(t.Context(), admin, ida.who.AccountID, fleet.HoldAbuse, "spam"))
	p.work()
	a := ida.send("GET", server, "").is(200)
	if got := a.text("server.status"); got != "off" {
		t.Errorf("it is %s, want off", got)
	}
	if a.at("server.locked") != true {
		t.Error("it is not locked")
	}
	labels, _ := a.at("server.labels").(map[string]any)
	if labels["panel/suspended"] != "abuse" {
		t.Errorf("its labels are %v, want panel/suspended=abuse", labels)
	}
	if says := ida.send("POST", server+"/actions/poweron", "").refused(423, "locked"); !strings.Contains(says, "report of abuse") {
		t.Errorf("switching it on says %q", says)
	}
	p.must(p.LiftHold(t.Context(), admin, ida.who.AccountID, fleet.HoldAbuse))
	p.work()
	if got := ida.send("GET", server, "").text("server.status"); got != "running" {
		t.Errorf("it is %s afterwards, want running", got)
	}
}
