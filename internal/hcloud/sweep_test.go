package hcloud_test

import (
	"fmt"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/hcloud"
)

// everybodys are the routes with a number in them that is nobody's own.
var everybodys = map[string]bool{
	"GET /locations/{id}": true, "GET /datacenters/{id}": true, "GET /server_types/{id}": true,
	"GET /images/{id}": true, "GET /images/{id}/{part}": true, "GET /images/{id}/actions/{action}": true,
	"PUT /images/{id}": true, "DELETE /images/{id}": true, "POST /images/{id}/actions/change_protection": true, // TestSnapshotsAreImages has those of others
}

// bodies are requests that would be carried out for the owner.
var bodies = map[string]string{
	"change_type":       `{"server_type":"s2"}`,
	"rebuild":           `{"image":"debian-13"}`,
	"change_protection": `{"delete":true}`,
	"change_dns_ptr":    `{"ip":"203.0.113.1","dns_ptr":"mine.example.org"}`,
	"PUT":               `{"name":"mine"}`,
}

// Of what is ida's, bob finds nothing, by whatever route: every route is tried,
// also one that is added tomorrow.
func TestNobodyReachesWhatIsAnothers(t *testing.T) {
	p := newProvider(t)
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	server := ida.create("secret-1")
	ids := ida.owned(server)
	mine := bob.owned(bob.create("db"))

	for _, pattern := range hcloud.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		t.Run(pattern, func(t *testing.T) {
			bob.t = t
			p.now += 10 // his budget of requests fills again
			if !strings.Contains(path, "{") {
				if method == "GET" {
					bob.sees(path, "secret-1", ids)
				}
				return
			}
			kind := strings.Split(path, "/")[1]
			id, known := ids[kind]
			switch {
			case everybodys[pattern]:
				return
			case !known && !bob.lacks(kind):
				t.Fatalf("%s is new: say in owned what of ida's its number is, or in everybodys that it is nobody's", pattern)
			case !known:
				id = "1"
			}
			path = strings.NewReplacer("{id}", id, "{action}", ids["actions"], "{part}", "actions", "{rest...}", "actions").Replace(path)
			bob.send(method, path, body(method, path)).refused(404, "not_found")
			if strings.Contains(pattern, "{action}") && kind == "servers" { // within what is his own
				bob.send(method, "/servers/"+mine["servers"]+"/actions/"+ids["actions"], "").refused(404, "not_found")
			}
		})
	}
	bob.t = t
	for _, path := range []string{"/servers/actions/" + ids["actions"], "/servers/" + ids["servers"] + "/metrics?type=cpu"} {
		bob.send("GET", path, "").refused(404, "not_found")
	}
	bob.sees("/actions?id="+ids["actions"], "", ids)
	bob.send("DELETE", "/ssh_keys/"+mine["ssh_keys"], "").is(204) // it has the same name
	for _, theirs := range []string{ids["ssh_keys"], `"secret-key"`} {
		order := `{"name":"new","server_type":"s1","image":"debian-13","ssh_keys":[` + theirs + `]}`
		bob.send("POST", "/servers", order).refused(422, "invalid_input")
	}
	if got := ida.send("GET", server, "").is(200).text("server.name"); got != "secret-1" {
		t.Errorf("afterwards it is called %s", got)
	}
}

// owned are the numbers of what a customer has, by kind.
func (c *client) owned(server string) map[string]string {
	c.t.Helper()
	a := c.send("GET", server, "").is(200)
	return map[string]string{
		"servers":     a.text("server.id"),
		"primary_ips": a.text("server.public_net.ipv4.id"),
		"ssh_keys":    c.send("POST", "/ssh_keys", `{"name":"secret-key","public_key":"`+newPublicKey(c.t)+`"}`).is(201).text("ssh_key.id"),
		"actions":     c.send("GET", server+"/actions", "").is(200).text("actions.0.id"),
	}
}

// lacks says whether there is nothing of a kind, and nothing can be made.
func (c *client) lacks(kind string) bool {
	a := c.send("GET", "/"+kind, "")
	things, _ := a.at(kind).([]any)
	return a.status == 200 && len(things) == 0 && c.send("POST", "/"+kind, `{"name":"x"}`).status != 201
}

// sees fails the test when a list has something of another customer's in it.
func (c *client) sees(path, secret string, ids map[string]string) {
	c.t.Helper()
	a := c.send("GET", path, "")
	if secret != "" && strings.Contains(fmt.Sprint(a.body), secret) {
		c.t.Errorf("%s shows %s: %v", path, secret, a.body)
	}
	kind := strings.Split(strings.Trim(path, "/"), "?")[0]
	things, _ := a.at(kind).([]any)
	for n := range things {
		if id := a.text(fmt.Sprintf("%s.%d.id", kind, n)); id == ids[kind] {
			c.t.Errorf("%s lists %s", path, id)
		}
	}
}

func body(method, path string) string {
	if method != "POST" {
		return bodies[method]
	}
	return bodies[path[strings.LastIndex(path, "/")+1:]]
}
