package web

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) adminAccount(w http.ResponseWriter, v *visit) error {
	return s.showAccount(w, v, http.StatusOK, AdjustForm{})
}

// showAccount renders an account with the form for its credit as it was typed.
func (s *server) showAccount(w http.ResponseWriter, v *visit, status int, form AdjustForm) error {
	d, err := s.Panel.AccountDetail(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return err
	}
	page := accountURL(d.Account.ID)
	view := AdminAccountView{
		ID: text(d.Account.ID), Name: d.Account.Name, URL: page, Status: accountStatus(d.Summary),
		Since: "customer since " + d.Account.CreatedAt.Time().Format("2 Jan 2006"),
		Stats: accountStats(d, c), Facts: accountDetails(d), People: personRows(d),
		LedgerURL: query("/admin/ledger", "account", text(d.Account.ID)), UsageURL: page + "/usage",
		Hold: holdForm(d, page),
	}
	if len(d.Users) > 0 {
		view.Email = d.Users[0].Email
	}
	if view.Instances, err = s.instanceRows(v, d.Instances); err != nil {
		return err
	}
	entries, err := s.creditEntries(v, d.Account.ID)
	if err != nil {
		return err
	}
	if view.Entries, err = s.adminEntries(v, entries); err != nil {
		return err
	}
	events, err := s.Panel.Events(v.Context(), v.who, panel.EventFilter{AccountID: d.Account.ID, Limit: 8})
	if err != nil {
		return err
	}
	for _, e := range events {
		view.Events = append(view.Events, Event{Text: adminText(e, c), Note: "by " + actor(e.Actor), At: when(e.At)})
	}
	for _, x := range d.Sessions {
		view.Sessions = append(view.Sessions, SessionRow{ID: text(x.ID), Browser: browser(x.Agent, "Unknown browser"), Address: x.Address, Since: when(x.CreatedAt), Seen: ago(x.SeenAt, d.Now)})
	}
	form.URL = page + "/adjust"
	if form.Key == "" {
		form.Key = newKey()
	}
	view.Adjust = form
	return s.adminShow(w, v, status, d.Account.Name, func(p Page) templ.Component { return AdminAccountPage(p, view) })
}

// creditEntries are the latest movements of an account's credit that are not
// usage, which is posted every hour.
func (s *server) creditEntries(v *visit, account int64) (latest []panel.Entry, err error) {
	for _, k := range adminKinds {
		if k.kind == panel.Usage {
			continue
		}
		entries, err := s.Panel.Ledger(v.Context(), v.who, panel.LedgerFilter{AccountID: account, Kind: k.kind, Limit: 8})
		if err != nil {
			return nil, err
		}
		latest = append(latest, entries...)
	}
	slices.SortFunc(latest, func(a, b panel.Entry) int { return int(b.ID - a.ID) })
	return latest[:min(8, len(latest))], nil
}

func accountStats(d panel.AccountDetail, c billing.Currency) []Stat {
	balance := Stat{Label: "Balance", Value: amount(c, d.Balance), Note: credited(d.Balance)}
	if d.Balance < 0 {
		balance.Tone = "danger"
	}
	burn := Stat{Label: "Burn", Value: Amount{Text: perHour(c, d.Burn), Exact: exactly(d.Burn) + " per hour"}, Note: "about " + c.Format(d.Burn*730) + " a month"}
	zero := Stat{Label: "Reaches zero", Value: Amount{Text: "—"}, Note: "not in sight"}
	switch {
	case d.Account.Taken.Suspended:
		zero = Stat{Label: "Lifts the suspension", Value: amountUp(d.Currency, d.ToLift), Note: "at least"}
	case d.Balance < 0 && d.SuspendAt != billing.Never:
		zero = Stat{Label: "Will be suspended", Value: Amount{Text: day(d.SuspendAt, d.Now)}, Note: "at " + clock(d.SuspendAt) + " UTC, in " + span(d.SuspendAt-d.Now)}
	case d.Balance < 0:
		zero.Note = "it is below zero"
	case d.ZeroAt != billing.Never:
		zero.Value, zero.Note = Amount{Text: day(d.ZeroAt, d.Now)}, "in "+span(d.ZeroAt-d.Now)
	}
	return []Stat{balance, {Label: "This month", Value: amount(c, d.MonthUsed), Note: c.Format(d.LastUsed) + " by this day last month"}, burn, zero}
}

func accountDetails(d panel.AccountDetail) []Fact {
	facts := []Fact{
		{Label: "Number", Value: Amount{Text: text(d.Account.ID)}},
		{Label: "Sees amounts in", Value: Amount{Text: d.Account.Currency}},
		{Label: "Settled until", Value: Amount{Text: dated(d.Account.SettledAt).Text}},
		{Label: "Posted balance", Value: Amount{Text: credited(d.Account.PostedBalance()), Exact: exactly(d.Account.PostedBalance())}},
	}
	for n, h := range d.AllHolds {
		if n < 5 && h.LiftedAt != 0 {
			facts = append(facts, Fact{Label: "Past hold", Value: Amount{Text: dated(h.PlacedAt).Text}, Note: h.Reason})
		}
	}
	return facts
}

// holdForm says what holding the account would do, or lifting that.
func holdForm(d panel.AccountDetail, page string) HoldForm {
	var form HoldForm
	running, waiting := 0, 0 // would be suspended; would run again once the hold is lifted
	rest := d.Account.Holds.Without(fleet.HoldAdmin).Without(fleet.HoldAbuse)
	for _, i := range d.Instances {
		if i.Lifecycle != fleet.LifecycleActive {
			continue
		}
		if d.Account.Holds.Empty() && i.Holds.Empty() {
			running++
		}
		if rest.Empty() && i.Holds.Empty() {
			waiting++
		}
	}
	for _, h := range d.Holds {
		if h.Kind == fleet.HoldAdmin || h.Kind == fleet.HoldAbuse {
			form.Held, form.Reason = true, h.Reason
			form.Since = "since " + dayAndTime(h.PlacedAt) + " by " + actor(h.PlacedBy)
		}
	}
	switch {
	case form.Held && !rest.Empty():
		form.Effect = "Lifting it starts nothing: the balance keeps the account suspended."
	case form.Held:
		form.Effect = "Lifting it lifts the suspension of " + count(waiting, "instance") + ". Each returns to the state its owner left it in."
	case running == 0:
		form.Effect = "No instance can run now. A hold keeps it so, whatever is paid."
	default:
		form.Effect = "Powers off " + count(running, "instance") + ". Nothing is charged while they are held, and a top-up does not lift it."
	}
	if !form.Held {
		form.Suspend = &Confirm{
			ID: "suspend-account", URL: page + "/suspend", Title: "Suspend " + d.Account.Name, Button: "Suspend", Danger: true, Back: page,
			Text:   []string{form.Effect, "Disks are kept."},
			Fields: []Field{{Name: "reason", ID: "suspend-reason", Label: "Reason", Help: "The customer reads it", Required: true, Max: 200, Autocomplete: "off"}},
		}
	}
	return form
}

// suspension returns the confirmation that asks before an account is held.
func (s *server) suspension(v *visit) (panel.AccountDetail, *Confirm, error) {
	d, err := s.Panel.AccountDetail(v.Context(), v.who, v.id())
	if err != nil {
		return d, nil, err
	}
	return d, holdForm(d, accountURL(v.id())).Suspend, nil
}

func (s *server) adminAskSuspend(w http.ResponseWriter, v *visit) error {
	_, c, err := s.suspension(v)
	if err != nil {
		return err
	}
	if c == nil {
		http.Redirect(w, v.Request, accountURL(v.id()), http.StatusSeeOther)
		return nil
	}
	return s.adminConfirm(w, v, http.StatusOK, *c)
}

func (s *server) adminSuspend(w http.ResponseWriter, v *visit) error {
	d, c, err := s.suspension(v)
	if err != nil {
		return err
	}
	err = s.Panel.PlaceHold(v.Context(), v.who, v.id(), fleet.HoldAdmin, v.field("reason"))
	switch {
	case err == nil || c == nil:
		return s.done(w, v, accountURL(v.id()), d.Account.Name+" is suspended. Its instances are being powered off.")
	default:
		return s.asked(w, v, *c, err)
	}
}

func (s *server) adminResume(w http.ResponseWriter, v *visit) error {
	for _, kind := range []fleet.HoldKind{fleet.HoldAdmin, fleet.HoldAbuse} {
		if err := s.Panel.LiftHold(v.Context(), v.who, v.id(), kind); err != nil {
			return s.refused(w, v, accountURL(v.id()), err)
		}
	}
	return s.done(w, v, accountURL(v.id()), "The hold is lifted. Each instance returns to the state its owner left it in.")
}
