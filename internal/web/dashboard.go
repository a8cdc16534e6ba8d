package web

import (
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// dashboardRows is how many instances the dashboard shows.
const dashboardRows = 8

func (s *server) dashboard(w http.ResponseWriter, v *visit) error {
	money, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	instances, err := s.Panel.Instances(v.Context(), v.who, false)
	if err != nil {
		return err
	}
	offer, err := s.Panel.Offer(v.Context(), v.who)
	if err != nil {
		return err
	}
	view := DashboardView{
		Instances: tableOf(money, instances, instances[:min(len(instances), dashboardRows)]),
		All:       len(instances),
		Cheapest:  cheapest(offer, money.Now.Month()),
		Refused:   mayNotCreate(money),
		NoCredit:  money.Balance <= 0 && money.Account.Credited <= 0,
	}
	view.Instances.Note = deletedNote(money, instances)
	if view.Billing, err = s.billingWidget(v, money, instances); err != nil {
		return err
	}
	if view.Tasks, err = s.runningTasks(v, instances, money.Now); err != nil {
		return err
	}
	events, err := s.Panel.Events(v.Context(), v.who, panel.EventFilter{AccountID: v.who.AccountID, Limit: 50})
	if err != nil {
		return err
	}
	view.Events = feed(events, money.Currency, v, 6)
	p, err := s.page(w, v, "Dashboard")
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, DashboardPage(p, view))
}

// runningTasks shows what is being done to instances now.
func (s *server) runningTasks(v *visit, instances []panel.InstanceView, now billing.Instant) (cards []TaskView, err error) {
	for _, i := range instances {
		t := currentTask(i)
		if t == nil {
			continue
		}
		card, err := s.taskCard(v.Context(), *t, i, now)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	return cards, nil
}

// mayNotCreate says why an account can have no new instances, whatever they
// cost; "" if it can. Whether its credit is enough depends on the plan, and the
// create page says so.
func mayNotCreate(m panel.Summary) string {
	switch {
	case m.Account.Holds.Has(fleet.HoldAbuse) || m.Account.Holds.Has(fleet.HoldAdmin):
		return "Your account is suspended by your provider"
	case m.Account.Taken.Suspended:
		return "Your account is suspended: add credit first"
	}
	return ""
}

// cheapest is the least that an instance costs, of all that can be had now.
func cheapest(offer panel.Offer, month billing.Month) string {
	var best *panel.OfferedPlan
	least := func(plan panel.OfferedPlan) billing.Credits { return plan.Price.HourlyEquivalent(month, 100) }
	for _, location := range offer.Locations {
		for n, plan := range location.Plans {
			if plan.Offered && plan.Room > 0 && (best == nil || least(plan) < least(*best)) {
				best = &location.Plans[n]
			}
		}
	}
	if best == nil {
		return ""
	}
	return offer.Currency.FormatHourly(least(*best)) + " an hour, " + perMonth(offer.Currency, best.Price)
}
