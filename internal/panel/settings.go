package panel

import (
	"fmt"
	"net/mail"
	"net/url"

	"accrue/internal/billing"
)

// Settings are the provider's choices that can be changed while the panel runs.
type Settings struct {
	billing.Thresholds
	CreateOnNegative   bool               // may instances be created without credit?
	ReserveHours       int64              // so many hours must be covered to create one
	MinimumSeconds     int64              // the least an instance costs; 0 turns it off
	SettlementInterval SettlementInterval // how often usage is posted
	RescueImage        int64              // what instances are rescued with; 0: nothing
	ImageURLs          bool               // may images be fetched from addresses?
	SnapshotLimit      int64              // how many snapshots of an instance there may be

	Provider     string // the name customers know
	PublicURL    string // where the console is reached, for links in mails
	MailFrom     string
	PaymentText  string            // how to pay, in the provider's own words
	BankDetails  string            // where transfers go
	TopUpMinimum billing.Credits   // the smallest order
	TopUpPresets []billing.Credits // amounts that are offered
}

// SettlementInterval is how often what has accrued is posted.
type SettlementInterval string

// The intervals.
const (
	SettleHourly SettlementInterval = "hour"
	SettleDaily  SettlementInterval = "day"
)

// Seconds returns the length of the interval.
func (i SettlementInterval) Seconds() billing.Instant {
	if i == SettleDaily {
		return billing.Day
	}
	return billing.Hour
}

// DefaultSettings are those of a new installation.
func DefaultSettings() Settings {
	return Settings{
		ReserveHours:       1,
		MinimumSeconds:     3600,
		SettlementInterval: SettleHourly,
		SnapshotLimit:      10,
		Provider:           "Accrue",
		MailFrom:           "billing@localhost",
		PaymentText:        "Pay by bank transfer. Your credit is added when the money has arrived.",
		TopUpMinimum:       100 * billing.Credit,
		TopUpPresets:       []billing.Credits{1000 * billing.Credit, 2500 * billing.Credit, 5000 * billing.Credit, 10000 * billing.Credit},
	}
}

// Rules returns what billing asks for before an instance is created.
func (s Settings) Rules() billing.Rules {
	return billing.Rules{
		MinimumSeconds:   s.MinimumSeconds,
		ReserveHours:     s.ReserveHours,
		CreateOnNegative: s.CreateOnNegative,
	}
}

// maxSetting bounds the amounts among the settings.
const maxSetting = 1_000_000_000 * billing.Credit

// Validate returns an error for the first setting that cannot be.
func (s Settings) Validate() error {
	for _, amount := range []struct {
		field string
		value billing.Credits
	}{
		{"low_balance", s.Low}, {"negative_balance", s.Negative}, {"suspension_balance", s.Suspension},
		{"resume_balance", s.Resume}, {"top_up_minimum", s.TopUpMinimum},
	} {
		if amount.value > maxSetting || amount.value < -maxSetting {
			return invalid(amount.field, fmt.Sprintf("must be between -%[1]s and %[1]s credits", maxSetting.Short()))
		}
	}
	if err := s.Thresholds.Validate(); err != nil {
		return asInvalid(err)
	}
	switch {
	case s.ReserveHours < 0 || s.ReserveHours > 10_000:
		return invalid("create_reserve_hours", "must be between 0 and 10000")
	case s.MinimumSeconds < 0 || s.MinimumSeconds > 31*86400:
		return invalid("minimum_charge_seconds", "must be between 0 and 2678400")
	case s.SettlementInterval != SettleHourly && s.SettlementInterval != SettleDaily:
		return invalid("settlement_interval", "must be hour or day")
	case s.TopUpMinimum < 0:
		return invalid("top_up_minimum", "must not be negative")
	case s.SnapshotLimit < 0 || s.SnapshotLimit > 1000:
		return invalid("snapshot_limit", "must be between 0 and 1000")
	case s.RescueImage < 0:
		return invalid("rescue_image", "choose one of the images")
	}
	return s.validateProvider()
}

// validateProvider looks at what people are told of the provider.
func (s Settings) validateProvider() error {
	switch {
	case s.Provider == "" || len(s.Provider) > 80:
		return invalid("provider", "give a name of at most 80 characters")
	case !validAddress(s.PublicURL):
		return invalid("public_url", "give an address such as https://panel.example.org, or nothing")
	}
	if _, err := mail.ParseAddress(s.MailFrom); err != nil {
		return invalid("mail_from", "give an e-mail address, such as billing@example.org")
	}
	for _, preset := range s.TopUpPresets {
		if preset <= 0 || preset > maxSetting {
			return invalidf("top_up_presets", "must be above 0 and at most %s credits", maxSetting.Short())
		}
	}
	return nil
}

// validAddress says whether links can be made of a public URL; no links are made
// of none.
func validAddress(address string) bool {
	u, err := url.Parse(address)
	return address == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
