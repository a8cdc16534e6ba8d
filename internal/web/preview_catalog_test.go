package web

import "github.com/a-h/templ"

func catalogPreviews() map[string]templ.Component {
	return map[string]templ.Component{
		"admin-currencies":     AdminCurrenciesPage(adminPage("Currencies", "/admin/currencies"), sampleAdminCurrencies()),
		"admin-currency":       AdminCurrencyPage(adminPage("EUR", "/admin/currencies/EUR"), sampleCurrency()),
		"admin-locations":      AdminLocationsPage(adminPage("Locations", "/admin/locations"), sampleLocations()),
		"admin-location":       AdminLocationPage(adminPage("Amsterdam", "/admin/locations/ams"), sampleLocation()),
		"admin-hypervisors":    AdminHypervisorsPage(adminPage("Hypervisors", "/admin/hypervisors"), AdminHypervisorsView{Hypervisors: []HypervisorRow{sampleHypervisor("ams-1"), sampleHypervisor("ams-2"), unreachableHypervisor()}}),
		"admin-hypervisors-no": AdminHypervisorsPage(adminPage("Hypervisors", "/admin/hypervisors"), AdminHypervisorsView{NoLocation: true}),
		"admin-hypervisor":     AdminHypervisorPage(adminPage("ams-1", "/admin/hypervisors/hv_1"), sampleHypervisorPage()),
		"admin-hypervisor-new": AdminHypervisorFormPage(adminPage("Add hypervisor", "/admin/hypervisors/new"), sampleHypervisorForm()),
		"admin-pools":          AdminPoolsPage(adminPage("Address pools", "/admin/address-pools"), samplePools()),
		"admin-pools-none":     AdminPoolsPage(adminPage("Address pools", "/admin/address-pools"), AdminPoolsView{}),
		"admin-pool":           AdminPoolPage(adminPage("Amsterdam, IPv4", "/admin/address-pools/1"), samplePool()),
		"admin-pool-new":       AdminPoolPage(adminPage("Add address pool", "/admin/address-pools/new"), AdminPoolView{Title: "Add address pool", Quarantine: "60", Enabled: true, Locations: []Option{{Value: "ams", Text: "Amsterdam"}}, Errors: Errors{"prefix": "Give a network such as 203.0.113.0/24."}}),
		"admin-history":        AdminHistoryPage(adminPage("Who had an address", "/admin/address-pools/history"), AdminHistoryView{Address: "203.0.113.17", At: "2026-11-03T14:00", Asked: true, Uses: []AddressUseRow{{Account: Link{"Northwind Labs", "/admin/accounts/1"}, Instance: "web-1", From: at("1 Nov 10:04"), To: Instant{Text: "now"}}}}),
		"admin-plan-groups":    AdminPlanGroupsPage(adminPage("Plan groups", "/admin/plan-groups"), AdminPlanGroupsView{Groups: []PlanGroupRow{{ID: "general", Name: "General", URL: "/admin/plan-groups/general", Description: "For most things", Position: "1", Plans: "6", Visible: true}, {ID: "gpu", Name: "GPU", URL: "/admin/plan-groups/gpu", Description: "With a graphics card", Position: "2", Plans: "2"}}}),
		"admin-plan-group":     AdminPlanGroupPage(adminPage("General", "/admin/plan-groups/general"), AdminPlanGroupView{ID: "general", Title: "General", Form: PlanGroupForm{Name: "General", Description: "For most things", Position: "1", Visible: true}, Used: "It cannot be removed: 6 plans belong to it."}),
		"admin-plans":          AdminPlansPage(adminPage("Plans", "/admin/plans"), samplePlanList()),
		"admin-plan":           AdminPlanPage(adminPage("General 2", "/admin/plans/p2"), samplePlan()),
		"admin-plan-new":       AdminPlanPage(adminPage("Add plan", "/admin/plans/new"), AdminPlanView{Title: "Add plan", Groups: []Option{{Value: "general", Text: "General"}}, Stopped: "100", Locations: []Option{{Value: "ams", Text: "Amsterdam", Selected: true}}, Visible: true, Errors: Errors{"hourly": "A plan needs an hourly or a monthly price"}}),
	}
}

func sampleAdminCurrencies() AdminCurrenciesView {
	return AdminCurrenciesView{
		Sample: "General 2",
		Currencies: []CurrencyRow{
			{Code: "USD", URL: "/admin/currencies/USD", Default: true, Value: "$0.01", Decimals: "2", Since: "1 Jan 2026", Hourly: "$0.012", Monthly: "$8.00", Accounts: "201"},
			{Code: "EUR", URL: "/admin/currencies/EUR", Value: "0.0092 €", Decimals: "2", Since: "1 Oct 2026", Hourly: "0.01104 €", Monthly: "7.36 €", Accounts: "96"},
			{Code: "NOK", URL: "/admin/currencies/NOK", Value: "kr 0.102", Decimals: "2", Since: "1 Nov 2026", Hourly: "kr 0.1224", Monthly: "kr 81.60", Accounts: "21"},
		},
		Form: CurrencyForm{Code: "SGD", Value: "0", Prefix: "S$", Decimals: "2", Errors: Errors{"value": "Must be greater than 0"}},
	}
}

func sampleCurrency() AdminCurrencyView {
	return AdminCurrencyView{
		Code: "EUR", Form: CurrencyForm{Value: "0.0092", Suffix: " €", Decimals: "2"}, Used: "It cannot be removed: 96 accounts use it.",
		History: []CurrencyValue{{Value: "0.0092 €", Since: at("1 Oct 2026"), By: "Ida Berg", Now: true}, {Value: "0.0094 €", Since: at("1 Jan 2026"), By: "Ida Berg"}},
		Preview: []PricePreview{{"General 1", "0.00552 €", "3.68 €"}, {"General 2", "0.01104 €", "7.36 €"}, {"Compute 4", "0.06624 €", "44.16 €"}},
	}
}

func sampleLocations() AdminLocationsView {
	rows := []LocationRow{}
	for _, c := range sampleOverview().Capacity {
		rows = append(rows, LocationRow{ID: c.Place.Country, URL: c.URL, Place: c.Place, City: c.Place.Name + ", west", Hypervisors: c.Hypervisors, Instances: c.Instances, Plans: "14", CPU: c.CPU, Memory: c.Memory, Full: c.Memory.Percent > 80})
	}
	return AdminLocationsView{Locations: rows}
}

func sampleLocation() AdminLocationView {
	return AdminLocationView{
		ID: "ams", Title: "Amsterdam", Name: "Amsterdam", City: "Amsterdam", Country: "NL", Visible: true, Used: "It cannot be removed: 588 instances are there.",
		Hypervisors: []OrderedHypervisor{{ID: "hv_1", Name: "ams-1", URL: "/admin/hypervisors/hv_1", Status: Status{Kind: "running", Text: "Online"}, Order: "1"}, {ID: "hv_2", Name: "ams-2", URL: "/admin/hypervisors/hv_2", Status: Status{Kind: "running", Text: "Online"}, Order: "2", Next: true}},
	}
}

func samplePools() AdminPoolsView {
	return AdminPoolsView{Pools: []PoolRow{
		{ID: "1", Name: "Amsterdam, IPv4", URL: "/admin/address-pools/1", Prefix: "203.0.113.0/24", Gives: "One address", Routed: "Amsterdam", Fill: Load{Text: "231 of 253", Percent: 91, Kind: "warn"}},
		{ID: "2", Name: "Everywhere, IPv6", URL: "/admin/address-pools/2", Prefix: "2001:db8::/32", Gives: "A /64", Routed: "Amsterdam, Oslo, Singapore", Fill: Load{Text: "1,204 of 4,294,967,295"}},
		{ID: "3", Name: "Old", URL: "/admin/address-pools/3", Prefix: "198.51.100.0/24", Gives: "One address", Routed: "Nowhere", Disabled: true},
	}}
}

func samplePool() AdminPoolView {
	return AdminPoolView{
		ID: "1", Title: "Amsterdam, IPv4", Name: "Amsterdam, IPv4", Prefix: "203.0.113.0/24", Gateway: "203.0.113.1", First: "203.0.113.1", Last: "203.0.113.254", DNS: "9.9.9.9", Quarantine: "60", Enabled: true,
		Bits: []Option{{Value: "32", Text: "One IPv4 address", Selected: true}}, Locations: []Option{{Value: "1", Text: "Amsterdam", Selected: true}, {Value: "2", Text: "Oslo"}}, Hypervisors: []Option{{Value: "9", Text: "osl-1"}},
		Stats: []Stat{{Label: "Free", Value: Amount{Text: "23"}, Note: "of 254"}, {Label: "Assigned", Value: Amount{Text: "224"}}, {Label: "Quarantined", Value: Amount{Text: "3"}}, {Label: "Reserved", Value: Amount{Text: "2"}}, {Label: "Blocked", Value: Amount{Text: "2"}}},
		Addresses: []AddressRow{
			{Address: "203.0.113.1", Note: "the gateway", Status: Status{Kind: "stopped", Text: "Reserved"}, History: "/admin/address-pools/history?address=203.0.113.1"},
			{Address: "203.0.113.17", Status: Status{Kind: "running", Text: "Assigned"}, History: "/admin/address-pools/history?address=203.0.113.17"},
			{Address: "203.0.113.18", Note: "Free again on Wed 25 Nov, 16:04 UTC", Status: Status{Kind: "busy", Text: "Quarantined"}, History: "/admin/address-pools/history?address=203.0.113.18"},
			{Address: "203.0.113.19", Note: "on a list of spammers", Status: Status{Kind: "suspended", Text: "Blocked"}, History: "/admin/address-pools/history?address=203.0.113.19", Free: true},
		},
		Block:  BlockForm{States: []Option{{Value: "reserved", Text: "For ourselves"}, {Value: "blocked", Text: "For nobody"}}},
		Remove: &Confirm{ID: "remove-pool", URL: "/admin/address-pools/1/remove", Title: "Remove it", Button: "Remove", Danger: true, Back: "/admin/address-pools/1"},
	}
}

func sampleHypervisor(name string) HypervisorRow {
	return HypervisorRow{ID: "hv_1", Name: name, URL: "/admin/hypervisors/hv_1", Place: amsterdam, Driver: "simulated", Status: Status{Kind: "running", Text: "Online"}, Instances: "84", Seen: "3 s ago", CPU: Load{Text: "184 of 256", Percent: 72}, Memory: Load{Text: "448 of 512 GiB", Percent: 87, Kind: "warn"}, Disk: Load{Text: "8.3 of 13.7 TiB", Percent: 61}}
}

func unreachableHypervisor() HypervisorRow {
	h := sampleHypervisor("osl-2")
	h.Place, h.Status, h.Seen = oslo, Status{Kind: "warn", Text: "Unreachable"}, "2 h ago"
	h.Memory = Load{Text: "512 of 512 GiB", Percent: 100, Kind: "danger"}
	return h
}

func sampleHypervisorPage() AdminHypervisorView {
	return AdminHypervisorView{
		Hypervisor: sampleHypervisor("ams-1"), Enabled: true, Trouble: "It answers slowly: 4 s for the last inventory. Instances keep running.",
		Facts:     []Fact{{Label: "Processors", Value: Amount{Text: "64 threads, ratio 4"}}, {Label: "Memory", Value: Amount{Text: "512 GiB"}}, {Label: "Disk", Value: Amount{Text: "13.7 TiB"}}, {Label: "Tags", Value: Amount{Text: "nvme"}}},
		Room:      []Fact{{Label: "General 1", Value: Amount{Text: "64"}}, {Label: "General 5", Value: Amount{Text: "4"}}, {Label: "Compute 4", Value: Amount{Text: "0"}}},
		Instances: []AdminInstanceRow{{Name: "web-1", URL: "/instances/ins_web1", Account: Link{"Northwind Labs", "/admin/accounts/acc_1"}, Plan: "General 3", Place: amsterdam, Status: running, Rate: "$0.024/h", Month: Amount{Text: "$12.44"}}},
		Faults: []Fault{
			{"unreachable", "Unreachable", "Nothing is answered", false}, {"hang", "Hang", "Calls do not return until they time out", true},
			{"error", "Error", "Every change fails with a message", false}, {"lose_reply", "Lose the reply", "The change is made, and the answer is lost", false},
		},
	}
}

func sampleHypervisorForm() AdminHypervisorFormView {
	return AdminHypervisorFormView{
		Title: "Add hypervisor", Name: "ams-8", Locations: []Option{{Value: "ams", Text: "Amsterdam"}}, Drivers: []Option{{Value: "libvirt", Text: "libvirt"}, {Value: "sim", Text: "Simulated"}},
		VCPUs: "64", Memory: "524288", Disk: "14000", CPURatio: "4", Enabled: true, Errors: Errors{"endpoint": "No answer from this address within 5 s"},
	}
}

func samplePlanList() AdminPlansView {
	plan := func(name, hourly, monthly, mode string) PlanRow {
		return PlanRow{ID: name, Name: name, URL: "/admin/plans/p2", Specs: "1 vCPU, 2 GiB, 40 GiB", Hourly: Amount{Text: hourly}, Monthly: Amount{Text: monthly}, Mode: mode, Stopped: "100 %", Locations: "Everywhere", Instances: "38"}
	}
	hiddenPlan := plan("General 0", "$0.004", "—", "Hourly")
	hiddenPlan.Hidden, hiddenPlan.Locations = true, "Amsterdam"
	return AdminPlansView{Groups: []PlanGroupPlans{
		{ID: "general", Name: "General", Plans: []PlanRow{hiddenPlan, plan("General 1", "$0.006", "$4.00", "Hourly with cap"), plan("General 2", "$0.012", "$8.00", "Hourly with cap")}},
		{ID: "storage", Name: "Storage", Plans: []PlanRow{plan("Storage 1", "—", "$30.00", "Monthly")}},
		{ID: "gpu", Name: "GPU"},
	}}
}

func samplePlan() AdminPlanView {
	return AdminPlanView{
		ID: "p2", Title: "General 2", Name: "General 2", Groups: []Option{{Value: "general", Text: "General", Selected: true}}, VCPUs: "1", Memory: "2048", Disk: "40", GPUs: "0", Stopped: "100",
		Locations: []Option{{Value: "ams", Text: "Amsterdam", Selected: true}, {Value: "osl", Text: "Oslo", Selected: true}, {Value: "sin", Text: "Singapore"}}, Visible: true,
		Hourly: "1.2", Monthly: "800", Running: "38 instances are on this plan.", Used: "It cannot be removed: 38 instances are on it. Hide it instead.",
		Versions: []PriceVersion{{Number: "2", Hourly: "1.2 credits", Monthly: "800 credits", Mode: "Hourly with cap", Since: at("1 Oct 2026"), By: "Ida Berg", Instances: "31", Now: true}, {Number: "1", Hourly: "1.1 credits", Monthly: "—", Mode: "Hourly", Since: at("1 Jan 2026"), By: "Ida Berg", Instances: "7"}},
		Preview:  []PricePreview{{"USD", "$0.012", "$8.00"}, {"EUR", "0.01104 €", "7.36 €"}, {"NOK", "kr 0.1224", "kr 81.60"}},
		Fits:     []Fact{{Label: "Amsterdam", Value: Amount{Text: "214"}}, {Label: "Oslo", Value: Amount{Text: "302"}}},
	}
}
