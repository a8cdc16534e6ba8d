package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// The lines of the bank details, as customers read and copy them.
const (
	bankHolder = "Account holder"
	bankIBAN   = "IBAN"
	bankBIC    = "BIC"
)

func (s *server) adminProvider(w http.ResponseWriter, v *visit) error {
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return err
	}
	var presets []string
	for _, preset := range settings.TopUpPresets {
		presets = append(presets, preset.Short())
	}
	bank := bankLines(settings.BankDetails)
	return s.showProvider(w, v, http.StatusOK, AdminProviderView{
		Name: settings.Provider, MailFrom: settings.MailFrom, PublicURL: settings.PublicURL, PaymentText: settings.PaymentText,
		BankHolder: bank[bankHolder], IBAN: bank[bankIBAN], BIC: bank[bankBIC],
		Minimum: settings.TopUpMinimum.Short(), Presets: strings.Join(presets, " "),
		MinimumMeaning: c.Format(settings.TopUpMinimum), PresetsMeaning: worths(c, settings.TopUpPresets),
	})
}

func (s *server) showProvider(w http.ResponseWriter, v *visit, status int, view AdminProviderView) error {
	return s.adminShow(w, v, status, "Settings", func(p Page) templ.Component { return AdminProviderPage(p, view) })
}

// bankLines reads "IBAN: NO93 8601" and the like, one a line. A line without a
// colon is taken for the account holder.
func bankLines(details string) map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(details) {
		label, value, found := strings.Cut(line, ":")
		if !found {
			label, value = bankHolder, line
		}
		lines[strings.TrimSpace(label)] = strings.TrimSpace(value)
	}
	return lines
}

// worths says what amounts of credits are in a currency: "$10.00, $25.00".
func worths(c billing.Currency, amounts []billing.Credits) string {
	var texts []string
	for _, x := range amounts {
		texts = append(texts, c.Format(x))
	}
	return strings.Join(texts, ", ")
}

func (s *server) adminSaveProvider(w http.ResponseWriter, v *visit) error {
	e := newEntered(v)
	change := e.provider()
	if e.ok() {
		err := s.Panel.ChangeSettings(v.Context(), v.who, change)
		if err := e.take(err, map[string]string{"provider": "name", "top_up_minimum": "topup_minimum", "top_up_presets": "topup_presets"}); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/settings/provider", "Provider saved.")
	}
	return s.showProvider(w, v, http.StatusUnprocessableEntity, AdminProviderView{
		Name: v.field("name"), MailFrom: v.field("mail_from"), PublicURL: v.field("public_url"), PaymentText: v.field("payment_text"),
		BankHolder: v.field("bank_holder"), IBAN: v.field("bank_iban"), BIC: v.field("bank_bic"),
		Minimum: v.field("topup_minimum"), Presets: v.field("topup_presets"), Errors: e.errors,
	})
}

// provider reads the form into a change of the settings.
func (e *entered) provider() func(*panel.Settings) {
	var bank []string
	for _, line := range [][2]string{{bankHolder, "bank_holder"}, {bankIBAN, "bank_iban"}, {bankBIC, "bank_bic"}} {
		if value := e.field(line[1]); value != "" {
			bank = append(bank, line[0]+": "+value)
		}
	}
	minimum, presets := e.credits("topup_minimum"), e.presets()
	name, from, public, payment := e.field("name"), e.field("mail_from"), e.field("public_url"), strings.ReplaceAll(e.field("payment_text"), "\r\n", "\n")
	return func(s *panel.Settings) {
		s.Provider, s.MailFrom, s.PublicURL, s.PaymentText = name, from, public, payment
		s.BankDetails = strings.Join(bank, "\n")
		s.TopUpMinimum, s.TopUpPresets = minimum, presets
	}
}

// presets reads amounts with spaces between them.
func (e *entered) presets() (presets []billing.Credits) {
	for _, word := range tags(e.field("topup_presets")) {
		preset, err := billing.ParseCredits(word)
		if err != nil {
			e.errors["topup_presets"] = sentence(err.Error())
		}
		presets = append(presets, preset)
	}
	slices.Sort(presets)
	return slices.Compact(presets)
}
