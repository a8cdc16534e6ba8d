package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func TestAdministratorsPagesAreTheirsAlone(t *testing.T) {
	k := newConsole(t)
	ida, nobody := k.customer("ida", 10), &customer{console: k, cookies: map[string]string{}}
	for pattern, path := range adminPatterns(t) {
		method, address, _ := strings.Cut(path, " ")
		acts, moved := k.trace()
		request := func() *http.Request { return httptest.NewRequestWithContext(t.Context(), method, address, nil) }
		if a := ida.send(request()); a.Code != http.StatusNotFound {
			t.Errorf("%s: a customer gets %d", pattern, a.Code)
		}
		if a := nobody.send(request()); a.Code != http.StatusSeeOther || !strings.HasPrefix(a.to(), "/signin") {
			t.Errorf("%s: nobody gets %d to %q", pattern, a.Code, a.to())
		}
		if after, later := k.trace(); after != acts || later != moved {
			t.Errorf("%s: something was written", pattern)
		}
	}
}

func TestEveryAdministratorsPage(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	ida.instance("web-1")
	ida.post("/billing/topup", "method", "transfer", "preset", "other", "amount", "10", "key", "k1")
	_, err := k.AddImage(t.Context(), k.root, panel.Image{Family: "Debian", Version: "13", Visible: true})
	k.must(err)
	k.pass(2 * billing.Hour)
	for pattern, path := range adminPatterns(t) {
		method, address, _ := strings.Cut(path, " ")
		if method != http.MethodGet || strings.Contains(address, "/currencies/1") || strings.Contains(address, "/mail/1") {
			continue
		}
		a := root.get(address)
		switch {
		case strings.HasSuffix(address, "/reverse"), strings.HasSuffix(address, "/resolve"), strings.Contains(address, "/people/"):
		case a.Code != http.StatusOK:
			t.Errorf("%s answers %d:\n%s", pattern, a.Code, a.body)
		}
		if strings.Contains(a.Header().Get("Content-Type"), "html") {
			checkPage(t, a.Body.String())
		}
	}
	for _, path := range []string{"/admin/currencies/EUR", "/admin/currencies/EUR/remove"} {
		checkPage(t, root.get(path).Body.String())
	}
	for _, path := range []string{"/admin/accounts/999", "/admin/plans/999", "/admin/plans/x", "/admin/hypervisors/999", "/admin/locations/999", "/admin/currencies/XXX", "/admin/mail/999", "/admin/ledger/999/reverse"} {
		root.has(root.get(path), http.StatusNotFound, "This page does not exist")
	}
}

func TestBadInputIsRefusedBesideItsField(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	ida.instance("web-1")
	_, account := ida.account()
	plan := func(more ...string) []string {
		return with(more, []string{"name", "New", "group", text(k.group), "vcpus", "1", "memory_mib", "1024", "disk_gib", "10", "location", text(k.ams)})
	}
	hypervisor := func(more ...string) []string {
		return with(more, []string{"location", text(k.ams), "driver", "sim", "cpu_ratio", "4", "vcpus", "4", "memory_mib", "4096", "disk_gib", "100"})
	}
	settings := func(more ...string) []string {
		return with(more, []string{"resume_balance", "0", "create_reserve_hours", "1", "minimum_charge_seconds", "3600", "settlement_interval", "hour"})
	}
	for name, test := range map[string]struct {
		path, says string
		form       []string
	}{
		"unknown plan group":          {"/admin/plans/new", "Choose one of the plan groups", plan("group", "999", "hourly", "1")},
		"negative price":              {"/admin/plans/new", "Must be between 0 and", plan("hourly", "-1")},
		"no price":                    {"/admin/plans/new", "Give an hourly price, a monthly price, or both", plan()},
		"price of words":              {"/admin/plans/new", "is not a decimal number", plan("hourly", "cheap")},
		"price beyond reckoning":      {"/admin/plans/new", "amount is too large", plan("monthly", "99999999999999999999")},
		"negative price of a plan":    {"/admin/plans/" + text(k.small), "Must be between 0 and", plan("name", "Renamed", "hourly", "-1")},
		"plan nowhere":                {"/admin/plans/new", "Choose at least one", []string{"name", "N", "group", text(k.group), "vcpus", "1", "memory_mib", "1", "disk_gib", "1", "hourly", "1"}},
		"plan in use":                 {"/admin/plans/" + text(k.small) + "/remove", "Hide it instead", nil},
		"plan group in use":           {"/admin/plan-groups/" + text(k.group) + "/remove", "still has plans", nil},
		"plan group taken":            {"/admin/plan-groups", "There is a plan group General already", []string{"name", "General"}},
		"zero value per credit":       {"/admin/currencies", "is not above 0", []string{"code", "SGD", "value", "0"}},
		"negative value of a credit":  {"/admin/currencies/EUR", "is not above 0", []string{"value", "-1"}},
		"second default currency":     {"/admin/currencies", "USD is the default currency", []string{"code", "SGD", "value", "0.01", "default", "on"}},
		"currency twice":              {"/admin/currencies", "There is a currency EUR already", []string{"code", "eur", "value", "0.01"}},
		"default currency removed":    {"/admin/currencies/USD/remove", "USD is the default currency", nil},
		"no host name":                {"/admin/hypervisors/new", "Must not have", hypervisor("name", "not a host!")},
		"hypervisor without room":     {"/admin/hypervisors/new", "Must be between 1 and", hypervisor("vcpus", "0", "name", "hv2")},
		"hypervisor nowhere":          {"/admin/hypervisors/new", "Choose a location", hypervisor("location", "", "name", "hv2")},
		"hypervisor too small now":    {"/admin/hypervisors/1/edit", "less than what instances on it have reserved", hypervisor("memory_mib", "512", "name", "hv1")},
		"hypervisor in use":           {"/admin/hypervisors/1/remove", "Disable it instead", nil},
		"location without name":       {"/admin/locations/new", "Give a name", []string{"name", ""}},
		"location with bad country":   {"/admin/locations/new", "two lower-case letters", []string{"name", "Paris", "country", "F9!"}},
		"location in use":             {"/admin/locations/" + text(k.ams) + "/remove", "Hide it instead", nil},
		"turn that is none":           {"/admin/locations/" + text(k.ams), "Turns are whole numbers", []string{"name", "Amsterdam", "order-1", "first"}},
		"pool of words":               {"/admin/address-pools/new", "Give a network such as", []string{"name", "v6", "prefix", "many"}},
		"pool that overlaps":          {"/admin/address-pools/new", "Overlaps with 203.0.113.0/28 of the pool v4", []string{"name", "v6", "prefix", "203.0.113.8/29"}},
		"pool with odd resolvers":     {"/admin/address-pools/new", "Give addresses with spaces between", []string{"name", "v6", "prefix", "2001:db8::/48", "dns", "nine"}},
		"pool in use":                 {"/admin/address-pools/1/remove", "Disable it instead", nil},
		"address of no pool kept":     {"/admin/address-pools/1/block", "Is in no pool", []string{"address", "192.0.2.1", "state", "blocked"}},
		"address of an instance kept": {"/admin/address-pools/1/block", "is an instance's", []string{"address", "203.0.113.2", "state", "blocked"}},
		"gateway freed":               {"/admin/address-pools/1/free", "neither reserved nor blocked", []string{"address", "203.0.113.1"}},
		"suspension above zero":       {"/admin/settings", "Must be between", settings("suspension_balance", "5")},
		"threshold of words":          {"/admin/settings", "is not a decimal number", settings("low_balance", "much")},
		"hours beyond bounds":         {"/admin/settings", "Must be between 0 and 10000", settings("create_reserve_hours", "99999")},
		"provider without name":       {"/admin/settings/provider", "Give a name", []string{"mail_from", "a@example.org"}},
		"sender that is none":         {"/admin/settings/provider", "Give an e-mail address", []string{"name", "N", "mail_from", "x"}},
		"address of a script":         {"/admin/settings/provider", "Give an address such as", []string{"name", "N", "mail_from", "a@example.org", "public_url", "javascript:alert(1)"}},
		"adjustment of nothing":       {account + "/adjust", "Must not be zero", []string{"amount", "0", "reason", "r", "key", "k"}},
		"adjustment without amount":   {account + "/adjust", "Must not be zero", []string{"amount", "", "reason", "r", "key", "k"}},
		"adjustment without reason":   {account + "/adjust", "Say why", []string{"amount", "5", "reason", " ", "key", "k"}},
		"adjustment beyond reckoning": {account + "/adjust", "amount is too large", []string{"amount", "99999999999999", "reason", "r", "key", "k"}},
		"adjustment beyond bounds":    {account + "/adjust", "Must be between", []string{"amount", "2000000000", "reason", "r", "key", "k"}},
		"hold without reason":         {account + "/suspend", "Say why", nil},
		"account with bad address":    {"/admin/accounts/new", "e-mail", []string{"name", "N", "email", "nobody", "password", "a long password"}},
		"account taken":               {"/admin/accounts/new", "There is a user", []string{"name", "N", "email", "ida@example.org", "password", "a long password"}},
		"account with short password": {"/admin/accounts/new", "12", []string{"name", "N", "email", "n@example.org", "password", "short"}},
		"account in no currency":      {"/admin/accounts/new", "There is no currency XXX", []string{"name", "N", "email", "n@example.org", "password", "a long password", "currency", "XXX"}},
		"account with debt":           {"/admin/accounts/new", "Must not be negative", []string{"name", "N", "email", "n@example.org", "password", "a long password", "credit", "-5"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func(outer *testing.T) { k.t = outer }(k.t)
			k.t = t
			root.refuses(test.path, test.says, test.form...)
		})
	}
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	a := root.post("/admin/currencies", "code", "SGD", "value", "none", "prefix", "S$ ", "decimals", "3")
	root.has(a, http.StatusUnprocessableEntity, `value="SGD"`, `value="none"`, `value="S$ "`, `value="3"`, `aria-invalid="true"`)
	a = root.post("/admin/settings", "low_balance", "12x", "suspension_balance", "-7")
	root.has(a, http.StatusUnprocessableEntity, `value="12x"`, `value="-7"`)
	a = root.post("/admin/accounts/new", "name", "Kept", "email", "kept@example.org", "password", "secret")
	root.has(a, http.StatusUnprocessableEntity, `value="kept@example.org"`)
	if strings.Contains(a.body, `value="secret"`) {
		t.Error("a password is sent back")
	}
}

func TestSettingsSayWhatTheyWouldDo(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	ida.instance("web-1")
	form := []string{"low_balance", "500", "negative_balance", "0", "suspension_balance", "0", "resume_balance", "0", "create_reserve_hours", "1", "minimum_charge_seconds", "3600", "settlement_interval", "hour"}
	part := root.htmx("/admin/settings/effect", form...)
	root.has(part, http.StatusOK, "1 account gets the low-balance mail at once.", "No instance is suspended", `href="`+accountURL(ida.who.AccountID)+`"`)
	if strings.Contains(part.body, "<html") {
		t.Error("the effect is a whole page")
	}
	root.has(root.post("/admin/settings/effect", form...), http.StatusOK, "<html", `value="500"`, "$5.00, was $0.00")
	if s, _ := k.Settings(t.Context()); s.Low != 0 {
		t.Fatal("looking at the effect changed the settings")
	}
	root.has(root.follow("/admin/settings", form...), http.StatusOK, "Thresholds saved.", `value="500"`)
	root.has(root.get("/admin/audit"), http.StatusOK, "Settings changed", "low", "500")

	root.has(root.follow("/admin/settings", append(form, "snapshot_limit", "3")...), http.StatusOK, `name="snapshot_limit"`, `value="3"`)
	settings, err := k.Settings(t.Context())
	k.must(err)
	if settings.SnapshotLimit != 3 {
		t.Errorf("an instance may have %d snapshots, want 3", settings.SnapshotLimit)
	}
	root.has(root.post("/admin/settings", append(form, "snapshot_limit", "1001")...), http.StatusUnprocessableEntity, `value="1001"`, "Must be between 0 and 1000")
}

func TestAnAdjustmentIsPostedOnce(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	ida.instance("web-1")
	_, page := ida.account()
	part := root.htmx(page+"/adjust/preview", "amount", "-150", "key", "k1")
	root.has(part, http.StatusOK, "1 instance will be suspended at once", "$1.00", "−$0.50")
	root.has(root.post(page+"/adjust/preview", "amount", "−150", "key", "k1"), http.StatusOK, `value="−150"`, `value="k1"`)
	form := []string{"amount", "-150", "reason", "Paid twice by mistake", "key", "k1"}
	root.has(root.follow(page+"/adjust", form...), http.StatusOK, "taken away: Paid twice by mistake", "Suspended")
	root.follow(page+"/adjust", form...)
	m, err := k.Summary(t.Context(), k.root, ida.who.AccountID)
	k.must(err)
	if want := -50 * billing.Credit; m.Balance != want {
		t.Errorf("the balance is %s, want %s: it was posted more than once", m.Balance, want)
	}
	root.has(root.htmx(page+"/adjust/preview", "amount", "60", "key", "k2"), http.StatusOK, "Lifts the suspension of 1 instance.")

	entry := "/admin/ledger/" + text(k.newest(ida.who.AccountID).ID) + "/reverse"
	root.has(root.get(entry), http.StatusOK, "Lifts the suspension of 1 instance.", "−$0.50 → $1.00")
	root.has(root.post(entry, "reason", ""), http.StatusUnprocessableEntity, "Say why")
	root.has(root.follow(entry, "reason", "It was not"), http.StatusOK, "The entry is reversed.", "Good")
	root.has(root.post(entry, "reason", "Again"), http.StatusUnprocessableEntity, "reversed already")
}

func TestHoldsSayWhatFollows(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	ida.instance("web-1")
	_, page := ida.account()
	root.has(root.get(page), http.StatusOK, "Powers off 1 instance.")
	root.has(root.get(page+"/suspend"), http.StatusOK, "Suspend ida", `name="reason"`)
	root.has(root.follow(page+"/suspend", "reason", "Spam"), http.StatusOK, "Held", "Spam", "Lifting it lifts the suspension of 1 instance.")
	root.has(root.follow(page+"/resume"), http.StatusOK, "The hold is lifted.", "Good")
}

func TestAPriceChangeIsForNewInstancesOrForAll(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 100)
	first := ida.instance("web-1")
	page := "/admin/plans/" + text(k.small)
	form := func(hourly, apply string) []string {
		return []string{"name", "General 1", "group", text(k.group), "vcpus", "1", "memory_mib", "1024", "disk_gib", "10", "stopped_percent", "50",
			"location", text(k.ams), "location", text(k.full), "visible", "on", "hourly", hourly, "monthly", "500", "apply", apply}
	}
	price := func() billing.PriceID {
		i, err := k.Instance(t.Context(), k.root, first.ID)
		k.must(err)
		return i.PriceID
	}
	old := price()
	root.has(root.follow(page, form("1", "existing")...), http.StatusOK, "Its price is the same.")
	root.has(root.follow(page, form("2", "new")...), http.StatusOK, "those there are keep theirs", "2 credits")
	if price() != old {
		t.Error("a price for new instances reached one that was there")
	}
	root.has(root.follow(page, form("3", "existing")...), http.StatusOK, "for all instances, from now on", "3 credits", "1 credits")
	if price() == old {
		t.Error("a price for all instances did not reach one that was there")
	}
}

func TestAPlanIncludesTrafficAndPricesWhatIsBeyond(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	page := "/admin/plans/" + text(k.small)
	form := func(transfer, throttle, traffic string) []string {
		return []string{"name", "General 1", "group", text(k.group), "vcpus", "1", "memory_mib", "1024", "disk_gib", "10", "stopped_percent", "50",
			"location", text(k.ams), "location", text(k.full), "visible", "on", "hourly", "1", "monthly", "500", "apply", "new",
			"transfer_gib", transfer, "throttle_mbit", throttle, "traffic", traffic}
	}
	root.has(root.follow(page, form("500", "10", "0.5")...), http.StatusOK, "those there are keep theirs", `value="500"`, `value="10"`, `value="0.5"`, "$0.005")
	plan, err := k.Plan(t.Context(), k.small)
	k.must(err)
	if plan.TransferGiB != 500 || plan.ThrottleMbit != 10 || plan.TrafficPrice != billing.Credit/2 {
		t.Errorf("got %d GiB, then %d Mbit/s or %s a GiB", plan.TransferGiB, plan.ThrottleMbit, plan.TrafficPrice)
	}
	root.has(root.follow(page, form("500", "", "0.5")...), http.StatusOK, "Its price is the same.")
	root.has(root.post(page, form("-1", "0", "0")...), http.StatusUnprocessableEntity, "ust be between 0 and 1073741824")
	root.has(root.post(page, form("0", "0", "10001")...), http.StatusUnprocessableEntity, "ust be between 0 and 10000 credits")
}

func TestOrdersAreConfirmedOnceOrRejected(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 0)
	for range 2 {
		_, err := k.OrderTopUp(t.Context(), ida.who, "10.00")
		k.must(err)
	}
	list := root.get("/admin/orders")
	root.has(list, http.StatusOK, "$10.00", "1,000 credits", `href="/admin/orders/1/confirm"`)
	root.has(root.get("/admin/orders/1/confirm"), http.StatusOK, "$0.00 → $10.00")
	root.has(root.follow("/admin/orders/1/confirm"), http.StatusOK, "1,000 credits posted for ida.")
	root.follow("/admin/orders/1/confirm")
	root.has(root.post("/admin/orders/2/reject", "reason", ""), http.StatusUnprocessableEntity, "Say why")
	root.has(root.follow("/admin/orders/2/reject", "reason", "Nothing came"), http.StatusOK, "rejected")
	root.has(root.post("/admin/orders/2/confirm"), http.StatusSeeOther)
	root.has(root.get("/admin/orders?state=all"), http.StatusOK, "already", "Confirmed", "Rejected", "Nothing came")
	m, err := k.Summary(t.Context(), k.root, ida.who.AccountID)
	k.must(err)
	if want := 1000 * billing.Credit; m.Balance != want {
		t.Errorf("the balance is %s, want %s", m.Balance, want)
	}
}

func TestUsageOfEveryoneAddsUp(t *testing.T) {
	k := newConsole(t)
	root, ida, bo := k.admin(), k.customer("ida", 100), k.customer("bo", 100)
	ida.instance("web-1")
	bo.instance("web-1")
	k.pass(3 * billing.Hour)
	r, err := k.Revenue(t.Context(), k.root, k.now.Month())
	k.must(err)
	var accounts, groups, days billing.Credits
	for _, a := range r.Accounts {
		accounts += a.Total
	}
	for _, g := range r.Groups {
		groups += g.Total
	}
	for _, day := range r.Daily {
		days += day
	}
	if accounts != r.Total || groups != r.Total || days != r.Total || r.Total == 0 {
		t.Errorf("accounts %s, groups %s and days %s of %s", accounts, groups, days, r.Total)
	}
	root.has(root.get("/admin/usage"), http.StatusOK, "ida", "bo", "General", "matches the")
	file := root.get("/admin/usage.csv?month=2026-11")
	root.has(file, http.StatusOK, "month,account_id,account", ",ida,ida@example.org,1,3.00,3.000000,0.03,USD")
	root.has(root.get("/admin/ledger.csv?kind=adjustment"), http.StatusOK, "adjustment", "100.000000")
	root.has(root.get(accountURL(ida.who.AccountID)+"/usage"), http.StatusOK, "web-1", `action="`+accountURL(ida.who.AccountID)+`/usage"`)
}

func TestLedgerPagesDivideNoTransaction(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	for range 30 {
		k.pass(billing.Hour)
	}
	accounts := map[string]*customer{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		accounts[name] = k.customer(name, 1000)
	}
	accounts["a"].instance("web-1")
	accounts["b"].instance("web-1")
	for range 40 {
		k.pass(billing.Hour)
		at, err := k.LastInterval(t.Context())
		k.must(err)
		_, err = k.OrderSettlement(t.Context(), at)
		k.must(err)
		k.work()
	}
	entries, err := k.Ledger(t.Context(), k.root, panel.LedgerFilter{Limit: 10_000})
	k.must(err)
	seen := 0
	for page := "/admin/ledger"; page != ""; {
		a := root.get(page)
		root.has(a, http.StatusOK, "All postings sum to 0.000000")
		seen += strings.Count(a.body, `data-test="entry"`)
		_, rest, more := strings.Cut(a.body, `href="/admin/ledger?before=`)
		page = ""
		if before, _, _ := strings.Cut(rest, `"`); more {
			page = "/admin/ledger?before=" + before
		}
	}
	if seen != len(entries) || seen < 60 {
		t.Errorf("%d entries on the pages, %d in the ledger", seen, len(entries))
	}
}

func TestMailIsShownWithoutPower(t *testing.T) {
	k := newConsole(t)
	root, ida := k.admin(), k.customer("ida", 1)
	ida.instance("web-1")
	k.pass(2 * billing.Hour)
	mails, err := k.Mails(t.Context(), k.root, 0, 10)
	k.must(err)
	if len(mails) == 0 {
		t.Fatal("no mail")
	}
	page := "/admin/mail/" + text(mails[0].ID)
	root.has(root.get("/admin/mail"), http.StatusOK, page, "ida@example.org")
	root.has(root.get(page), http.StatusOK, "ida@example.org")
	if a := root.get(page + "/html"); a.Code == http.StatusOK {
		policy := a.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'self'", "sandbox"} {
			if !strings.Contains(policy, want) {
				t.Errorf("no %s in %q", want, policy)
			}
		}
		if strings.Contains(policy, "script-src") || strings.Contains(policy, "allow-") {
			t.Errorf("too much in %q", policy)
		}
	}
	root.has(root.follow(page+"/retry"), http.StatusOK, "sent already")
}

func TestPeopleWhoAreLockedOut(t *testing.T) {
	k := newConsole(t)
	root, ida, bo := k.admin(), k.customer("ida", 1), k.customer("bo", 1)
	_, page := ida.account()
	person := page + "/people/" + text(ida.who.UserID)
	root.has(root.post(person+"/password", "password", "short"), http.StatusUnprocessableEntity, "12")
	root.has(root.follow(person+"/password", "password", "another long password"), http.StatusOK, "has a new password")
	if a := ida.get("/"); a.Code != http.StatusSeeOther {
		t.Errorf("the old session still answers %d", a.Code)
	}
	root.has(root.get(page+"/people/"+text(bo.who.UserID)+"/password"), http.StatusNotFound)
	root.has(root.follow(person+"/disable"), http.StatusOK, "Disabled")
	if a := ida.post("/signin", "email", "ida@example.org", "password", "another long password"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("a disabled person signs in: %d", a.Code)
	}
	root.has(root.follow(person+"/enable"), http.StatusOK, "can sign in again")
}

// with is a form in which some fields have other values.
func with(fields, form []string) []string {
	for n := 0; n < len(form); n += 2 {
		if !slices.Contains(fields, form[n]) {
			fields = append(fields, form[n], form[n+1])
		}
	}
	return fields
}

func TestHypervisorsFailAndRestOnDemand(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	root.has(root.follow("/admin/hypervisors/1/faults", "error", "on"), http.StatusOK, "Faults applied.")
	faults, _, err := k.Faults(t.Context(), k.root, 1)
	k.must(err)
	if !slices.Equal(faults, []panel.Fault{panel.FaultError}) {
		t.Errorf("got faults %v", faults)
	}
	root.follow("/admin/hypervisors/1/faults")
	if faults, _, _ = k.Faults(t.Context(), k.root, 1); len(faults) != 0 {
		t.Errorf("faults stay: %v", faults)
	}
	root.has(root.follow("/admin/hypervisors/1/disable"), http.StatusOK, "Disabled", "takes no new instances")
	root.has(root.follow("/admin/hypervisors/1/enable"), http.StatusOK, "Online")

	root.follow("/admin/hypervisors/new", "name", "hv2", "location", text(k.ams), "driver", "sim", "cpu_ratio", "4", "vcpus", "4", "memory_mib", "4096", "disk_gib", "100")
	root.follow("/admin/locations/"+text(k.ams), "name", "Amsterdam", "visible", "on", "order-1", "2", "order-2", "1")
	hosts, err := k.Hypervisors(t.Context(), k.root, k.ams)
	k.must(err)
	if len(hosts) != 2 || hosts[0].Name != "hv2" {
		t.Errorf("the order is %v", hosts)
	}
}
