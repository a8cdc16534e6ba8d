package web

// AdminSettingsView holds the billing settings at /admin/settings. Its form
// posts there, and to /admin/settings/effect for the effect alone.
type AdminSettingsView struct {
	LowBalance       Setting  // low_balance
	NegativeBalance  Setting  // negative_balance
	Suspension       Setting  // suspension_balance
	Resume           Setting  // resume_balance
	CreateOnNegative bool     // create_on_negative_balance, "on"
	ReserveHours     Setting  // create_reserve_hours
	MinimumCharge    Setting  // minimum_charge_seconds
	SnapshotLimit    Setting  // snapshot_limit
	Settlement       []Option // settlement_interval: hour or day
	Effect           EffectView
	Errors           Errors
}

// Setting is a value as it is typed, and what it means to people: "$10.00, was
// $5.00", "1 hour".
type Setting struct {
	Value, Meaning string
}

// EffectView is what saving the settings would do, before it is done.
type EffectView struct {
	Accounts string // "318 accounts, judged now."
	Rows     []EffectRow
	Kind     string // of the remark: "", "warn" or "danger"
	Remark   string // "4 accounts get the low-balance mail at once."
	Affected []AffectedAccount
	More     string // "and 12 more"
}

// EffectRow counts the accounts to which a threshold applies, today and then.
type EffectRow struct {
	Label, Today, Then string
	Changed            bool
}

// AffectedAccount is one to which something would happen.
type AffectedAccount struct {
	Account Link
	Balance Amount
}

// AdminProviderView holds the provider's settings at /admin/settings/provider,
// where its form posts name, mail_from, public_url, payment_text, bank_holder,
// bank_iban, bank_bic, topup_minimum and topup_presets.
type AdminProviderView struct {
	Name, MailFrom, PublicURL string
	PaymentText               string
	BankHolder, IBAN, BIC     string
	Minimum, Presets          string // in credits
	MinimumMeaning            string // what they are in the default currency
	PresetsMeaning            string
	Errors                    Errors
}

func (v AdminProviderView) presetsHelp() string {
	if v.PresetsMeaning == "" {
		return "With spaces between: 1000 2500 5000"
	}
	return "With spaces between: " + v.PresetsMeaning
}

// settingsTabs are the parts of the settings, one of them open.
func settingsTabs(current string) []Tab {
	all := []Tab{{Text: "Billing", URL: "/admin/settings"}, {Text: "Provider", URL: "/admin/settings/provider"}}
	for i := range all {
		all[i].Current = all[i].URL == current
	}
	return all
}
