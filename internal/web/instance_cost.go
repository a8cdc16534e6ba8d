package web

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// instanceCost is what an instance has cost this month, stretch by stretch.
func (s *server) instanceCost(v *visit, i panel.InstanceView, m panel.Summary, l life) (InstanceCost, error) {
	month := m.Now.Month()
	cost := InstanceCost{
		Month:    Stat{Label: month.Start().Time().Format("January") + " so far", Value: visibly(m.Currency, i.MonthUsed)},
		Rate:     rateStat(i, m),
		UsageURL: fmt.Sprintf("/usage?month=%s&open=%d#row-%d", month, i.ID, i.ID),
	}
	if open := l.billedAt(m.Now); open != nil && i.Live() {
		cost.Month.Note = "about " + m.Currency.Format(i.MonthUsed+open.Charge(m.Now, month.End())) + " by the end"
	}
	steps, err := s.Panel.Explain(v.Context(), v.who, i.ID)
	if err != nil {
		return cost, err
	}
	if limit, used := capOf(steps, month, i.Price); limit > 0 {
		cost.fillCap(i, m, limit, used)
	}
	report, err := s.Panel.Usage(v.Context(), v.who, v.who.AccountID, month, "")
	if err != nil {
		return cost, err
	}
	plans := map[billing.PriceID]string{i.Price.ID: i.Plan.Name}
	for _, line := range report.Lines {
		plans[line.Line.Price] = line.Plan
	}
	all := l.stretches(month.Start(), m.Now)
	cost.States = byState(all, m.Currency)
	cost.Segments = segmentRows(all, plans, m.Currency, m.Now)
	slices.Reverse(cost.Segments)
	if len(cost.Segments) > 0 {
		cost.Note = "Times are UTC. " + stoppedNote(i.Plan)
	}
	return cost, nil
}

func stoppedNote(plan panel.Plan) string {
	if plan.StoppedPercent == 0 {
		return "Stopped instances cost nothing on this plan."
	}
	return fmt.Sprintf("Stopped instances cost %d %% on this plan.", plan.StoppedPercent)
}

// rateStat is what an instance costs in this hour, and why.
func rateStat(i panel.InstanceView, m panel.Summary) Stat {
	at := i.Price.HourlyEquivalent(m.Now.Month(), i.Percent)
	stat := Stat{Label: "Now", Value: Amount{Text: m.Currency.FormatHourly(at) + " / h", Exact: exactly(at) + " per hour"}}
	switch {
	case !i.Live():
		stat.Note = "deleted"
	case i.Lifecycle == fleet.LifecyclePending:
		stat.Note = "not running yet"
	case i.Lifecycle == fleet.LifecycleFailed:
		stat.Note = "never ran"
	case !i.Facts.Holds.Empty():
		stat.Note = "nothing while suspended"
	case atCap(i):
		stat.Value = Amount{Text: m.Currency.FormatHourly(0) + " / h", Exact: exactly(0) + " per hour"}
		stat.Note = "at its cap until " + m.Now.Month().End().Time().Format("2 Jan")
	case i.DesiredPower == fleet.PowerOn:
		stat.Note = i.Plan.Name + ", running"
	case i.Percent == 0:
		stat.Note = "nothing while stopped"
	default:
		stat.Note = fmt.Sprintf("%s, stopped: %d %%", i.Plan.Name, i.Percent)
	}
	return stat
}

// capOf is an instance's cap in a month and what is used of it, by the steps that
// its charges are explained with.
func capOf(steps []billing.Step, month billing.Month, price billing.Price) (limit, used billing.Credits) {
	if price.Mode == billing.Capped {
		limit = price.Monthly
	}
	for _, step := range steps {
		if step.From.Month() == month && step.Price.HasMonthly() {
			limit = max(limit, step.Cap)
			used = step.Used + step.Delta
		}
	}
	return limit, used
}

// fillCap says how much of the cap is used, and when all of it will be.
func (cost *InstanceCost) fillCap(i panel.InstanceView, m panel.Summary, limit, used billing.Credits) {
	share := 100 * ratio(used, limit)
	cost.Cap = Stat{Label: "Cap", Value: amount(m.Currency, limit), Note: percent(share) + " used"}
	cost.CapMeter = &Meter{Percent: share, Text: percent(share) + " of the cap"}
	switch {
	case used >= limit:
		cost.Cap.Note = "reached: free until " + m.Now.Month().End().Time().Format("2 Jan")
	case i.Percent == 0 || i.Price.Mode != billing.Capped:
	default:
		if at := reaches(i.Price, i.Percent, limit-used, m.Now); at < m.Now.Month().End() {
			cost.Cap.Note += ", reached " + at.Time().Format("2 Jan")
		} else {
			cost.Cap.Note += ", not reached this month"
		}
	}
}

// reaches is when an instance will have cost an amount from now on.
func reaches(price billing.Price, percent int64, amount billing.Credits, from billing.Instant) billing.Instant {
	perSecond := new(big.Int).Mul(big.NewInt(int64(price.Hourly)), big.NewInt(percent))
	if perSecond.Sign() == 0 {
		return billing.Never
	}
	whole := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(100*int64(billing.Hour)))
	seconds := whole.Div(whole, perSecond)
	if !seconds.IsInt64() || seconds.Int64() > int64(100*365*billing.Day) {
		return billing.Never
	}
	return from + billing.Instant(seconds.Int64())
}

// ratio is a part of a whole, for drawing.
func ratio(part, whole billing.Credits) float64 {
	if whole == 0 {
		return 0
	}
	f, _ := strconv.ParseFloat(big.NewRat(int64(part), int64(whole)).FloatString(6), 64)
	return f
}
