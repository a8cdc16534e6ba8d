package hcloud_test

import (
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"accrue/internal/billing"
)

func TestSSHKeys(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	public := newPublicKey(t)
	parsed, _, _, _, err := ssh.ParseAuthorizedKey([]byte(public))
	p.must(err)
	fingerprint := ssh.FingerprintLegacyMD5(parsed)

	made := ida.send("POST", "/ssh_keys", `{"name":"laptop","public_key":"`+public+`","labels":{"env":"prod"}}`).is(201)
	if got := made.text("ssh_key.fingerprint"); got != fingerprint {
		t.Errorf("the fingerprint is %s, want %s", got, fingerprint)
	}
	key := "/ssh_keys/" + made.text("ssh_key.id")
	for _, sent := range []string{newPublicKey(t), newPublicKey(t) + `\n`} { // as it stands in a file
		whole := ida.send("POST", "/ssh_keys", `{"name":"whole","public_key":"`+sent+`"}`).is(201)
		if got, want := whole.text("ssh_key.public_key"), strings.ReplaceAll(sent, `\n`, "\n"); got != want {
			t.Errorf("got the key %q back, want %q, or Terraform calls it a change", got, want)
		}
		ida.send("DELETE", "/ssh_keys/"+whole.text("ssh_key.id"), "").is(204)
	}
	ida.send("POST", "/ssh_keys", `{"name":"desk","public_key":"`+newPublicKey(t)+`"}`).is(201)
	for _, test := range []struct{ query, names string }{
		{"", "laptop desk"},
		{"name=desk", "desk"},
		{"sort=name", "desk laptop"},
		{"fingerprint=" + fingerprint, "laptop"},
		{"label_selector=env=prod", "laptop"},
		{"label_selector=!env", "desk"},
		{"label_selector=env%20in%20(test,prod)", "laptop"},
	} {
		if got := ida.send("GET", "/ssh_keys?"+test.query, "").names("ssh_keys"); got != test.names {
			t.Errorf("with %s there are %q, want %q", test.query, got, test.names)
		}
	}
	ida.send("GET", "/ssh_keys?label_selector=(", "").refused(422, "invalid_input")

	changed := ida.send("PUT", key, `{"name":"old","labels":{}}`).is(200)
	if labels, _ := changed.at("ssh_key.labels").(map[string]any); changed.text("ssh_key.name") != "old" || labels == nil || len(labels) > 0 {
		t.Errorf("changed, it is %v", changed.body)
	}
	if says := ida.send("PUT", key, `{"name":"desk"}`).refused(409, "uniqueness_error"); says != "There is a key desk already." {
		t.Errorf("a name in use says %q", says)
	}
	ida.send("PUT", key, `{"name":"new","labels":{"no key":"x"}}`).refused(422, "invalid_input")
	if got := ida.send("GET", key, "").text("ssh_key.name"); got != "old" {
		t.Errorf("after a change that was refused in part it is called %s, want old", got)
	}
	ida.send("POST", "/ssh_keys", `{"name":"again","public_key":"`+public+`"}`).refused(409, "uniqueness_error")
	ida.send("POST", "/ssh_keys", `{"name":"none","public_key":"ssh-ed25519 AAAA"}`).refused(422, "invalid_input")
	ida.send("POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13","ssh_keys":["none"]}`).refused(422, "invalid_input")
	ida.send("POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13","ssh_keys":["old",`+made.text("ssh_key.id")+`]}`).is(201)
	ida.send("DELETE", key, "").is(204)
	ida.send("GET", key, "").refused(404, "not_found")
	ida.send("DELETE", key, "").refused(404, "not_found")
}

func TestLabelsAndProtection(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	server := ida.create("web")
	ida.create("db")
	changed := ida.send("PUT", server, `{"name":"www","labels":{"env":"prod","panel/suspended":"abuse"}}`).is(200)
	labels, _ := changed.at("server.labels").(map[string]any)
	if changed.text("server.name") != "www" || len(labels) != 1 || labels["env"] != "prod" {
		t.Errorf("changed, it is %v", changed.body)
	}
	for selector, names := range map[string]string{"env=prod": "www", "env!=prod": "db", "env": "www", "env%3D%3Dprod,tier": ""} {
		if got := ida.send("GET", "/servers?label_selector="+selector, "").names("servers"); got != names {
			t.Errorf("%s selects %q, want %q", selector, got, names)
		}
	}
	ida.send("PUT", server, `{"name":"new","labels":{"no key":"x"}}`).refused(422, "invalid_input")
	ida.send("PUT", server, `{"labels":["x"]}`).refused(422, "invalid_input")
	if got := ida.send("GET", server, "").text("server.name"); got != "www" {
		t.Errorf("after a change that was refused in part it is called %s, want www", got)
	}

	done := ida.send("POST", server+"/actions/change_protection", `{"delete":true}`).is(201)
	if done.text("action.command") != "change_protection" || done.text("action.status") != "success" {
		t.Errorf("protecting it is %v", done.body)
	}
	again := ida.send("POST", server+"/actions/change_protection", `{"delete":true}`).is(201)
	if again.text("action.id") != done.text("action.id") {
		t.Errorf("protecting it twice is %v, want what it was before", again.body)
	}
	ida.send("GET", "/actions/"+done.text("action.id"), "").is(200)
	ida.send("DELETE", server, "").refused(423, "protected")
	ida.send("POST", server+"/actions/change_protection", `{"rebuild":true}`).is(201)
	ida.send("POST", server+"/actions/rebuild", `{"image":"debian-13"}`).refused(423, "protected")
	ida.send("POST", server+"/actions/change_protection", `{"delete":false,"rebuild":false}`).is(201)
	ida.send("DELETE", server, "").is(200)
}

// A server that is made without being started has never booted before.
func TestServerIsLeftOff(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	made := ida.send("POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13","start_after_create":false,"user_data":"#cloud-config"}`).is(201)
	p.work()
	server := "/servers/" + made.text("server.id")
	if got := ida.send("GET", server, "").text("server.status"); got != "off" {
		t.Errorf("it is %s, want off", got)
	}
	ida.send("POST", server+"/actions/poweron", "").is(201)
	p.work()
	if got := ida.send("GET", server, "").text("server.status"); got != "running" {
		t.Errorf("started, it is %s", got)
	}
	ida.send("POST", "/servers", `{"name":"db","server_type":"s1","image":"debian-13","user_data":"\u0000"}`).refused(422, "invalid_input")
}
