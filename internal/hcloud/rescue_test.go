package hcloud_test

import (
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// rescueSystem offers a rescue system.
func (p *provider) rescueSystem() {
	p.t.Helper()
	image, err := p.AddImage(p.t.Context(), admin, panel.Image{Family: "Rescue", Version: "13"})
	p.must(err)
	p.must(p.ChangeSettings(p.t.Context(), admin, func(s *panel.Settings) { s.RescueImage = image.ID }))
}

func TestRescueAndPasswords(t *testing.T) {
	p := newProvider(t)
	p.rescueSystem()
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	made := ida.send("POST", "/servers", `{"name":"web","server_type":"s1","image":"debian-13"}`).is(201)
	if got := made.text("root_password"); len(got) != 20 {
		t.Errorf("without keys it has the root password %q", got)
	}
	p.work()
	server := "/servers/" + made.text("server.id")
	for _, action := range []string{"enable_rescue", "disable_rescue", "reset_password"} {
		bob.send("POST", server+"/actions/"+action, "").refused(404, "not_found")
	}
	for _, test := range []struct {
		action        string
		told, enabled bool
	}{
		{"enable_rescue", true, true},
		{"reset_password", true, true},
		{"disable_rescue", false, false},
	} {
		answer := ida.send("POST", server+"/actions/"+test.action, "").is(201)
		if answer.text("action.command") != test.action || answer.text("action.status") != "running" {
			t.Errorf("%s is answered with %v", test.action, answer.at("action"))
		}
		if password, _ := answer.at("root_password").(string); (len(password) == 20) != test.told {
			t.Errorf("%s tells the password %q", test.action, password)
		}
		p.work()
		if got := ida.send("GET", "/actions/"+answer.text("action.id"), "").is(200); got.text("action.command") != test.action || got.text("action.status") != "success" {
			t.Errorf("%s is then %v", test.action, got.at("action"))
		}
		if got := ida.send("GET", server, "").is(200).at("server.rescue_enabled"); got != test.enabled {
			t.Errorf("after %s rescue_enabled is %v", test.action, got)
		}
	}
	key := ida.send("POST", "/ssh_keys", `{"name":"laptop","public_key":"`+strings.TrimSpace(newPublicKey(t))+`"}`).is(201).text("ssh_key.id")
	keyed := ida.send("POST", server+"/actions/enable_rescue", `{"type":"linux64","ssh_keys":[`+key+`]}`).is(201)
	if got := keyed.at("root_password"); got != nil {
		t.Errorf("with a key there is the password %v", got)
	}
}
