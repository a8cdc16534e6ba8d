package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminSettings = "/v1/admin/settings"

func (s *server) adminSettingsOperations() {
	const tag = "Admin: settings"
	getTagged(s, operation{
		id: "get-settings", tag: tag, path: adminSettings, need: identity.ReadSettings, summary: "The provider's settings",
	}, readSettings[struct{}](s))
	changeTagged(s, operation{
		id: "change-settings", tag: tag, path: adminSettings, need: identity.WriteSettings,
		summary: "Change settings", text: "Every account is judged by them at this second: what turns true of it follows now. Preview them first.",
	}, readSettings[settingsChange](s), s.changeSettings)
	post(s, operation{
		id: "preview-settings", tag: tag, path: adminSettings + "/preview", need: identity.WriteSettings,
		summary: "What other settings would do at once", status: http.StatusOK,
	}, s.previewSettings)
}

// readSettings reads the settings, whatever an input says.
func readSettings[I any](s *server) func(context.Context, identity.Who, *I) (client.Settings, error) {
	return func(ctx context.Context, _ identity.Who, _ *I) (client.Settings, error) {
		settings, err := s.Panel.Settings(ctx)
		return client.Settings{
			Low: settings.Low.String(), Negative: settings.Negative.String(), Suspension: settings.Suspension.String(), Resume: settings.Resume.String(),
			CreateOnNegative: settings.CreateOnNegative, ReserveHours: settings.ReserveHours, MinimumSeconds: settings.MinimumSeconds,
			SettlementInterval: string(settings.SettlementInterval), SnapshotLimit: settings.SnapshotLimit,
			RescueImage: settings.RescueImage,
			Provider:    settings.Provider, PublicURL: settings.PublicURL, ImageURLs: settings.ImageURLs, MailFrom: settings.MailFrom, PaymentText: settings.PaymentText,
			BankDetails: settings.BankDetails, TopUpMinimum: settings.TopUpMinimum.String(), TopUpPresets: each(settings.TopUpPresets, billing.Credits.String),
		}, err
	}
}

// settingsOf reads other settings into a change of those that there are.
func settingsOf(in client.SettingsChange) (func(*panel.Settings), error) {
	amounts := map[string]billing.Credits{}
	for field, text := range map[string]*string{
		"low_balance": in.Low, "negative_balance": in.Negative, "suspension_balance": in.Suspension, "resume_balance": in.Resume, "top_up_minimum": in.TopUpMinimum,
	} {
		if text == nil {
			continue
		}
		x, err := credits(field, *text)
		if err != nil {
			return nil, err
		}
		amounts[field] = x
	}
	var presets *[]billing.Credits
	if in.TopUpPresets != nil {
		presets = &[]billing.Credits{}
		for _, text := range *in.TopUpPresets {
			x, err := credits("top_up_presets", text)
			if err != nil {
				return nil, err
			}
			*presets = append(*presets, x)
		}
	}
	return func(to *panel.Settings) {
		for field, value := range map[string]*billing.Credits{
			"low_balance": &to.Low, "negative_balance": &to.Negative, "suspension_balance": &to.Suspension, "resume_balance": &to.Resume, "top_up_minimum": &to.TopUpMinimum,
		} {
			if x, given := amounts[field]; given {
				*value = x
			}
		}
		put(&to.CreateOnNegative, in.CreateOnNegative)
		put(&to.ReserveHours, in.ReserveHours)
		put(&to.MinimumSeconds, in.MinimumSeconds)
		put(&to.SnapshotLimit, in.SnapshotLimit)
		put(&to.RescueImage, in.RescueImage)
		put((*string)(&to.SettlementInterval), in.SettlementInterval)
		put(&to.Provider, in.Provider)
		put(&to.PublicURL, in.PublicURL)
		put(&to.ImageURLs, in.ImageURLs)
		put(&to.MailFrom, in.MailFrom)
		put(&to.PaymentText, in.PaymentText)
		put(&to.BankDetails, in.BankDetails)
		put(&to.TopUpPresets, presets)
	}, nil
}

// settingsChange are other settings.
type settingsChange struct {
	Seen
	Body client.SettingsChange
}

func (s *server) changeSettings(ctx context.Context, who identity.Who, in *settingsChange) error {
	change, err := settingsOf(in.Body)
	if err != nil {
		return err
	}
	return s.Panel.ChangeSettings(ctx, who, change)
}

// previewInput are settings to be looked at.
type previewInput struct {
	Keyed
	Body client.SettingsChange
}

func (s *server) previewSettings(ctx context.Context, who identity.Who, in *previewInput) (out outcome[client.SettingsEffect], err error) {
	change, err := settingsOf(in.Body)
	if err != nil {
		return out, err
	}
	effect, err := s.Panel.PreviewSettings(ctx, who, change)
	if err != nil {
		return out, err
	}
	c, err := s.defaultCurrency(ctx)
	out.Body = client.SettingsEffect{Before: conditions(effect.Before), After: conditions(effect.After)}
	out.Body.Affected = each(effect.Affected, func(a panel.AffectedAccount) client.AccountEffect {
		return client.AccountEffect{
			Account: client.Ref{ID: a.Account.ID, Name: a.Account.Name}, Balance: amount(c, a.Balance), Notices: notices(a.Notices), Instances: a.Instances,
		}
	})
	return out, err
}

func conditions(c panel.AccountCounts) client.Conditions {
	return client.Conditions{All: c.All, Low: c.Low, Negative: c.Negative, Suspended: c.Suspended}
}

// The names of what follows when a balance crosses a threshold.
var noticeNames = map[billing.Notice]string{
	billing.BalanceLow: panel.EventBalanceLow, billing.BalanceNegative: panel.EventBalanceNegative,
	billing.AccountSuspended: panel.EventAccountSuspended, billing.AccountResumed: panel.EventAccountResumed,
}

func notices(all []billing.Notice) []string {
	return each(all, func(n billing.Notice) string { return noticeNames[n] })
}
