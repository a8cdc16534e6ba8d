package web

import (
	"fmt"
	"net/http"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// bankTransfer is the way to pay that there is.
const bankTransfer = "transfer"

func (s *server) topUpForm(w http.ResponseWriter, v *visit) error {
	return s.showTopUp(w, v, http.StatusOK, nil)
}

func (s *server) showTopUp(w http.ResponseWriter, v *visit, status int, errs Errors) error {
	m, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	c := m.Currency
	view := TopUpView{
		Methods: []PayMethod{{ID: bankTransfer, Name: "Bank transfer", Note: "Your credit is added when the money has arrived.", Selected: true}},
		Unit:    c.Code,
		Limits:  "From " + c.FormatUp(max(settings.TopUpMinimum, 1)),
		Balance: []Fact{
			{Label: "Balance now", Value: amount(c, m.Balance)},
			{Label: "One credit", Value: Amount{Text: c.Value.String() + " " + c.Code}},
		},
		Key:    newKey(),
		Errors: errs,
	}
	if settings.BankDetails == "" && strings.TrimSpace(settings.PaymentText) == "" {
		view.Disabled = "Your provider has not said yet how to pay. Please ask them for credit."
	}
	if view.Needed, err = s.needed(v, m); err != nil {
		return err
	}
	if err := s.fillPresets(v, &view, m, settings); err != nil {
		return err
	}
	if view.Orders, err = s.orderRows(v); err != nil {
		return err
	}
	p, err := s.page(w, v, "Top up")
	if err != nil {
		return err
	}
	return s.render(w, v, status, TopUpPage(p, view))
}

// needed says what a top-up has to come to, where it is needed at once.
func (s *server) needed(v *visit, m panel.Summary) (string, error) {
	if !m.Account.Taken.Suspended {
		return "", nil
	}
	instances, err := s.Panel.Instances(v.Context(), v.who, false)
	if err != nil {
		return "", err
	}
	back := 0
	for _, i := range instances {
		if i.Lifecycle == fleet.LifecycleActive && i.DesiredPower == fleet.PowerOn {
			back++
		}
	}
	what := "to lift the suspension"
	if back > 0 {
		what = "to start " + count(back, "instance") + " again"
	}
	return fmt.Sprintf("Add at least %s %s.", m.Currency.FormatUp(m.ToLift), what), nil
}

// fillPresets offers the provider's amounts, and says how long each would last.
// The amount asked for is chosen; if it is none of them, as a free one.
func (s *server) fillPresets(v *visit, view *TopUpView, m panel.Summary, settings panel.Settings) error {
	ends, err := s.Panel.LastsUntil(v.Context(), v.who, settings.TopUpPresets...)
	if err != nil {
		return err
	}
	asked := v.field("amount")
	if preset := v.field("preset"); preset != "" && preset != "other" {
		asked = preset
	}
	for n, credits := range settings.TopUpPresets {
		preset := Preset{Value: m.Currency.Amount(credits), Text: m.Currency.Format(credits), Selected: m.Currency.Amount(credits) == asked}
		if m.Burn > 0 {
			preset.Note = lasts(ends[n], m.Now)
		}
		view.Presets = append(view.Presets, preset)
		view.Other = view.Other || preset.Selected
	}
	view.Other = !view.Other && asked != "" || len(view.Presets) == 0 || v.field("preset") == "other"
	switch {
	case view.Other:
		view.Amount = asked
		for n := range view.Presets {
			view.Presets[n].Selected = false
		}
	case asked == "":
		view.Presets[min(1, len(view.Presets)-1)].Selected = true
	}
	return nil
}

// lasts says how long a balance would last.
func lasts(at, now billing.Instant) string {
	switch {
	case at == billing.Never:
		return "lasts more than ten years"
	case at <= now:
		return "not enough to reach zero"
	case at-now > 365*billing.Day:
		return "lasts until " + at.Time().Format("Jan 2006")
	}
	return "lasts until " + at.Time().Format("2 Jan")
}

// topUp orders credit by bank transfer.
func (s *server) topUp(w http.ResponseWriter, v *visit) error {
	if v.field("method") != bankTransfer {
		return s.showTopUp(w, v, http.StatusUnprocessableEntity, Errors{"method": "Choose how to pay."})
	}
	entered := v.field("preset")
	if entered == "other" || entered == "" {
		entered = v.field("amount")
	}
	order, err := s.Panel.OrderTopUp(v.Context(), v.who, strings.ReplaceAll(entered, ",", ""))
	if err == nil {
		http.Redirect(w, v.Request, orderURL(order.ID), http.StatusSeeOther)
		return nil
	}
	errs, err := fieldErrors(err)
	if err != nil {
		return err
	}
	return s.showTopUp(w, v, http.StatusUnprocessableEntity, errs)
}

func orderURL(id int64) string { return "/billing/topup/" + text(id) }
