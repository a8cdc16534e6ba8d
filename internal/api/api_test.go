package api

import (
	"fmt"
	"net/http"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
)

func TestInstanceLivesThroughTheAPI(t *testing.T) {
	s := newSite(t, "")
	c := s.customer("carol", 1000*billing.Credit)

	made := posted[client.Ordered](c, http.StatusAccepted, "/v1/instances", client.NewInstance{Name: "web-1", PlanID: s.small, LocationID: s.ams, ImageID: s.debian})
	if made.Instance.Status != "provisioning" || made.Action == nil || made.Action.Kind != "instance.create" || made.Action.State != "queued" {
		t.Fatalf("got %+v, want an instance that is being created", made)
	}
	s.work()
	if a := get200[client.Action](c, fmt.Sprintf("/v1/actions/%d", made.Action.ID)); a.State != "succeeded" || a.Progress != 100 {
		t.Errorf("got action %+v, want it to have succeeded", a)
	}
	path := fmt.Sprintf("/v1/instances/%d", made.Instance.ID)
	if i := get200[client.Instance](c, path); i.Status != "running" || i.Image == nil || i.Image.Name != "Debian 13" || i.PerHour.Display != "$0.01" {
		t.Errorf("got %+v, want a running instance of Debian 13 for $0.01 an hour", i)
	}

	r := c.send(http.MethodPost, path+"/actions/stop", nil)
	stopped := decoded[client.Ordered](c, r, http.StatusAccepted)
	if want := fmt.Sprintf("/v1/actions/%d", stopped.Action.ID); r.Header.Get("Location") != want {
		t.Errorf("got Location %q, want %q", r.Header.Get("Location"), want)
	}
	s.work()
	if again := posted[client.Ordered](c, http.StatusOK, path+"/actions/stop", nil); again.Action != nil || again.Instance.Status != "stopped" {
		t.Errorf("got %+v, want a stopped instance and nothing to be done", again)
	}
	s.work()
	posted[client.Ordered](c, http.StatusAccepted, path+"/actions/resize", client.Resize{PlanID: s.large})
	s.work()
	c.problem(c.send(http.MethodPost, path+"/actions/reboot", nil), "not_running")
	posted[client.Ordered](c, http.StatusAccepted, path+"/actions/start", nil)
	s.work()
	posted[client.Ordered](c, http.StatusAccepted, path+"/actions/reboot", nil)
	s.work()
	if i := decoded[client.Instance](c, c.send(http.MethodPatch, path, `{"name": "web-2"}`), http.StatusOK); i.Name != "web-2" || i.Plan.Name != "General 2" {
		t.Errorf("got %+v, want web-2 on General 2", i)
	}
	if gone := decoded[client.Ordered](c, c.send(http.MethodDelete, path, nil), http.StatusAccepted); gone.Instance.Status != "deleting" || gone.Action == nil {
		t.Errorf("got %+v, want an instance that is being deleted", gone)
	}
	if left := get200[client.Page[client.Instance]](c, "/v1/instances"); len(left.Items) != 0 {
		t.Errorf("got %+v, want no instances", left)
	}
	s.work()
	if all := get200[client.Page[client.Instance]](c, "/v1/instances?deleted=true"); len(all.Items) != 1 || all.Items[0].Status != "deleted" {
		t.Errorf("got %+v, want the deleted one", all)
	}
}

func TestRefusalsSayWhyInTheCustomersCurrency(t *testing.T) {
	s := newSite(t, "")
	poor := s.customer("poor", 0)
	p := poor.problem(poor.send(http.MethodPost, "/v1/instances", client.NewInstance{Name: "web", PlanID: s.small, LocationID: s.ams}), "insufficient_credit")
	if p.Status != http.StatusPaymentRequired || p.Needed == nil || p.Needed.Credits != "1.000000" || p.Needed.Display != "$0.01" || p.Balance.Display != "$0.00" {
		t.Errorf("got %+v, want what is needed in dollars", p)
	}
	rich := s.customer("rich", 1000*billing.Credit)
	rich.problem(rich.send(http.MethodPost, "/v1/instances", client.NewInstance{Name: "web", PlanID: s.small, LocationID: s.full}), "no_capacity")
	p = rich.problem(rich.send(http.MethodPost, "/v1/instances", client.NewInstance{Name: "web", PlanID: 99, LocationID: s.ams}), "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/plan_id" {
		t.Errorf("got %+v, want the field /plan_id", p)
	}
	p = rich.problem(rich.send(http.MethodPost, "/v1/instances", `{"name": "", "plan_id": "x", "location_id": 1, "colour": "red"}`), "invalid")
	if len(p.Errors) != 3 {
		t.Errorf("got %+v, want three fields", p.Errors)
	}
	for what, body := range map[string]string{"half a text": `{"name`, "a list": `[]`, "nothing": ``} {
		if r := rich.send(http.MethodPost, "/v1/instances", body); r.StatusCode/100 != 4 {
			t.Errorf("%s: got %d %s", what, r.StatusCode, r.body)
		}
	}
	rich.problem(rich.send(http.MethodGet, "/v1/nonsense", nil), "not_found")
}

func TestTokensAreAskedFor(t *testing.T) {
	s := newSite(t, "")
	nobody := &caller{site: s, token: "acr_nonsense"}
	r := nobody.send(http.MethodGet, "/v1/me", nil)
	nobody.problem(r, "unauthorized")
	if r.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("got WWW-Authenticate %q", r.Header.Get("WWW-Authenticate"))
	}
	c := s.customer("carol", 0)
	if me := get200[client.Me](c, "/v1/me"); me.Email != "carol@example.org" || me.Account == nil || me.Account.Name != "carol" || me.Token.Scope != "write" {
		t.Errorf("got %+v", me)
	}
	reader := s.caller("carol@example.org", "read")
	reader.problem(reader.send(http.MethodPost, "/v1/instances", `{`), "forbidden")
	c.problem(c.send(http.MethodPost, "/v1/admin/credits", `{`), "forbidden")
}

func TestCreditIsGivenOnce(t *testing.T) {
	s := newSite(t, "")
	root, carol := s.administrator(), s.customer("carol", 0)
	credit := client.NewCredit{AccountID: carol.who.AccountID, Credits: "12.5", Reason: "For the trouble"}
	root.problem(root.send(http.MethodPost, "/v1/admin/credits", credit), "invalid")
	given := posted[client.Transaction](root, http.StatusCreated, "/v1/admin/credits", credit, "Idempotency-Key", "a")
	again := posted[client.Transaction](root, http.StatusCreated, "/v1/admin/credits", credit, "Idempotency-Key", "a")
	if given.ID == 0 || given.ID != again.ID {
		t.Errorf("got transactions %d and %d, want one", given.ID, again.ID)
	}
	credit.Credits = "13"
	root.problem(root.send(http.MethodPost, "/v1/admin/credits", credit, "Idempotency-Key", "a"), "idempotency_key_reused")
	if b := get200[client.Balance](carol, "/v1/billing/balance"); b.Balance.Credits != "12.500000" || b.Balance.Display != "$0.13" {
		t.Errorf("got balance %+v, want 12.5 credits", b.Balance)
	}
	path := fmt.Sprintf("/v1/admin/credits/%d", given.ID)
	back := posted[client.Transaction](root, http.StatusCreated, path+"/reverse", client.NewReversal{Reason: "A mistake"}, "Idempotency-Key", "b")
	if back.Corrects != given.ID || back.Postings[0].Amount.Credits != "-12.500000" {
		t.Errorf("got %+v, want the credit taken back", back)
	}
	root.problem(root.send(http.MethodPost, path+"/reverse", client.NewReversal{Reason: "A mistake"}, "Idempotency-Key", "c"), "conflict")
	if got := get200[client.Transaction](root, path); got.Reason != "For the trouble" || len(got.Postings) != 2 {
		t.Errorf("got %+v", got)
	}
}
