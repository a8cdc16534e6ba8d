package web

import (
	"fmt"
	"net/http"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// owned is an instance of the visitor's account, with the account's money. Those
// of others are not found, whoever asks.
func (s *server) owned(v *visit) (i panel.InstanceView, m panel.Summary, err error) {
	if i, err = s.Panel.Instance(v.Context(), v.who, v.id()); err != nil {
		return i, m, err
	}
	if i.AccountID != v.who.AccountID {
		return i, m, panel.ErrNotFound
	}
	m, err = s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	return i, m, err
}

func (s *server) instance(w http.ResponseWriter, v *visit) error {
	view, i, err := s.instanceView(v)
	if err != nil {
		return err
	}
	p, err := s.page(w, v, i.Name)
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, InstancePage(p, view))
}

// instanceView puts everything about an instance into words.
func (s *server) instanceView(v *visit) (view InstanceView, i panel.InstanceView, err error) {
	i, m, err := s.owned(v)
	if err != nil {
		return view, i, err
	}
	view = InstanceView{
		ID:         text(i.ID),
		Name:       i.Name,
		URL:        instanceURL(i.ID),
		Status:     statusOf(i),
		Reason:     reasonOf(i),
		Plan:       i.Plan.Name,
		Image:      i.Image,
		Place:      placeOf(i.Location),
		Facts:      append(specsOf(i.Size), Fact{Label: "Created", Value: Amount{Text: i.CreatedAt.Time().Format("2 Jan 2006, 15:04") + " UTC"}}, trafficOf(i, m.Now)),
		Suspension: suspensionOf(i, m),
		Addresses:  addressesOf(i),
		Command:    sshCommand(i),
		Rescue:     i.RescueImage != 0,
		Settings:   settingsOf(i),
	}
	l, err := s.life(v, i.ID)
	if err != nil {
		return view, i, err
	}
	if view.Task, err = s.instanceTask(v, i, m.Now); err != nil {
		return view, i, err
	}
	if view.Cost, err = s.instanceCost(v, i, m, l); err != nil {
		return view, i, err
	}
	view.Chip = chip(i, m, view.Cost)
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return view, i, err
	}
	shots, err := s.snapshotsOf(v, i)
	if err != nil {
		return view, i, err
	}
	if view.Snapshots, err = s.instanceSnapshots(v, m.Currency, i, shots); err != nil {
		return view, i, err
	}
	view.Actions = actions(i, m, l, settings.MinimumSeconds, keptSnapshots(m.Currency, shots))
	for n := len(l.events) - 1; n >= 0 && n >= len(l.events)-8; n-- {
		view.Events = append(view.Events, ofInstance(l.events[n], v))
	}
	return view, i, nil
}

// reasonOf explains a state that its word alone does not.
func reasonOf(i panel.InstanceView) string {
	switch i.Status {
	case fleet.StatusQueued:
		return "The hypervisor does not answer at the moment. The instance is created as soon as it does; until then nothing is charged."
	case fleet.StatusUnknown:
		return "The hypervisor does not answer, so nobody can say whether the instance runs; it may well do. Your provider has been told."
	case fleet.StatusDeleting:
		return "Nothing has been charged since it was deleted on " + dayAndTime(i.DeletedAt) + ", however long the removal takes."
	case fleet.StatusDeleted:
		return "It was deleted on " + dayAndTime(i.DeletedAt) + ". What it has cost stays in your usage report."
	case fleet.StatusError:
		if i.Lifecycle == fleet.LifecycleFailed {
			return ""
		}
		return "The instance is not running although it should be. It is being started again."
	}
	return ""
}

// instanceTask is the card of what is being done to an instance, or of what has
// failed last.
func (s *server) instanceTask(v *visit, i panel.InstanceView, now billing.Instant) (*TaskView, error) {
	t := currentTask(i)
	if t == nil && i.Live() {
		var err error
		if t, err = s.failedTask(v, i); err != nil {
			return nil, err
		}
	}
	if t == nil {
		return nil, nil
	}
	card, err := s.taskCard(v.Context(), *t, i, now)
	return &card, err
}

// instanceProgress is the card alone, for the page that waits for the task to
// end. When it has, everything else on the page has changed, too.
func (s *server) instanceProgress(w http.ResponseWriter, v *visit) error {
	i, m, err := s.owned(v)
	if err != nil {
		return err
	}
	t := currentTask(i)
	if !v.partial() {
		http.Redirect(w, v.Request, instanceURL(i.ID), http.StatusSeeOther)
		return nil
	}
	if t == nil || text(t.ID) != v.field("task") {
		w.Header().Set("HX-Refresh", "true")
		return nil
	}
	card, err := s.taskCard(v.Context(), *t, i, m.Now)
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, TaskCard(card))
}

// chip says in a line what an instance costs.
func chip(i panel.InstanceView, m panel.Summary, cost InstanceCost) []string {
	price := rate(m.Currency, i.Price)
	month := visibly(m.Currency, i.MonthUsed).Text + " this month"
	switch {
	case !i.Live():
		return []string{"Nothing is charged any more", month}
	case i.Lifecycle == fleet.LifecyclePending:
		return []string{price + " from when it first runs"}
	case i.Lifecycle == fleet.LifecycleFailed:
		return []string{"Nothing was charged"}
	case !i.Facts.Holds.Empty():
		return []string{"Nothing is charged while suspended", month}
	case i.Percent == 0:
		return []string{"Nothing is charged while stopped", month}
	case i.Percent < 100:
		price = perHour(m.Currency, i.Price.HourlyEquivalent(m.Now.Month(), i.Percent)) + " while stopped"
	}
	if cost.CapMeter == nil {
		return []string{price, month}
	}
	return []string{price, month, "cap " + cost.Cap.Value.Text}
}

// suspensionOf explains why an instance is suspended; nil if it is not.
func suspensionOf(i panel.InstanceView, m panel.Summary) *SuspensionView {
	if i.Facts.Holds.Empty() || i.Lifecycle != fleet.LifecycleActive {
		return nil
	}
	kinds := i.Facts.Holds.Kinds()
	gravest := kinds[len(kinds)-1]
	view := SuspensionView{
		Who:    "Your provider",
		Since:  when(m.Account.CreatedAt),
		Charge: "Nothing has been charged since.",
		Lift:   "Your provider lifts it. Please get in touch with them.",
		Kept:   "Its disk and its place; nobody else gets them.",
	}
	for _, h := range m.Holds {
		if h.Kind == gravest && (h.Instance == 0 || h.Instance == i.ID) {
			view.Since = Instant{Text: dayAndTime(h.PlacedAt), Machine: h.PlacedAt.String()}
			view.Why = sentence(h.Reason)
		}
	}
	switch gravest {
	case fleet.HoldMaintenance:
		view.Lift = "The work on its hypervisor is done. It then comes back by itself."
	case fleet.HoldLost:
		view.Who = "Automatically: its machine is gone from its hypervisor"
		view.Charge = "Nothing is charged since it was last seen. What had been was given back."
		view.Lift = "The machine is found again. If it is not, delete the instance and create another."
		view.Kept = "Its name, its place and its addresses. Its disk may be gone."
	case fleet.HoldBilling:
		again := "It starts again within a minute."
		if i.DesiredPower != fleet.PowerOn {
			again = "It stays stopped then, as you left it."
		}
		view.Who = "Automatically, by your balance"
		view.Why = "Your balance fell below " + m.Currency.Format(m.Thresholds.Suspension) + "."
		view.Lift = fmt.Sprintf("You add at least %s. %s", m.Currency.FormatUp(m.ToLift), again)
		view.TopUp = Link{Text: "Add " + m.Currency.FormatUp(m.ToLift), URL: "/billing/topup?amount=" + m.Currency.AmountUp(m.ToLift)}
	}
	if strings.TrimSpace(view.Why) == "" {
		view.Why = "No reason was given."
	}
	return &view
}
