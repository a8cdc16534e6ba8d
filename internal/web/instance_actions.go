package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// actions are what can be done with an instance. What cannot be done now stays
// there and says why.
func actions(i panel.InstanceView, m panel.Summary, l life, minimum int64, kept string) []Action {
	url := instanceURL(i.ID)
	stop, rename, remove, off, reset := stopConfirm(i, m), renameConfirm(i), deleteConfirm(i, m, l, minimum, kept), powerOffConfirm(i), resetConfirm(i)
	start := Action{Name: "start", Icon: "play", Text: "Start", URL: url + "/start", Refused: refusedNow(i, fleet.CommandStart)}
	if start.Refused == "" && i.DesiredPower == fleet.PowerOn {
		start.Refused = "It is started already"
	}
	halt := Action{Name: "stop", Icon: "stop", Text: "Stop", Confirm: &stop, Refused: refusedNow(i, fleet.CommandStop)}
	if halt.Refused == "" && i.DesiredPower == fleet.PowerOff {
		halt.Refused = "It is stopped already"
	}
	return append([]Action{
		{Name: "console", Icon: "screen", Text: "Console", URL: url + "/console", Page: true, Refused: refusedNow(i, fleet.CommandConsole)},
		start, halt,
		{Name: "restart", Icon: "turn", Text: "Restart", URL: url + "/restart", Refused: refusedNow(i, fleet.CommandReboot)},
		{Name: "resize", Icon: "resize", Text: "Resize", URL: url + "/resize", Page: true, Refused: refusedNow(i, fleet.CommandResize)},
		{Name: "delete", Icon: "trash", Text: "Delete", Confirm: &remove, Danger: true, Refused: cmp.Or(refusedNow(i, fleet.CommandDelete), keptFrom(i.Protection.Delete, i, "deleted"))},
		{Name: "poweroff", Icon: "power", Text: "Power off", Confirm: &off, More: true, Refused: refusedNow(i, fleet.CommandPowerOff)},
		{Name: "reset", Icon: "turn", Text: "Reset", Confirm: &reset, More: true, Refused: refusedNow(i, fleet.CommandReset)},
		{Name: "rebuild", Icon: "layers", Text: "Rebuild", URL: url + "/rebuild", Page: true, More: true, Refused: cmp.Or(refusedNow(i, fleet.CommandRebuild), keptFrom(i.Protection.Rebuild, i, "rebuilt"))},
		{Name: "rename", Icon: "tag", Text: "Rename", Confirm: &rename, More: true, Refused: refusedNow(i, fleet.CommandStop)},
	}, rescueActions(i)...)
}

// refusedNow says why an instance does not accept a command in its state.
func refusedNow(i panel.InstanceView, c fleet.Command) string {
	var no *fleet.Refusal
	if errors.As(i.Facts.May(c), &no) {
		return no.Message
	}
	return ""
}

// stopConfirm says what stopping costs before it is done.
func stopConfirm(i panel.InstanceView, m panel.Summary) Confirm {
	now := i.Price.HourlyEquivalent(m.Now.Month(), 100)
	then := i.Price.HourlyEquivalent(m.Now.Month(), i.Plan.StoppedPercent)
	c := Confirm{
		ID: "action-stop", URL: instanceURL(i.ID) + "/stop", Title: "Stop " + i.Name, Back: instanceURL(i.ID), Button: "Stop " + i.Name,
		Facts: []Fact{
			{Label: "Costs while running", Value: hourlyRate(m.Currency, now)},
			{Label: "Costs while stopped", Value: hourlyRate(m.Currency, then)},
		},
	}
	kept := i.Name + " keeps its CPU, memory and disk reserved"
	if then == 0 {
		c.Text = []string{kept + " and costs nothing while it is stopped."}
	} else {
		c.Text = []string{kept + " and continues to cost " + m.Currency.FormatHourly(then) + " an hour. To stop paying, delete it."}
	}
	if atCap(i) {
		c.Text = append(c.Text, "It has reached its monthly cap and is free until "+m.Now.Month().End().Time().Format("2 Jan")+", running or stopped.")
	}
	return c
}

func hourlyRate(c billing.Currency, x billing.Credits) Amount {
	return Amount{Text: perHour(c, x), Exact: exactly(x) + " per hour"}
}

func renameConfirm(i panel.InstanceView) Confirm {
	return Confirm{
		ID: "action-rename", URL: instanceURL(i.ID) + "/rename", Title: "Rename " + i.Name, Back: instanceURL(i.ID), Button: "Rename",
		Text:   []string{"The name here, in your usage report and in mails changes at once. The host name inside stays until you change it there."},
		Fields: []Field{{Name: "name", ID: "rename-name", Label: "New name", Value: i.Name, Autocomplete: "off", Required: true, Max: fleet.MaxLabel}},
	}
}

// deleteConfirm says what is lost, what is still charged, and what is kept.
func deleteConfirm(i panel.InstanceView, m panel.Summary, l life, minimum int64, kept string) Confirm {
	c := Confirm{
		ID: "action-delete", URL: instanceURL(i.ID) + "/delete", Title: "Delete " + i.Name, Back: instanceURL(i.ID),
		Cancel: "Keep it", Button: "Delete " + i.Name, Danger: true, Typed: i.Name,
		Text:  []string{"Its disk is gone at once and cannot be brought back. Billing stops now, even if the removal takes longer."},
		Facts: []Fact{{Label: "Charged this month", Value: visibly(m.Currency, i.MonthUsed)}},
	}
	if missing := stillDue(l, m.Now, minimum); missing > 0 {
		c.Facts = append(c.Facts, Fact{Label: "To make up the minimum of " + minimumSpan(minimum), Value: visibly(m.Currency, missing)})
	}
	c.Facts = append(c.Facts, Fact{Label: "From now on", Value: hourlyRate(m.Currency, 0)})
	c.Warning = kept
	if i.Lifecycle == fleet.LifecyclePending || i.Lifecycle == fleet.LifecycleFailed {
		c.Text = []string{"It never ran, so nothing was charged and nothing will be."}
		c.Facts = nil
	}
	return c
}

// stillDue is what an instance would be charged for being deleted now.
func stillDue(l life, now billing.Instant, minimum int64) billing.Credits {
	if len(l.segments) == 0 {
		return 0
	}
	var charged billing.Credits
	for _, s := range l.segments {
		charged += s.Charge(s.From, min(s.To, now))
	}
	first := l.segments[0]
	return billing.MinimumCharge(first.Price, first.From.Month(), charged, minimum)
}

// ask shows the confirmation of an action as a page of its own.
func (s *server) ask(name string) func(http.ResponseWriter, *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		a, err := s.actionOf(v, name)
		if err != nil {
			return err
		}
		if a.Refused != "" {
			return s.leave(w, v, instanceURL(v.id()), Flash{Kind: "danger", Text: a.Refused})
		}
		return s.showConfirm(w, v, http.StatusOK, *a.Confirm)
	}
}

// actionOf is an action of the instance in the address.
func (s *server) actionOf(v *visit, name string) (found Action, err error) {
	i, m, err := s.owned(v)
	if err != nil {
		return found, err
	}
	l, err := s.life(v, i.ID)
	if err != nil {
		return found, err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return found, err
	}
	shots, err := s.snapshotsOf(v, i)
	if err != nil {
		return found, err
	}
	for _, a := range actions(i, m, l, settings.MinimumSeconds, keptSnapshots(m.Currency, shots)) {
		if a.Name == name {
			return a, nil
		}
	}
	return found, panel.ErrNotFound
}

func (s *server) showConfirm(w http.ResponseWriter, v *visit, status int, c Confirm) error {
	p, err := s.page(w, v, c.Title)
	if err != nil {
		return err
	}
	return s.render(w, v, status, ConfirmPage(p, c))
}

// command is a use case that does one thing to an instance.
type command func(context.Context, identity.Who, int64) (panel.Instance, error)

// do gives an instance a command and says what follows from it.
func (s *server) do(give command, said func(panel.Instance, panel.InstanceView, panel.Summary) string) func(http.ResponseWriter, *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		i, m, err := s.owned(v)
		if err != nil {
			return err
		}
		back := instanceURL(i.ID)
		if from := v.field("from"); from == "console" || from == "console/serial" {
			back += "/" + from
		}
		changed, err := give(v.Context(), v.who, i.ID)
		if err != nil {
			return s.refused(w, v, back, err)
		}
		return s.done(w, v, back, said(changed, i, m))
	}
}

func saidStart(i panel.Instance, _ panel.InstanceView, _ panel.Summary) string {
	return i.Name + " is being started."
}

func saidStop(i panel.Instance, before panel.InstanceView, m panel.Summary) string {
	cost := before.Price.HourlyEquivalent(m.Now.Month(), before.Plan.StoppedPercent)
	if cost == 0 {
		return i.Name + " is being stopped. It costs nothing while it is."
	}
	return i.Name + " is being stopped. It still costs " + perHour(m.Currency, cost) + "."
}

func saidRestart(i panel.Instance, _ panel.InstanceView, _ panel.Summary) string {
	return i.Name + " is being restarted."
}

// deleteInstance deletes what its name was typed for.
func (s *server) deleteInstance(w http.ResponseWriter, v *visit) error {
	i, _, err := s.owned(v)
	if err != nil {
		return err
	}
	if v.field("confirm") != i.Name {
		a, err := s.actionOf(v, "delete")
		if err != nil {
			return err
		}
		a.Confirm.Value = v.field("confirm")
		a.Confirm.Errors = Errors{"confirm": fmt.Sprintf("This is not its name. Type %s.", i.Name)}
		return s.showConfirm(w, v, http.StatusUnprocessableEntity, *a.Confirm)
	}
	if _, err := s.Panel.DeleteInstance(v.Context(), v.who, i.ID); err != nil {
		return s.refused(w, v, instanceURL(i.ID), err)
	}
	return s.done(w, v, "/instances", i.Name+" is deleted and costs nothing any more.")
}

func (s *server) renameInstance(w http.ResponseWriter, v *visit) error {
	i, _, err := s.owned(v)
	if err != nil {
		return err
	}
	if _, err = s.Panel.RenameInstance(v.Context(), v.who, i.ID, v.field("name")); err == nil {
		return s.done(w, v, instanceURL(i.ID), i.Name+" is called "+v.field("name")+" now.")
	}
	errs, err := fieldErrors(err)
	if err != nil {
		return err
	}
	c := renameConfirm(i)
	c.Errors = errs
	c.Fields[0].Value, c.Fields[0].Error = v.field("name"), errs["name"]
	return s.showConfirm(w, v, http.StatusUnprocessableEntity, c)
}

// retryCreate orders an instance again that could not be created.
func (s *server) retryCreate(w http.ResponseWriter, v *visit) error {
	i, _, err := s.owned(v)
	if err != nil {
		return err
	}
	made, err := s.Panel.RetryInstance(v.Context(), v.who, i.ID)
	if err != nil {
		back := instanceURL(i.ID)
		if i.Lifecycle == fleet.LifecycleFailed { // it is deleted by now
			back = fmt.Sprintf("/create?location=%d&plan=%d&image=%d&name=%s", i.LocationID, i.PlanID, i.ImageID, i.Name)
		}
		return s.refused(w, v, back, err)
	}
	http.Redirect(w, v.Request, instanceURL(made.ID), http.StatusSeeOther)
	return nil
}
