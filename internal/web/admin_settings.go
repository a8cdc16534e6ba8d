package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (s *server) adminSettings(w http.ResponseWriter, v *visit) error {
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	effect, err := s.Panel.PreviewSettings(v.Context(), v.who, func(*panel.Settings) {})
	if err != nil {
		return err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return err
	}
	view := settingsView(settings, settings, c)
	view.Effect = effectView(effect, c)
	return s.showSettings(w, v, http.StatusOK, view)
}

func (s *server) showSettings(w http.ResponseWriter, v *visit, status int, view AdminSettingsView) error {
	return s.adminShow(w, v, status, "Settings", func(p Page) templ.Component {
		p.Path = "/admin/settings"
		return AdminSettingsPage(p, view)
	})
}

// adminEffect says what the settings of a form would do. htmx asks for the card
// alone; without JavaScript it is the form again, with the card beside it.
func (s *server) adminEffect(w http.ResponseWriter, v *visit) error {
	view, _, err := s.enteredSettings(v)
	if err != nil {
		return err
	}
	if v.partial() {
		return s.render(w, v, http.StatusOK, SettingsEffect(view))
	}
	status := http.StatusOK
	if len(view.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.showSettings(w, v, status, view)
}

func (s *server) adminSaveSettings(w http.ResponseWriter, v *visit) error {
	view, changed, err := s.enteredSettings(v)
	if err != nil {
		return err
	}
	if len(view.Errors) > 0 {
		return s.showSettings(w, v, http.StatusUnprocessableEntity, view)
	}
	if err := s.Panel.ChangeSettings(v.Context(), v.who, changed); err != nil {
		return err
	}
	return s.done(w, v, "/admin/settings", "Thresholds saved. "+view.Effect.Remark)
}

// enteredSettings reads the form and judges what it would do. What cannot be
// accepted is in the view's errors.
func (s *server) enteredSettings(v *visit) (view AdminSettingsView, change func(*panel.Settings), err error) {
	before, err := s.Panel.Settings(v.Context())
	if err != nil {
		return view, nil, err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return view, nil, err
	}
	e := newEntered(v)
	after := before
	change = e.settings(before)
	change(&after)
	view = settingsView(before, after, c)
	for field, setting := range map[string]*Setting{
		"low_balance": &view.LowBalance, "negative_balance": &view.NegativeBalance, "suspension_balance": &view.Suspension,
		"resume_balance": &view.Resume, "create_reserve_hours": &view.ReserveHours, "minimum_charge_seconds": &view.MinimumCharge,
		"snapshot_limit": &view.SnapshotLimit,
	} {
		setting.Value = v.field(field)
	}
	var effect panel.Preview
	if e.ok() {
		effect, err = s.Panel.PreviewSettings(v.Context(), v.who, change)
		err = e.take(err, nil)
	}
	view.Effect, view.Errors = effectView(effect, c), e.errors
	if !e.ok() {
		view.Effect = EffectView{Accounts: "Not known yet", Kind: "danger", Remark: problem(e.errors)}
	}
	return view, change, err
}

// problem is one of the messages beside a form's fields.
func problem(errors Errors) string {
	for _, field := range []string{"low_balance", "negative_balance", "suspension_balance", "resume_balance", "create_reserve_hours", "minimum_charge_seconds", "snapshot_limit"} {
		if errors[field] != "" {
			return sentenceStart(strings.ReplaceAll(field, "_", " ")) + ": " + errors[field]
		}
	}
	return errors[""]
}

// settings reads the thresholds into a change of the settings.
func (e *entered) settings(before panel.Settings) func(*panel.Settings) {
	low, negative := e.credits("low_balance"), e.credits("negative_balance")
	suspension, resume := e.credits("suspension_balance"), e.credits("resume_balance")
	hours := e.whole("create_reserve_hours", before.ReserveHours)
	minimum := e.whole("minimum_charge_seconds", before.MinimumSeconds)
	snapshots := e.whole("snapshot_limit", before.SnapshotLimit)
	interval := panel.SettlementInterval(e.field("settlement_interval"))
	create := e.checked("create_on_negative_balance")
	return func(s *panel.Settings) {
		s.Low, s.Negative, s.Suspension, s.Resume = low, negative, suspension, resume
		s.CreateOnNegative, s.ReserveHours, s.MinimumSeconds = create, hours, minimum
		s.SettlementInterval, s.SnapshotLimit = interval, snapshots
	}
}

func settingsView(before, after panel.Settings, c billing.Currency) AdminSettingsView {
	threshold := func(before, after billing.Credits) Setting {
		s := Setting{Value: after.Short(), Meaning: c.Format(after)}
		if before != after {
			s.Meaning += ", was " + c.Format(before)
		}
		return s
	}
	return AdminSettingsView{
		LowBalance:       threshold(before.Low, after.Low),
		NegativeBalance:  threshold(before.Negative, after.Negative),
		Suspension:       threshold(before.Suspension, after.Suspension),
		Resume:           threshold(before.Resume, after.Resume),
		CreateOnNegative: after.CreateOnNegative,
		ReserveHours:     Setting{Value: text(after.ReserveHours)},
		MinimumCharge:    Setting{Value: text(after.MinimumSeconds), Meaning: duration(after.MinimumSeconds)},
		SnapshotLimit:    Setting{Value: text(after.SnapshotLimit)},
		Settlement: []Option{
			{Value: string(panel.SettleHourly), Text: "Every hour", Selected: after.SettlementInterval != panel.SettleDaily},
			{Value: string(panel.SettleDaily), Text: "Every day", Selected: after.SettlementInterval == panel.SettleDaily},
		},
	}
}

// duration writes a whole number of hours or minutes as such: "1 hour".
func duration(seconds int64) string {
	switch {
	case seconds == 0:
		return "Off"
	case seconds%3600 == 0:
		return count(int(seconds/3600), "hour")
	case seconds%60 == 0:
		return count(int(seconds/60), "minute")
	}
	return count(int(seconds), "second")
}

// effectView says what settings would do to the accounts there are.
func effectView(p panel.Preview, c billing.Currency) EffectView {
	e := EffectView{
		Accounts: grouped(p.After.All) + " accounts, judged now.",
		Rows: []EffectRow{
			effectRow("Low balance", p.Before.Low, p.After.Low),
			effectRow("Negative", p.Before.Negative, p.After.Negative),
			effectRow("Suspended", p.Before.Suspended, p.After.Suspended),
		},
	}
	if p.After.All == 1 {
		e.Accounts = "1 account, judged now."
	}
	var suspended, resumed int64
	for _, a := range p.Affected {
		for _, notice := range a.Notices {
			switch notice {
			case billing.AccountSuspended:
				suspended += a.Instances
			case billing.AccountResumed:
				resumed += a.Instances
			}
		}
		if len(e.Affected) < 8 {
			e.Affected = append(e.Affected, AffectedAccount{Link{a.Account.Name, accountURL(a.Account.ID)}, amount(c, a.Balance)})
		}
	}
	if more := len(p.Affected) - len(e.Affected); more > 0 {
		e.More = "and " + strconv.Itoa(more) + " more"
	}
	e.Kind, e.Remark = effectRemark(p, suspended, resumed)
	return e
}

func effectRow(label string, before, after int64) EffectRow {
	return EffectRow{Label: label, Today: grouped(before), Then: grouped(after), Changed: before != after}
}

// effectRemark says in words what follows at once.
func effectRemark(p panel.Preview, suspended, resumed int64) (kind, remark string) {
	var parts []string
	get := func(n int64, what string) {
		if n == 1 {
			parts = append(parts, "1 account gets the "+what+" mail at once.")
		} else if n > 1 {
			parts = append(parts, grouped(n)+" accounts get the "+what+" mail at once.")
		}
	}
	get(p.Low, "low-balance")
	get(p.Negative, "negative-balance")
	if len(parts) > 0 {
		kind = "warn"
	}
	if p.Suspended > 0 {
		kind = "danger"
		parts = append(parts, count(int(suspended), "instance")+" of "+count(int(p.Suspended), "account")+" will be suspended at once.")
	}
	if p.Resumed > 0 {
		parts = append(parts, "The suspension of "+count(int(resumed), "instance")+" of "+count(int(p.Resumed), "account")+" is lifted at once.")
	}
	if p.Suspended+p.Resumed == 0 {
		parts = append(parts, "No instance is suspended or started.")
	}
	return kind, strings.ToUpper(parts[0][:1]) + strings.Join(parts, " ")[1:]
}
