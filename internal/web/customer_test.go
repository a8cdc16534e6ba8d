package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// addresses fills the patterns of all customers' routes with IDs.
func addresses(s *server, instance, order, token, key, snapshot int64) (all []string) {
	for _, route := range slices.Concat(s.customerRoutes(), s.snapshotRoutes()) {
		id := instance
		switch {
		case strings.Contains(route.pattern, "/topup/"):
			id = order
		case strings.Contains(route.pattern, "/tokens/"):
			id = token
		case strings.Contains(route.pattern, "/ssh-keys/"):
			id = key
		case strings.HasPrefix(route.pattern[strings.Index(route.pattern, "/"):], "/snapshots/"):
			id = snapshot
		}
		path := strings.ReplaceAll(route.pattern, "{id}", text(id))
		all = append(all, strings.TrimSuffix(path, "{$}"))
	}
	return all
}

func TestEveryCustomersPage(t *testing.T) {
	k := newConsole(t)
	ann, bob := k.customer("ann", 1000), k.customer("bob", 1000)
	i := ann.instance("web-1")
	order, err := k.OrderTopUp(t.Context(), ann.who, "10.00")
	k.must(err)
	_, token, err := k.CreateToken(t.Context(), ann.who, panel.NewToken{Name: "deploy", Scope: identity.ScopeRead})
	k.must(err)
	key, err := k.AddSSHKey(t.Context(), ann.who, "", laptop, nil)
	k.must(err)
	shot, err := k.CreateSnapshot(t.Context(), ann.who, i.ID, panel.NewSnapshot{Name: "good"})
	k.must(err)
	k.work()
	k.pass(billing.Day)
	s := &server{Config: Config{Panel: k.Panel}}
	nobody := &customer{console: k, cookies: map[string]string{}}
	for _, address := range addresses(s, i.ID, order.ID, token.ID, key.ID, shot.ID) {
		method, path, _ := strings.Cut(address, " ")
		t.Run("signed out "+address, func(t *testing.T) {
			a := nobody.send(httptest.NewRequestWithContext(t.Context(), method, path, nil))
			if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/signin") {
				t.Errorf("got %d to %q, want a redirect to /signin", a.Code, a.to())
			}
		})
		if strings.ContainsAny(path, "123456789") && !strings.Contains(path, "/sessions/") {
			t.Run("another account "+address, func(t *testing.T) {
				r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
				if a := bob.send(r); a.Code != http.StatusNotFound {
					t.Errorf("got %d, want 404", a.Code)
				}
			})
		}
		if method == http.MethodGet && !strings.HasSuffix(path, "/task") && !strings.HasSuffix(path, "/stream") {
			t.Run("own "+address, func(t *testing.T) {
				if a := ann.get(path); a.Code != http.StatusOK {
					t.Errorf("got %d, want 200:\n%s", a.Code, a.body)
				}
			})
		}
	}
	if _, err := k.Instance(t.Context(), ann.who, i.ID); err != nil {
		t.Errorf("the instance did not survive the other account: %v", err)
	}
}

func TestOneSessionDoesNotEndAnothersSessions(t *testing.T) {
	k := newConsole(t)
	ann, bob := k.customer("ann", 0), k.customer("bob", 0)
	sessions, err := k.MySessions(t.Context(), ann.who)
	k.must(err)
	bob.post("/account/sessions/" + text(sessions[0].ID) + "/revoke")
	bob.post("/account/sessions/0/revoke")
	ann.has(ann.get("/account"), http.StatusOK)
	bob.has(bob.get("/account"), http.StatusOK)
}

func TestCreateWithoutScript(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	c.has(c.get("/create"), http.StatusOK, "$0.01", "Full at the moment", `value="server-1"`, "at most $5.00 a month")
	page := c.follow("/create", c.order("web-1")...)
	c.has(page, http.StatusOK, "Creating web-1", "Room reserved in Amsterdam", "from when it first runs")
	again := c.follow("/create", c.order("web-1")...)
	c.has(again, http.StatusOK, "Creating web-1")
	all, err := k.Instances(t.Context(), c.who, true)
	k.must(err)
	if len(all) != 1 {
		t.Fatalf("the form sent twice made %d instances, want 1", len(all))
	}
	url := instanceURL(all[0].ID)
	k.work()
	k.pass(10 * billing.Hour)
	c.has(c.get(url), http.StatusOK, "Running", "$0.01/h", "$0.10 this month", "cap $5.00")
	c.has(c.get(url+"/stop"), http.StatusOK, "continues to cost $0.005 an hour. To stop paying, delete it.")
	c.has(c.follow(url+"/stop"), http.StatusOK, "web-1 is being stopped. It still costs $0.005/h.")
	k.pass(10 * billing.Hour)
	c.has(c.get(url), http.StatusOK, "Stopped, 50 %", "$0.15 this month")
	c.has(c.follow(url+"/start"), http.StatusOK, "is being started")
	k.work()
	c.has(c.get(url+"/resize"), http.StatusOK, "The plan it has", "+$0.01 / hour")
	c.has(c.post(url+"/resize", "plan", "999"), http.StatusUnprocessableEntity, "Choose one of the plans.")
	c.has(c.follow(url+"/resize", "plan", text(k.large)), http.StatusOK, "is being resized", "General 2")
	k.work()
	c.has(c.post(url+"/rename", "name", "No_Good"), http.StatusUnprocessableEntity, `value="No_Good"`, "upper-case")
	c.has(c.follow(url+"/rename", "name", "shop"), http.StatusOK, "web-1 is called shop now.")
	c.has(c.post(url+"/delete", "confirm", "web-1"), http.StatusUnprocessableEntity, "This is not its name. Type shop.", `value="web-1"`)
	c.has(c.follow(url+"/delete", "confirm", "shop"), http.StatusOK, "shop is deleted and costs nothing any more.")
	c.has(c.get(url), http.StatusOK, "Nothing is charged any more")
	c.has(c.get("/usage?open="+text(all[0].ID)), http.StatusOK, "Deleted 11 Nov", "Resized to General 2")
}

func TestCreateKeepsWhatWasEntered(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	c.instance("web-1")
	for name, row := range map[string]struct {
		order []string
		want  []string
	}{
		"a name that cannot be":   {c.order("Bad Name"), []string{`value="Bad Name"`, "Must not have"}},
		"a name that is taken":    {c.order("web-1"), []string{`value="web-1"`, "You already have an instance called web-1."}},
		"no name":                 {c.order(""), []string{"Must not be empty"}},
		"no location":             {[]string{"name", "x", "plan", text(k.small)}, []string{`value="x"`, "Choose one of the locations."}},
		"a location without room": {[]string{"name", "x", "location", text(k.full), "plan", text(k.small), "key", "k2"}, []string{"There is no room", `value="x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			c.has(c.post("/create", row.order...), http.StatusUnprocessableEntity, row.want...)
		})
	}
}

func TestAMovedPriceIsShownBeforeItIsPaid(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	order := c.order("web-1")
	hourly := 3 * billing.Credit
	_, err := k.ChangePrice(t.Context(), k.root, k.small, panel.PriceInput{Hourly: &hourly}, false)
	k.must(err)
	moved := "General 1 costs $0.03 an hour now, not $0.01 an hour and at most $5.00 a month."
	c.has(c.htmx("/create/quote", order...), http.StatusOK, moved, `hx-swap-oob="true"`)
	c.has(c.post("/create", order...), http.StatusUnprocessableEntity, moved, "$0.03", `data-test="create-instance"`)
	c.has(c.follow("/create", c.order("web-1")...), http.StatusOK, "Creating web-1")
}

func TestQuoteHoldsTheChoicesInTheAddress(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	a := c.htmx("/create/quote", c.order("db-1")...)
	c.has(a, http.StatusOK, "Until 1 Dec", "At least, for one hour")
	want := "/create?group=" + text(k.group) + "&location=" + text(k.ams) + "&name=db-1&plan=" + text(k.small)
	if got := a.Header().Get("HX-Replace-Url"); got != want {
		t.Errorf("the address becomes %q, want %q", got, want)
	}
	if a := c.post("/create/quote", c.order("db-1")...); a.Code != http.StatusSeeOther || a.to() != want {
		t.Errorf("without a script: got %d to %q, want %q", a.Code, a.to(), want)
	}
	c.has(c.get(want), http.StatusOK, `value="db-1"`)
	c.has(c.htmx("/create/quote", c.order("db-1", "currency", "EUR")...), http.StatusOK, "0.0092 €")
}

func TestTooLittleCreditSaysHowMuchHelps(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 0)
	c.has(c.get("/create"), http.StatusOK, "is not enough", "Add at least $0.01", "/billing/topup?amount=0.01")
	c.has(c.get("/"), http.StatusOK, "Add credit first", "You have no instances yet")
}

func TestSuspensionSaysWhatLiftsIt(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 5)
	i := c.instance("web-1")
	k.pass(6 * billing.Hour)
	page := c.get(instanceURL(i.ID))
	c.has(page, http.StatusOK, "Why this instance is suspended", "Your balance fell below $0.00.", "You add at least $0.01. It starts again within a minute.", "Nothing is charged while suspended")
	if !strings.Contains(page.body, "was running") {
		t.Error("the page does not say that it was running")
	}
	c.has(c.get("/billing/topup?amount=0.01"), http.StatusOK, "to start 1 instance again", `value="0.01"`)
	c.has(c.post(instanceURL(i.ID)+"/start"), http.StatusSeeOther)
	c.has(c.get(instanceURL(i.ID)), http.StatusOK, "suspended")
}

func TestFailedCreationCanBeTriedAgain(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i, err := k.CreateInstance(t.Context(), c.who, panel.NewInstance{Name: "web-1", PlanID: k.small, LocationID: k.ams})
	k.must(err)
	k.pass(3600) // it expires before a worker takes it
	url := instanceURL(i.ID)
	c.has(c.get(url), http.StatusOK, "web-1 could not be created", "You were not charged.", "Not created")
	c.has(c.follow(url+"/retry"), http.StatusOK, "Creating web-1")
	k.work()
	views, err := k.Instances(t.Context(), c.who, false)
	k.must(err)
	if len(views) != 1 || views[0].Status != fleet.StatusRunning {
		t.Errorf("got %d instances, want one that runs", len(views))
	}
}

func TestUsageAddsUpAndMatchesTheLedger(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 100_000)
	for _, name := range []string{"a", "b", "c"} {
		c.instance(name)
		k.pass(1234)
	}
	k.pass(3 * billing.Day)
	page := c.get("/usage")
	c.has(page, http.StatusOK, "In progress", "matches the", "November so far", "Nothing posted yet")
	_, err := k.AddCredit(t.Context(), k.root, c.who.AccountID, panel.Credit{Amount: billing.Credit, Reason: "sorry", Request: "r1"})
	k.must(err)
	k.pass(30 * billing.Day)
	c.signIn()
	page = c.get("/usage?month=2026-11&currency=EUR")
	c.has(page, http.StatusOK, "November 2026", "matches the", "1 credit = 0.0092 EUR")
	if strings.Contains(page.body, "In progress") {
		t.Error("a month that is over is said to be in progress")
	}
	rows := regexp.MustCompile(`<span class="strong"[^>]*>([0-9.]+) €</span>`).FindAllStringSubmatch(page.body, -1)
	total := regexp.MustCompile(`data-test="usage-total">([0-9.]+) €<`).FindStringSubmatch(page.body)
	if len(rows) != 3 || total == nil {
		t.Fatalf("found %d amounts and the total %v", len(rows), total)
	}
	sum := 0
	for _, row := range rows {
		n, err := strconv.Atoi(strings.ReplaceAll(row[1], ".", ""))
		k.must(err)
		sum += n
	}
	if want, _ := strconv.Atoi(strings.ReplaceAll(total[1], ".", "")); sum != want {
		t.Errorf("the rows add up to %d, the total is %d", sum, want)
	}
}

func TestUsageAsFiles(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	c.instance("web-1")
	k.pass(billing.Hour)
	a := c.get("/usage.csv")
	c.has(a, http.StatusOK, "2026-11,1,web-1,General 1,Amsterdam,usage,100,1.000000,500.000000,3600,0,false,1.000000,0.01,USD")
	if got := a.Header().Get("Content-Disposition"); got != `attachment; filename="usage-2026-11-usd.csv"` {
		t.Errorf("got %q", got)
	}
	c.has(c.get("/usage.json?currency=EUR"), http.StatusOK, `"credits": "1.000000"`, `"total": "0.01"`, `"currency": "EUR"`)
	c.has(c.get("/billing.csv"), http.StatusOK, "adjustment,Opening credit,,1000.000000,1000.000000")
}

func TestTopUpByBankTransfer(t *testing.T) {
	k := newConsole(t)
	k.must(k.ChangeSettings(t.Context(), k.root, func(s *panel.Settings) { s.BankDetails = "IBAN: NO93 8601\nBIC: DNBANOKK" }))
	c := k.customer("ann", 0)
	c.has(c.post("/billing/topup", "method", "transfer", "preset", "other", "amount", "0.001"), http.StatusUnprocessableEntity, `value="0.001"`, "decimals")
	c.has(c.post("/billing/topup", "preset", "25.00"), http.StatusUnprocessableEntity, "Choose how to pay.")
	page := c.follow("/billing/topup", "method", "transfer", "preset", "other", "amount", "5.01")
	c.has(page, http.StatusOK, "Waiting for the money", "$5.01", "501 credits", "NO93 8601", "DNBANOKK")
	orders, err := k.Orders(t.Context(), c.who, 0, 1)
	k.must(err)
	c.has(page, http.StatusOK, orders[0].Reference)
	c.has(c.follow(orderURL(orders[0].ID)+"/cancel"), http.StatusOK, "is canceled", "Canceled")
	c.has(c.get(orderURL(orders[0].ID)), http.StatusOK, "Nothing was added.")
}

func TestATokensSecretIsShownOnce(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 0)
	c.has(c.post("/account/tokens", "token-name", "", "scope", "read", "expires", "90"), http.StatusUnprocessableEntity, "Give a name")
	page := c.post("/account/tokens", "token-name", "deploy", "scope", "read", "expires", "90")
	secret := regexp.MustCompile(`acr_[0-9A-Za-z]{60}`).FindString(page.body)
	if page.Code != http.StatusOK || secret == "" {
		t.Fatalf("got %d and the secret %q", page.Code, secret)
	}
	again := c.get("/account")
	c.has(again, http.StatusOK, "deploy", "in 90 days")
	if strings.Contains(again.body, secret) {
		t.Error("the secret is shown again")
	}
	tokens, err := k.MyTokens(t.Context(), c.who)
	k.must(err)
	c.has(c.follow("/account/tokens/"+text(tokens[0].ID)+"/revoke"), http.StatusOK, "deploy is revoked.")
}

func TestPasswordAndProfile(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 0)
	c.has(c.post("/account", "name", "", "currency", "EUR"), http.StatusUnprocessableEntity, "Give a name")
	c.has(c.follow("/account", "name", "Ann & Co", "currency", "EUR"), http.StatusOK, "Ann & Co", "0.00 €")
	password := func(current, new, again string) answer {
		return c.post("/account/password", "current", current, "password", new, "again", again)
	}
	c.has(password("wrong", "another long one", "another long one"), http.StatusUnprocessableEntity, "This is not your present password.")
	c.has(password("a long password", "another long one", "another long two"), http.StatusUnprocessableEntity, "The two are not the same.")
	c.has(password("a long password", "short", "short"), http.StatusUnprocessableEntity, "Must have at least 10 characters")
	c.has(password("a long password", "another long one", "another long one"), http.StatusSeeOther)
	c.has(c.get("/account"), http.StatusOK, "Your password is changed.")
}

func TestTheTaskCardEndsByFreshening(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i, err := k.CreateInstance(t.Context(), c.who, panel.NewInstance{Name: "web-1", PlanID: k.small, LocationID: k.ams})
	k.must(err)
	poll := regexp.MustCompile(`/instances/\d+/task\?task=\d+`).FindString(c.get(instanceURL(i.ID)).body)
	fetch := func() answer {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, poll, nil)
		r.Header.Set("HX-Request", "true")
		return c.send(r)
	}
	c.has(fetch(), http.StatusOK, "Creating web-1", "Waiting for the guest to come up")
	k.work()
	if a := fetch(); a.Header().Get("HX-Refresh") != "true" {
		t.Error("the page is not told to refresh when the task has ended")
	}
}
