package hcloud_test

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func TestSnapshotsHaveTheirPrice(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	price := func() string {
		return ida.send("GET", "/pricing", "").is(200).text("pricing.image.price_per_gb_month.net")
	}
	if got := price(); got != "0.00" {
		t.Errorf("without a price a GB costs %s", got)
	}
	monthly := 5 * billing.Credit
	_, err := p.ChangeSnapshotPrice(t.Context(), admin, panel.PriceInput{Monthly: &monthly}, false)
	p.must(err)
	if got := price(); got != "0.05" {
		t.Errorf("a GB costs %s, want 0.05", got)
	}
}

func TestSnapshotsAreImages(t *testing.T) {
	p := newProvider(t)
	ida, bob := p.customer("ida", 1000*billing.Credit), p.customer("bob", 1000*billing.Credit)
	server := ida.create("web")
	made := ida.send("POST", server+"/actions/create_image", `{"description":"good","type":"snapshot","labels":{"env":"prod"}}`).is(201)
	for path, want := range map[string]string{
		"image.type": "snapshot", "image.status": "creating", "image.description": "good", "image.created_from.name": "web",
		"image.labels.env": "prod", "action.command": "create_image", "action.status": "running",
	} {
		if got := made.text(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	p.work()
	image := "/images/" + made.text("image.id")
	if got := ida.send("GET", "/actions/"+made.text("action.id"), "").is(200).text("action.status"); got != "success" {
		t.Errorf("its action is %s", got)
	}
	if got := ida.send("GET", "/images?type=snapshot", "").is(200); got.text("images.0.status") != "available" || got.text("images.0.image_size") != "4" {
		t.Errorf("the list has %v", got.at("images"))
	}
	if got := ida.send("PUT", image, `{"description":"better","labels":{}}`).is(200).text("image.description"); got != "better" {
		t.Errorf("it is called %s", got)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		bob.send(method, image, `{}`).refused(404, "not_found")
	}
	if got, _ := bob.send("GET", "/images?type=snapshot", "").is(200).at("images").([]any); len(got) != 0 {
		t.Errorf("bob sees %v", got)
	}
	ida.send("PUT", "/images/1", `{"description":"mine"}`).refused(404, "not_found") // a system

	bob.send("POST", image+"/actions/change_protection", `{"delete":true}`).refused(404, "not_found")
	if got := ida.send("POST", image+"/actions/change_protection", `{"delete":true}`).is(201); got.text("action.command") != "change_protection" || got.text("action.status") != "success" {
		t.Errorf("protecting it is %v", got.at("action"))
	}
	ida.send("DELETE", image, "").refused(423, "protected")
	ida.send("POST", image+"/actions/change_protection", `{"delete":false}`).is(201)

	rebuilt := ida.send("POST", server+"/actions/rebuild", `{"image":`+made.text("image.id")+`}`).is(201)
	if got := rebuilt.text("action.command"); got != "rebuild_server" {
		t.Errorf("rebuilding is %s", got)
	}
	p.work()
	if got := ida.send("GET", server, "").is(200); got.text("server.image.description") != "better" || got.text("server.status") != "running" {
		t.Errorf("it is %s, from %v", got.text("server.status"), got.at("server.image"))
	}
	ida.send("POST", "/servers", `{"name":"copy","server_type":"s1","image":`+made.text("image.id")+`}`).is(201)
	p.work()
	ida.send("DELETE", image, "").is(204)
	p.work()
	ida.send("GET", image, "").refused(404, "not_found")
}
