package web

import "github.com/a-h/templ"

func sampleKeys() SSHKeysView {
	confirm := func(id string) Confirm {
		return Confirm{ID: id, URL: "/ssh-keys/1/" + id, Title: "Rename it", Button: "Rename", Back: "/ssh-keys"}
	}
	return SSHKeysView{Keys: []SSHKeyRow{
		{ID: "1", Name: "ida@laptop", Type: "ssh-ed25519", Fingerprint: "SHA256:jSx0gqR2sVqH5X8jH0Ow3pV7H0YBaT1UAtW4N2xEJxM", Added: at("3 Sep 09:12"), Rename: confirm("r1"), Remove: confirm("d1")},
		{ID: "2", Name: "deploy", Type: "ssh-rsa", Fingerprint: "SHA256:0m2q6nDXZ2f5lT8sFvYt3wq0u1Yl0o8kq4mXz9sYw1c", Added: at("1 Nov 18:40"), Rename: confirm("r2"), Remove: confirm("d2")},
	}}
}

func sampleSnapshots() []SnapshotRow {
	confirm := func(id, button string) *Confirm {
		return &Confirm{ID: id, URL: "/snapshots/1/" + id, Title: button + " it", Button: button, Back: "/snapshots"}
	}
	web := Link{Text: "web-1", URL: "/instances/1"}
	return []SnapshotRow{
		{ID: "1", Name: "before the update", Instance: web, Size: "14 GiB", Taken: at("3 Sep 09:12"), Month: inCredits("$0.42", "42"),
			Restore: confirm("s1", "Restore"), Rename: confirm("s2", "Rename"), Remove: confirm("s3", "Delete")},
		{ID: "2", Name: "nightly", Note: "being taken", Instance: web, Size: "—", Taken: at("3 Sep 23:00"), Month: inCredits("$0.00", "0")},
	}
}

func accountPreviews() map[string]templ.Component {
	stop := *sampleInstance().Actions[1].Confirm
	remove := sampleDelete()
	remove.Value, remove.Errors = "web-2", Errors{"confirm": "This is not its name. Type web-1."}
	filtered := sampleInstanceList()
	filtered.Query, filtered.Table.Rows = "mail", nil
	return map[string]templ.Component{
		"instances":          InstancesPage(samplePage("Instances", "/instances"), sampleInstanceList()),
		"instances-empty":    InstancesPage(samplePage("Instances", "/instances"), InstancesView{Cheapest: "$0.006 an hour, at most $4.00 a month"}),
		"instances-filtered": InstancesPage(samplePage("Instances", "/instances"), filtered),
		"resize":             ResizePage(samplePage("Resize web-1", "/instances/ins_web1/resize"), sampleResize()),
		"stop":               ConfirmPage(samplePage("Stop web-1", "/instances/ins_web1/stop"), stop),
		"delete":             ConfirmPage(samplePage("Delete web-1", "/instances/ins_web1/delete"), remove),
		"billing":            BillingPage(samplePage("Credit and ledger", "/billing"), sampleLedger()),
		"billing-empty":      BillingPage(samplePage("Credit and ledger", "/billing"), BillingView{Balance: Stat{Label: "Balance", Value: inCredits("$0.00", "0.000000")}}),
		"topup":              TopUpPage(samplePage("Top up", "/billing/topup"), sampleTopUp()),
		"order":              OrderPage(samplePage("Top-up ACC-7K3M2", "/billing/topup/ord_1"), sampleOrder()),
		"ssh-keys":           SSHKeysPage(samplePage("SSH keys", "/ssh-keys"), sampleKeys()),
		"ssh-keys-empty":     SSHKeysPage(samplePage("SSH keys", "/ssh-keys"), SSHKeysView{PublicKey: "nonsense", Errors: Errors{"public_key": "Is no public key."}}),
		"snapshots":          SnapshotsPage(samplePage("Snapshots", "/snapshots"), SnapshotsView{Rows: sampleSnapshots(), Note: "Together they cost about $0.42 a month."}),
		"snapshots-none":     SnapshotsPage(samplePage("Snapshots", "/snapshots"), SnapshotsView{}),
		"account":            AccountPage(samplePage("Settings", "/account"), sampleAccount()),
		"not-found":          ErrorPage(samplePage("Not found", "/nowhere"), NotFound(Link{"Back to the dashboard", "/"})),
		"error":              BareErrorPage(ErrorView{Title: "Something went wrong", Text: "Nothing was changed, and nothing was charged. Try again in a moment.", Reference: "req_01JD8K", Provider: "Accrue", Back: Link{"Try again", "/"}}),
	}
}

func sampleInstanceList() InstancesView {
	return InstancesView{
		Statuses:  []Option{{Text: "Any status", Selected: true}, {Value: "running", Text: "Running"}, {Value: "stopped", Text: "Stopped"}},
		Locations: []Option{{Text: "Any location", Selected: true}, {Value: "ams", Text: "Amsterdam"}, {Value: "osl", Text: "Oslo"}},
		Table:     sampleInstances(), All: 5, Monthly: "Running on like this costs about $60.44 a month. db-primary has reached its cap and is free until 1 Dec.",
	}
}

func sampleResize() ResizeView {
	plans := samplePlans()
	for i, change := range []string{"−$0.018 / hour", "−$0.012 / hour", "", "+$0.024 / hour", "+$0.072 / hour", ""} {
		plans[i].Change = change
		plans[i].Selected = i == 3
	}
	plans[0].Refused = "Its disk would have to shrink, from 80 to 25 GiB"
	plans[1].Refused = "Its disk would have to shrink, from 80 to 40 GiB"
	plans[2].Badge, plans[2].Refused = Badge{"", "Now"}, "The plan it has"
	plans[5].Refused = "Its hypervisor has no room for this"
	return ResizeView{
		Name: "web-1", URL: "/instances/ins_web1", Key: "k",
		Now:    []Fact{{Label: "Plan", Value: Amount{Text: "General 3"}}, {Label: "Costs", Value: Amount{Text: "$0.024 / h"}, Note: "at most $16.00 a month"}, {Label: "This month", Value: inCredits("$12.44", "1,244.000000")}},
		Groups: []PlanGroupChoice{{ID: "general", Name: "General", Plans: plans}},
		Notes:  []string{"The instance is off for about a minute.", "The new price counts from the second of the change.", "This month costs at most the cap of the dearer plan."},
	}
}

func sampleLedger() BillingView {
	usage := Badge{"", "Usage"}
	return BillingView{
		Balance: Stat{Label: "Balance", Value: inCredits("$48.37", "4,837.270000"), Note: "posted until 14:00, and $0.03 accrued since"},
		Facts:   []Stat{{Label: "Paid in, November", Value: Amount{Text: "$75.00"}, Note: "2 top-ups"}, {Label: "Used, November", Value: Amount{Text: "$78.77"}, Note: "6 instances"}, {Label: "Adjusted, November", Value: Amount{Text: "$2.00"}, Note: "1 entry"}},
		Kinds:   []Option{{Text: "All entries", Selected: true}, {Value: "usage", Text: "Usage"}, {Value: "topup", Text: "Top-ups"}},
		Entries: []EntryRow{
			{ID: "1", At: at("22 Nov 14:00"), Kind: usage, Text: "Usage from 13:00 to 14:00", Ref: Link{"4 instances", "/usage?month=2026-11"}, Amount: inCredits("−$0.08", "−8.280000"), Balance: inCredits("$48.40", "4,840.030000")},
			{ID: "2", At: at("22 Nov 13:00"), Kind: usage, Text: "Usage from 12:00 to 13:00", Ref: Link{"4 instances", "/usage?month=2026-11"}, Amount: inCredits("−$0.08", "−8.280000"), Balance: inCredits("$48.48", "4,848.310000")},
			{ID: "3", At: at("22 Nov 12:31"), Kind: Badge{"ok", "Top-up"}, Text: "Bank transfer", Ref: Link{"ACC-7K3M1", "/billing/topup/ord_0"}, Amount: inCredits("+$25.00", "2,500.000000"), Credit: true, Balance: inCredits("$48.56", "4,856.590000")},
			{ID: "4", At: at("21 Nov 09:12"), Kind: Badge{"info", "Adjustment"}, Text: "Sorry for the outage on 20 Nov", Amount: inCredits("+$2.00", "200.000000"), Credit: true, Balance: inCredits("$23.56", "2,356.590000")},
			{ID: "5", At: at("14 Nov 09:31"), Kind: usage, Text: "Minimum of one hour", Ref: Link{"test-2, deleted", ""}, Amount: inCredits("−$0.03", "−3.320000"), Balance: inCredits("$21.56", "2,156.590000")},
		},
		Pager:   Pager{Older: "/billing?before=5"},
		Exports: []Link{{"CSV", "/billing.csv"}, {"JSON", "/billing.json"}},
	}
}

func sampleTopUp() TopUpView {
	return TopUpView{
		Methods: []PayMethod{{ID: "transfer", Name: "Bank transfer", Note: "Usually arrives in one working day", Selected: true}, {ID: "card", Name: "Card", Note: "At once, by Stripe"}},
		Presets: []Preset{{Value: "10", Text: "$10.00", Note: "lasts until 13 Dec"}, {Value: "25", Text: "$25.00", Note: "lasts until 17 Dec", Selected: true}, {Value: "50", Text: "$50.00", Note: "lasts until 24 Dec"}, {Value: "100", Text: "$100.00", Note: "lasts until 8 Jan"}},
		Unit:    "USD", Limits: "From $5.00 to $5,000.00", Balance: []Fact{{Label: "Balance now", Value: Amount{Text: "$48.37"}}, {Label: "Then", Value: Amount{Text: "$73.37"}}, {Label: "You receive", Value: Amount{Text: "2,500 credits"}}},
		Key: "k", Orders: []OrderRow{sampleOrder().Order, {ID: "ord_0", URL: "/billing/topup/ord_0", At: at("20 Nov 10:11"), Method: "bank transfer", Reference: "ACC-7K3M1", Amount: Amount{Text: "$25.00"}, Credits: "2,500 credits", Status: Status{Kind: "running", Text: "Credited"}}},
	}
}

func sampleOrder() OrderView {
	return OrderView{
		Order:   OrderRow{ID: "ord_1", URL: "/billing/topup/ord_1", At: at("22 Nov 14:11"), Method: "bank transfer", Reference: "ACC-7K3M2", Amount: Amount{Text: "$25.00"}, Credits: "2,500 credits", Status: Status{Kind: "busy", Text: "Waiting for the money"}},
		Waiting: true, Bank: []Fact{{Label: "Account holder", Value: Amount{Text: "Accrue Hosting AS"}}, {Label: "IBAN", Value: Amount{Text: "NO93 8601 1117 947"}}, {Label: "BIC", Value: Amount{Text: "DNBANOKK"}}},
		Instructions: "Transfers from outside Norway may take three days.\nQuestions? billing@accrue.example",
		Cancel:       &Confirm{ID: "cancel-order", URL: "/billing/topup/ord_1/cancel", Title: "Cancel this order", Text: []string{"Do this only when you have not paid. Money that arrives for a cancelled order has to be matched by hand."}, Button: "Cancel the order", Cancel: "Keep it", Danger: true, Back: "/billing/topup/ord_1"},
	}
}

func sampleAccount() AccountView {
	revoke := func(id, name string) Confirm {
		return Confirm{ID: "revoke-" + id, URL: "/account/tokens/" + id + "/revoke", Title: "Revoke " + name, Text: []string{"Programs that use this token are refused from now on. It cannot be brought back."}, Button: "Revoke " + name, Cancel: "Keep it", Danger: true, Back: "/account"}
	}
	return AccountView{
		Name: "Northwind Labs", Email: "ida@northwind.example", Currencies: sampleCurrencies, PasswordErrors: Errors{"again": "The two are not the same"},
		Sessions: []SessionRow{
			{ID: "s1", Browser: "Firefox on Linux", Address: "192.0.2.14", Since: at("22 Nov 08:02"), Seen: "now", Current: true},
			{ID: "s2", Browser: "Safari on iPhone", Address: "198.51.100.7", Since: at("19 Nov 18:40"), Seen: "2 h ago"},
		},
		Tokens: []TokenRow{
			{ID: "t1", Name: "deploy", Hint: "acr_t0Qf…", Scope: "Read and write", Created: at("1 Oct"), Expires: "in 39 days", Used: "2 min ago", Revoke: revoke("t1", "deploy")},
			{ID: "t2", Name: "grafana", Hint: "acr_9aKc…", Scope: "Read", Created: at("3 Sep"), Expires: "never", Used: "12 s ago", Revoke: revoke("t2", "grafana")},
		},
		Scopes: []Option{{Value: "read", Text: "Read"}, {Value: "write", Text: "Read and write"}}, Expiries: []Option{{Value: "90", Text: "In 90 days"}, {Value: "365", Text: "In a year"}, {Value: "", Text: "Never"}},
		NewToken: &NewToken{Name: "deploy", Secret: "acr_t0QfW2mN8sXy41kJh7PzR5vBqLd3GtUcEaMw9aKcF6HnYoSi", Example: "curl -H \"Authorization: Bearer acr_t0Qf…\" https://panel.example/v1/instances"},
	}
}
