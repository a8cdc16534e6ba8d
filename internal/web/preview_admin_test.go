package web

import (
	"github.com/a-h/templ"

	"accrue/internal/panel"
)

func adminPreviews() map[string]templ.Component {
	fresh := AdminOverviewView{
		Now: "22 Nov 2026, 14:20 UTC", Simulated: true, Stats: sampleOverview().Stats, Revenue: thirtyDays(make([]float64, 30), 1, []string{"$1.00", "$0.50", "$0"}, 8), Health: sampleOverview().Health, Accounts: sampleOverview().Accounts,
		FirstSteps: []Step{{Text: "Add a location", Done: true}, {Text: "Add a hypervisor"}, {Text: "Add a plan group"}, {Text: "Add a plan with a price"}, {Text: "Add an account"}},
		StepLinks:  []Link{{}, {"", "/admin/hypervisors/new"}, {"", "/admin/plan-groups"}, {"", "/admin/plans/new"}, {"", "/admin/accounts/new"}},
	}
	return map[string]templ.Component{
		"admin":             AdminOverviewPage(adminPage("Overview", "/admin"), sampleOverview()),
		"admin-fresh":       AdminOverviewPage(adminPage("Overview", "/admin"), fresh),
		"admin-images":      AdminImagesPage(adminPage("Images", "/admin/images"), AdminImagesView{Images: []ImageRow{imageRow(sampleImage())}}),
		"admin-no-images":   AdminImagesPage(adminPage("Images", "/admin/images"), AdminImagesView{}),
		"admin-image":       AdminImagePage(adminPage("Debian 13", "/admin/images/1"), sampleImageView()),
		"admin-image-draft": AdminImagePage(adminPage("Debian 14", "/admin/images/2"), AdminImageView{Row: imageRow(panel.Image{Family: "Debian", Version: "14"}), Wants: true, Addresses: true, Failure: "The file has another image behind it."}),
		"admin-image-form":  AdminImageFormPage(adminPage("Add image", "/admin/images/new"), AdminImageFormView{Title: "Add image", MaySimulate: true, Errors: Errors{"version": "There is an image Debian 13 already."}}),
		"admin-findings":    AdminFindingsPage(adminPage("Findings", "/admin/findings"), sampleFindings()),
		"admin-no-findings": AdminFindingsPage(adminPage("Findings", "/admin/findings"), AdminFindingsView{}),
		"admin-graphs":      HypervisorGraphsPage(adminPage("Graphs of ams-1", "/admin/hypervisors/hyp_1/graphs"), Link{"ams-1", "/admin/hypervisors/hyp_1"}, sampleGraphs()),
		"admin-settings":    AdminSettingsPage(adminPage("Settings", "/admin/settings"), sampleSettings()),
		"admin-provider":    AdminProviderPage(adminPage("Settings", "/admin/settings/provider"), sampleProvider()),
		"admin-accounts":    AdminAccountsPage(adminPage("Accounts", "/admin/accounts"), sampleAccounts()),
		"admin-account":     AdminAccountPage(adminPage("Northwind Labs", "/admin/accounts/acc_1"), sampleAdminAccount()),
		"admin-account-new": AdminNewAccountPage(adminPage("Add account", "/admin/accounts/new"), AdminNewAccountView{Currencies: sampleCurrencies, Roles: []Option{{Value: "customer", Text: "Customer"}, {Value: "admin", Text: "Administrator"}}, Credit: "0", Errors: Errors{"email": "There is an account with this address"}}),
		"admin-orders":      AdminOrdersPage(adminPage("Top-up orders", "/admin/orders"), sampleOrders()),
		"admin-usage":       AdminUsagePage(adminPage("Usage", "/admin/usage"), sampleAdminUsage()),
		"admin-ledger":      AdminLedgerPage(adminPage("Ledger", "/admin/ledger"), sampleAdminLedger()),
		"admin-mail":        AdminMailPage(adminPage("Mail", "/admin/mail"), sampleMail()),
		"admin-mail-one":    AdminMailMessagePage(adminPage("Mail", "/admin/mail/m1"), sampleMessage()),
		"admin-tasks":       AdminTasksPage(adminPage("Tasks", "/admin/tasks"), sampleTasks()),
		"admin-audit":       AdminAuditPage(adminPage("Audit", "/admin/audit"), sampleAudit()),
	}
}

func adminPage(title, path string) Page {
	p := samplePage(title, path)
	p.Admin = true
	p.Counts = map[string]string{"/admin/accounts": "318", "/admin/hypervisors": "14", "/admin/locations": "3", "/admin/orders": "2", "/admin/tasks": "2"}
	return p
}

func sampleOverview() AdminOverviewView {
	days := []float64{}
	for _, v := range sampleDays {
		days = append(days, 380+v*15)
	}
	return AdminOverviewView{
		Now: "22 Nov 2026, 14:20 UTC",
		Stats: []Stat{
			{Label: "Run rate", Value: Amount{Text: "$18.64 / h"}, Note: "about $11,940 a month"}, {Label: "Today", Value: Amount{Text: "$266.68"}, Note: "since 00:00 UTC"},
			{Label: "November", Value: Amount{Text: "$9,294.09"}, Note: "6.2 % more than by 22 Oct"}, {Label: "Instances billed", Value: Amount{Text: "1,018"}, Note: "of 1,042; 11 suspended"},
			{Label: "New accounts", Value: Amount{Text: "9"}, Note: "in 7 days; 318 in all"},
		},
		Revenue: thirtyDays(days, 500, []string{"$500", "$250", "$0"}, 8),
		Health: []Check{
			{OK: true, Label: "Worker", Value: "2 s ago"}, {OK: true, Label: "Oldest task", Value: "3 s"}, {OK: true, Label: "Settlement", Value: "14:00, 0 behind"},
			{OK: true, Label: "Ledger sum", Value: "0.000000"}, {OK: true, Label: "Mail waiting", Value: "2", URL: "/admin/mail"},
			{Label: "Hypervisors", Note: "osl-2 unreachable since 12:10", Value: "13 of 14 online", URL: "/admin/hypervisors"},
		},
		Accounts: []Fact{{Label: "Low balance", Value: Amount{Text: "14"}}, {Label: "Negative", Value: Amount{Text: "5"}}, {Label: "Suspended", Value: Amount{Text: "2"}, Note: "11 instances"}},
		Capacity: []CapacityRow{
			{Place: amsterdam, URL: "/admin/locations/ams", Hypervisors: "7", Instances: "588", CPU: Load{Text: "1,284 of 1,792", Percent: 72}, Memory: Load{Text: "3,104 of 3,584 GiB", Percent: 87, Kind: "warn"}, Disk: Load{Text: "58.4 of 96 TiB", Percent: 61}, RunRate: Amount{Text: "$10.52 / h"}},
			{Place: oslo, URL: "/admin/locations/osl", Hypervisors: "4", Instances: "287", CPU: Load{Text: "702 of 1,024", Percent: 69}, Memory: Load{Text: "1,406 of 2,048 GiB", Percent: 69}, Disk: Load{Text: "21.9 of 48 TiB", Percent: 46}, RunRate: Amount{Text: "$5.31 / h"}},
			{Place: singapore, URL: "/admin/locations/sin", Hypervisors: "3", Instances: "167", CPU: Load{Text: "318 of 768", Percent: 41}, Memory: Load{Text: "655 of 1,536 GiB", Percent: 43}, Disk: Load{Text: "12.2 of 36 TiB", Percent: 34}, RunRate: Amount{Text: "$2.81 / h"}},
		},
		Forecast: "Amsterdam: at this month’s pace memory is full about 9 Jan. Room for 30 more General 5.",
		Events:   []Event{{Text: "Kepler Studio suspended", Note: "Balance below −$5.00", At: at("22 Nov 13:02"), URL: "/admin/accounts/acc_2"}, {Text: "osl-2 became unreachable", Note: "12 instances keep their state", At: at("22 Nov 12:10")}},
	}
}

func sampleSettings() AdminSettingsView {
	return AdminSettingsView{
		LowBalance: Setting{"1000", "$10.00, was $5.00"}, NegativeBalance: Setting{"0", "$0.00"}, Suspension: Setting{"-500", "−$5.00"}, Resume: Setting{"0", "$0.00"},
		ReserveHours: Setting{"1", ""}, MinimumCharge: Setting{"-1", "1 hour"}, Errors: Errors{"minimum_charge_seconds": "0 or more"},
		Settlement: []Option{{Value: "hour", Text: "Every hour", Selected: true}, {Value: "day", Text: "Every day"}},
		Effect: EffectView{
			Accounts: "318 accounts, judged now.",
			Rows:     []EffectRow{{"Low balance", "14", "18", true}, {"Negative", "5", "5", false}, {"Suspended", "2", "2", false}, {"Cannot create", "5", "5", false}},
			Kind:     "warn", Remark: "4 accounts get the low-balance mail at once. No instance is suspended or started.",
			Affected: []AffectedAccount{{Link{"Fjord Analytics", "/admin/accounts/acc_3"}, Amount{Text: "$9.12"}}, {Link{"Kepler Studio", "/admin/accounts/acc_2"}, Amount{Text: "$8.40"}}}, More: "and 2 more",
		},
	}
}

func sampleProvider() AdminProviderView {
	return AdminProviderView{
		Name: "Fjordhost", MailFrom: "billing@fjordhost.example", PublicURL: "https://panel.fjordhost.example", BankHolder: "Fjordhost AS", IBAN: "NO93 8601 1117 947", BIC: "DNBANOKK",
		PaymentText: "Transfers from outside Norway may take three days.\nQuestions? billing@fjordhost.example", Minimum: "500", Presets: "1000 2500 5000", MinimumMeaning: "$5.00", PresetsMeaning: "$10.00, $25.00, $50.00",
	}
}

func sampleAccounts() AdminAccountsView {
	return AdminAccountsView{
		Count: "318 accounts", States: []Option{{Text: "Any state", Selected: true}, {Value: "low", Text: "Low balance"}, {Value: "suspended", Text: "Suspended"}}, Pager: Pager{Older: "/admin/accounts?after=acc_4"},
		Accounts: []AccountRow{
			{ID: "acc_1", Name: "Northwind Labs", URL: "/admin/accounts/acc_1", Email: "ida@northwind.example", Balance: inCredits("$48.37", "4,837.270000"), Burn: "$0.0828/h", Zero: "10 Dec", Instances: "5", Status: Status{Kind: "running", Text: "Good"}},
			{ID: "acc_2", Name: "Kepler Studio", URL: "/admin/accounts/acc_2", Email: "johanna@kepler.example", Balance: inCredits("−$5.00", "−500.003632"), Negative: true, Burn: "$0.00/h", Zero: "12 Nov", Instances: "3", Status: Status{"suspended", "Suspended", "by balance"}},
			{ID: "acc_3", Name: "Fjord Analytics", URL: "/admin/accounts/acc_3", Email: "ops@fjord.example", Balance: inCredits("$9.12", "912.000000"), Burn: "$0.412/h", Zero: "23 Nov", Instances: "12", Status: Status{Kind: "warn", Text: "Low"}},
			{ID: "acc_4", Name: "Ida Berg", URL: "/admin/accounts/acc_4", Email: "ida@fjordhost.example", Balance: inCredits("$0.00", "0.000000"), Burn: "$0.00/h", Zero: "—", Instances: "0", Status: Status{Text: "Idle"}, Admin: true},
		},
	}
}

func sampleAdminAccount() AdminAccountView {
	rows := []AdminInstanceRow{}
	for _, i := range sampleInstances().Rows {
		rows = append(rows, AdminInstanceRow{Name: i.Name, URL: i.URL, Plan: i.Plan, Place: i.Place, Status: i.Status, Rate: i.Rate, Month: i.Month})
	}
	return AdminAccountView{
		ID: "acc_1", Name: "Northwind Labs", URL: "/admin/accounts/acc_1", Email: "ida@northwind.example", Status: Status{Kind: "running", Text: "Good"}, Since: "customer since 3 Sep 2026",
		Stats:     []Stat{{Label: "Balance", Value: inCredits("$48.37", "4,837.270000"), Note: "in 18 days at zero"}, {Label: "This month", Value: Amount{Text: "$78.77"}, Note: "$7.63 more than by 22 Oct"}, {Label: "Burn", Value: Amount{Text: "$0.0828 / h"}, Note: "$1.99 a day"}, {Label: "Reaches zero", Value: Amount{Text: "Thu 10 Dec"}, Note: "suspended Sat 12 Dec"}},
		Facts:     []Fact{{Label: "Currency", Value: Amount{Text: "USD"}}, {Label: "Paid in, all time", Value: Amount{Text: "$350.00"}}, {Label: "API tokens", Value: Amount{Text: "2"}}, {Label: "Last seen", Value: Amount{Text: "2 min ago"}}},
		Instances: rows, Entries: sampleLedger().Entries[:3], LedgerURL: "/admin/ledger?account=acc_1", UsageURL: "/admin/usage?account=acc_1",
		Adjust: AdjustForm{
			URL: "/admin/accounts/acc_1/adjust", Amount: "-5500", Key: "k", Errors: Errors{"reason": "A reason is needed: the customer reads it"},
			Preview: AdjustPreview{Before: inCredits("$48.37", "4,837.270000"), After: inCredits("−$6.63", "−662.730000"), Kind: "danger", Remark: "Crosses −$5.00: 5 instances will be suspended at once."},
		},
		Hold: HoldForm{Effect: "Suspending powers off 5 instances. Nothing is charged while they are held, and a top-up does not lift it.", Suspend: &Confirm{
			ID: "suspend-account", URL: "/admin/accounts/acc_1/suspend", Title: "Suspend Northwind Labs", Button: "Suspend", Danger: true, Back: "/admin/accounts/acc_1",
			Text: []string{"5 instances are powered off. Disks are kept, and nothing is charged."}, Fields: []Field{{Name: "reason", ID: "suspend-reason", Label: "Reason", Help: "The customer reads it", Required: true}},
		}},
		Sessions: sampleAccount().Sessions[1:],
	}
}

func sampleOrders() AdminOrdersView {
	waiting := sampleOrder().Order
	waiting.Account, waiting.URL = Link{"Northwind Labs", "/admin/accounts/acc_1"}, ""
	waiting.Confirm = &Confirm{ID: "confirm-ord_1", URL: "/admin/orders/ord_1/confirm", Title: "Confirm ACC-7K3M2", Text: []string{"$25.00 has arrived for Northwind Labs. 2,500 credits are posted at once."}, Button: "Post 2,500 credits", Back: "/admin/orders"}
	waiting.Reject = &Confirm{ID: "reject-ord_1", URL: "/admin/orders/ord_1/reject", Title: "Reject ACC-7K3M2", Button: "Reject", Danger: true, Back: "/admin/orders", Fields: []Field{{Name: "reason", ID: "reject-reason-ord_1", Label: "Reason", Help: "The customer reads it", Required: true}}}
	done := sampleTopUp().Orders[1]
	done.Account, done.URL = Link{"Northwind Labs", "/admin/accounts/acc_1"}, ""
	return AdminOrdersView{Tabs: []Tab{{"Waiting", "/admin/orders", "1", true}, {"All", "/admin/orders?state=all", "", false}}, Orders: []OrderRow{waiting, done}}
}

func sampleAdminUsage() AdminUsageView {
	u := sampleUsage()
	return AdminUsageView{
		Months: u.Months, Currencies: u.Currencies, Exports: u.Exports, Month: u.Month, InProgress: true, Matches: true, Posted: "$9,291.40 posted until 14:00", Days: u.Days, Parts: u.Parts,
		Total: Stat{Label: "November so far", Value: Amount{Text: "$9,294.09"}, Note: "About $11,940 by the end of the month"}, Count: "212 accounts",
		Rows: []AccountUsageRow{
			{Account: Link{"Fjord Analytics", "/admin/accounts/acc_3"}, Email: "ops@fjord.example", Instances: "12", Hours: "6,220.00", Amount: Amount{Text: "$812.40"}, Share: Meter{Percent: 8.7, Text: "9 % of the total"}},
			{Account: Link{"Northwind Labs", "/admin/accounts/acc_1"}, Email: "ida@northwind.example", Instances: "6", Hours: "2,125.90", Amount: Amount{Text: "$78.77"}, Share: Meter{Percent: 0.8, Text: "1 % of the total"}},
		},
	}
}

func sampleAdminLedger() AdminLedgerView {
	entries := sampleLedger().Entries
	for i := range entries {
		entries[i].Account = Link{"Northwind Labs", "/admin/accounts/acc_1"}
	}
	return AdminLedgerView{Kinds: sampleLedger().Kinds, Entries: entries, Pager: Pager{Newer: "/admin/ledger", Older: "/admin/ledger?before=5"}, Exports: sampleLedger().Exports, Sum: "0.000000", Proven: true, Checked: "checked at 14:00, 48,211 transactions"}
}

func sampleMail() AdminMailView {
	return AdminMailView{
		Tabs: []Tab{{"Waiting", "/admin/mail", "2", true}, {"Sent", "/admin/mail?state=sent", "", false}, {"Failed", "/admin/mail?state=failed", "1", false}},
		Mails: []MailRow{
			{ID: "m1", URL: "/admin/mail/m1", To: "johanna@kepler.example", Subject: "3 instances are suspended", At: at("22 Nov 13:02"), Status: Status{Kind: "busy", Text: "Waiting"}, Attempts: "2", Error: "dial tcp 192.0.2.25:587: connection refused"},
			{ID: "m2", URL: "/admin/mail/m2", To: "ops@fjord.example", Subject: "Your balance is low: $9.12", At: at("22 Nov 12:43"), Status: Status{Kind: "running", Text: "Sent"}, Attempts: "1"},
		},
	}
}

func sampleMessage() AdminMailMessageView {
	return AdminMailMessageView{
		Mail: sampleMail().Mails[0], Retry: true, HTMLURL: "/static/favicon.svg",
		Facts: []Fact{{Label: "From", Value: Amount{Text: "billing@fjordhost.example"}}, {Label: "To", Value: Amount{Text: "johanna@kepler.example"}}, {Label: "Attempts", Value: Amount{Text: "2"}, Note: "next in 40 s"}},
		Text:  "Hello Johanna,\n\n3 instances are suspended because your balance fell below −$5.00.\n\nAdd at least $5.01 to start them again:\nhttps://panel.fjordhost.example/billing/topup",
	}
}

func sampleTasks() AdminTasksView {
	return AdminTasksView{
		Stats: []Stat{{Label: "Oldest waiting", Value: Amount{Text: "3 s"}}, {Label: "Running", Value: Amount{Text: "2"}}, {Label: "Failed", Value: Amount{Text: "1"}, Tone: "danger"}, {Label: "Done today", Value: Amount{Text: "214"}}},
		Tabs:  []Tab{{"Open", "/admin/tasks", "3", true}, {"Failed", "/admin/tasks?state=failed", "1", false}, {"Done", "/admin/tasks?state=done", "", false}},
		Tasks: []TaskRow{
			{ID: "tsk_81", Kind: "Rebuild instance", Subject: Link{"test-3", "/instances/ins_test3"}, Account: Link{"Northwind Labs", "/admin/accounts/acc_1"}, Status: Status{Kind: "busy", Text: "Running"}, Attempts: "1", Due: "now", Age: "18 s"},
			{ID: "tsk_80", Kind: "Power off instance", Subject: Link{"studio-2", "/instances/ins_s2"}, Account: Link{"Kepler Studio", "/admin/accounts/acc_2"}, Status: Status{Kind: "suspended", Text: "Failed"}, Attempts: "8", Due: "—", Age: "1 h 18 min", Error: "osl-2 does not answer: context deadline exceeded", Retry: true},
		},
	}
}

func sampleAudit() AdminAuditView {
	return AdminAuditView{
		Actions: []Option{{Text: "Any action", Selected: true}, {Value: "settings", Text: "Settings"}},
		Entries: []AuditRow{
			{ID: "a1", At: at("22 Nov 14:02"), Actor: "Ida Berg", Action: "Settings changed", Subject: Link{"Thresholds", "/admin/settings"}, Changes: []Change{{"low_balance", "500", "1000"}}, Address: "192.0.2.14", Request: "req_01JD8K"},
			{ID: "a2", At: at("21 Nov 09:12"), Actor: "Ida Berg", Action: "Credit adjusted", Subject: Link{"Northwind Labs", "/admin/accounts/acc_1"}, Changes: []Change{{"amount", "", "200"}, {"reason", "", "Sorry for the outage on 20 Nov"}}, Address: "192.0.2.14", Request: "req_01JD2A"},
		},
	}
}

func sampleFindings() AdminFindingsView {
	hosts := map[int64]Link{1: {"ams-1", "/admin/hypervisors/1"}}
	lost := findingRow(panel.Finding{ID: 1, Kind: panel.AlarmLost, HypervisorID: 1, Detail: "web-1 is gone from the hypervisor", FoundAt: 1}, hosts)
	orphan := findingRow(panel.Finding{ID: 2, Kind: panel.FindOrphan, HypervisorID: 1, Detail: "old, 1 vCPU, 1024 MiB, on", FoundAt: 1}, hosts)
	known := findingRow(panel.Finding{ID: 3, Kind: panel.FindMisplaced, HypervisorID: 1, Detail: "x, 1 vCPU, 1024 MiB, on", FoundAt: 1, ResolvedAt: 2, ResolvedBy: "user:1", Note: "mine"}, hosts)
	return AdminFindingsView{Alarms: []FindingRow{lost}, Found: []FindingRow{orphan, known}, Resolves: []Confirm{*lost.Resolve, *orphan.Resolve}}
}

func sampleImage() panel.Image {
	return panel.Image{
		ID: 1, Family: "Debian", Version: "13", Arch: "x86_64", Description: "Generic cloud image", State: panel.ImageReady, Bytes: 331 << 20, VirtualGiB: 3, MinMemoryMiB: 512,
		Digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	}
}

func sampleImageView() AdminImageView {
	i := sampleImage()
	retire := retireImage(i)
	view := AdminImageView{Row: imageRow(i), Facts: imageFacts(i), Digest: i.Digest, Editable: true, Busy: true, Retire: &retire}
	for n, has := range []panel.ImageReplica{{State: panel.ReplicaReady, VerifiedAt: 1}, {State: panel.ReplicaCopying, Bytes: 100 << 20}, {State: panel.ReplicaFailed, Error: "no space left"}, {}} {
		var h panel.Hypervisor
		h.ID, h.Name = int64(n), "ams-"+text(int64(n))
		view.Replicas = append(view.Replicas, replicaRow(i, h, has, ""))
	}
	return view
}
