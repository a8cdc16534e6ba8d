package web

import (
	"errors"
	"fmt"
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// quoteForm answers a change on the create page: with the new price where htmx
// asks for it, with the page where a button did.
func (s *server) quoteForm(w http.ResponseWriter, v *visit) error {
	view, chosen, err := s.createView(v)
	if err != nil {
		return err
	}
	if !v.partial() {
		http.Redirect(w, v.Request, chosen.address(), http.StatusSeeOther)
		return nil
	}
	view.Redraw = view.Shown != v.field("shown") || view.Changed != ""
	view.RedrawName = (len(view.Errors) > 0) != (v.field("name-refused") != "")
	w.Header().Set("HX-Replace-Url", chosen.address())
	return s.render(w, v, http.StatusOK, CreateQuote(view))
}

// quote prices what is chosen. refused is why it could not be had now.
func (s *server) quote(v *visit, chosen order, offer panel.Offer) (view QuoteView, refused, err error) {
	switch {
	case chosen.location.Apart:
		return QuoteView{Refused: chosen.image.Name() + " is where nothing is offered any more. Choose another image."}, nil, nil
	case chosen.plan.ID == 0:
		return QuoteView{Refused: "There is no room for any plan here right now. Choose another location."}, nil, nil
	}
	quoted, err := s.Panel.Quote(v.Context(), v.who, chosen.wanted())
	if err != nil {
		return view, nil, err
	}
	c := offer.Currency
	view = QuoteView{
		Monthly: perMonth(c, quoted.Plan.Price),
		Changed: moved(c, quoted),
		Choices: chosenFacts(chosen),
	}
	if quoted.Shown.ID != quoted.Plan.Price.ID { // the new price is on the page now: what else is in the way?
		wanted := chosen.wanted()
		wanted.Price = 0
		if quoted, err = s.Panel.Quote(v.Context(), v.who, wanted); err != nil {
			return view, nil, err
		}
	}
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return view, nil, err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return view, nil, err
	}
	view.Hourly = hourly(c, quoted.Plan.Price.HourlyEquivalent(now.Month(), 100))
	view.Costs = costFacts(c, quoted, settings.MinimumSeconds, now)
	view.Effects = effectFacts(c, quoted, now)
	view.Footnote = footnote(quoted.Plan)
	if view.fillRefusal(c, quoted); view.Refused == "" {
		view.Warning = warning(quoted, now)
	}
	return view, quoted.Refused, nil
}

// moved says what has become of a price since it was shown.
func moved(c billing.Currency, q panel.Quoted) string {
	if q.Shown.ID == q.Plan.Price.ID {
		return ""
	}
	return fmt.Sprintf("%s costs %s now, not %s.", q.Plan.Name, inFull(c, q.Plan.Price), inFull(c, q.Shown))
}

// inFull writes a price with both of its amounts.
func inFull(c billing.Currency, p billing.Price) string {
	if p.Mode == billing.Monthly {
		return c.Format(p.Monthly) + " a month"
	}
	text := c.FormatHourly(p.Hourly) + " an hour"
	if p.Mode == billing.Capped {
		text += " and at most " + c.Format(p.Monthly) + " a month"
	}
	return text
}

func chosenFacts(chosen order) []Fact {
	facts := []Fact{
		{Label: "Plan", Value: Amount{Text: chosen.plan.Name}},
		{Label: "Location", Value: Amount{Text: chosen.location.Name}},
	}
	if chosen.image.ID != 0 {
		facts = append(facts, Fact{Label: chosen.imageLabel(), Value: Amount{Text: chosen.image.Name()}})
	}
	return facts
}

// costFacts say what the order costs until the month ends, and at least.
func costFacts(c billing.Currency, q panel.Quoted, minimum int64, now billing.Instant) []Fact {
	end := now.Month().End()
	left := export.Hours(int64(end - now))
	facts := []Fact{{Label: fmt.Sprintf("Until %s, %s h", end.Time().Format("2 Jan"), left), Value: amount(c, q.MonthEstimate)}}
	if q.Minimum > 0 {
		facts = append(facts, Fact{Label: "At least, for " + minimumSpan(minimum), Value: Amount{Text: c.FormatHourly(q.Minimum), Exact: exactly(q.Minimum)}})
	}
	return facts
}

// minimumSpan writes the shortest time that is paid for.
func minimumSpan(seconds int64) string {
	if seconds == int64(billing.Hour) {
		return "one hour"
	}
	return span(billing.Instant(seconds))
}

// effectFacts say what the order does to the account.
func effectFacts(c billing.Currency, q panel.Quoted, now billing.Instant) []Fact {
	burn := Amount{
		Text:  c.FormatHourly(q.BurnBefore) + " → " + c.FormatHourly(q.BurnAfter),
		Exact: exactly(q.BurnBefore) + " → " + exactly(q.BurnAfter),
	}
	return []Fact{
		{Label: "Balance", Value: amount(c, q.Balance)},
		{Label: "Burn per hour", Value: burn},
		endFact("Reaches zero", q.ZeroAt, q.ZeroAtNow, now),
		endFact("Suspended", q.SuspendAt, q.SuspendAtNow, now),
	}
}

// endFact says when credit comes to an end, with the order and without.
func endFact(label string, with, without, now billing.Instant) Fact {
	f := Fact{Label: label, Value: Amount{Text: endText(with, now)}}
	switch {
	case with == without:
	case without == billing.Never:
		f.Note = "not in sight without it"
	default:
		f.Note = "without it " + endText(without, now)
	}
	return f
}

// endText is a point of time that may never come.
func endText(at, now billing.Instant) string {
	switch {
	case at == billing.Never:
		return "not in sight"
	case at <= now:
		return "now"
	case at-now > 365*billing.Day:
		return day(at, now)
	}
	return day(at, now) + ", " + clock(at)
}

// fillRefusal says why the order would not be accepted, and what would help. A
// name is complained about beside its field.
func (view *QuoteView) fillRefusal(c billing.Currency, q panel.Quoted) {
	var no *panel.Refusal
	var invalid *panel.Invalid
	switch {
	case q.Refused == nil:
		return
	case errors.As(q.Refused, &invalid):
		if invalid.Field != "name" {
			view.Refused = sentence(invalid.Message)
		}
		return
	case !errors.As(q.Refused, &no):
		view.Refused = "This cannot be created now."
		return
	}
	text, credit := inCurrency(c, no)
	view.Refused = text
	if missing := no.Needed - no.Balance; credit && missing > 0 {
		view.TopUp = Link{Text: "Add at least " + c.FormatUp(missing), URL: "/billing/topup?amount=" + c.AmountUp(missing)}
	}
}

// inCurrency says why something was refused, amounts in a currency, and whether it
// was for the balance.
func inCurrency(c billing.Currency, no *panel.Refusal) (text string, credit bool) {
	switch no.Code {
	case panel.CodeInsufficientCredit:
		return fmt.Sprintf("Your balance of %s is not enough: %s is needed, to cover what you would then run.", c.Format(no.Balance), c.FormatUp(no.Needed)), true
	case panel.CodeAccountSuspended:
		return fmt.Sprintf("Your account is suspended. With a balance of %s you can create instances again.", c.FormatUp(no.Needed)), true
	}
	return no.Message, false
}

// warning speaks up when the credit would not last long.
func warning(q panel.Quoted, now billing.Instant) string {
	if q.ZeroAt == billing.Never || q.ZeroAt-now > 3*billing.Day {
		return ""
	}
	return "Your credit would last until " + dayAndTime(q.ZeroAt) + " only."
}

// footnote says how the plan is billed while it is stopped.
func footnote(plan panel.Plan) string {
	stopped := "A stopped instance keeps costing the same"
	switch plan.StoppedPercent {
	case 100:
	case 0:
		stopped = "A stopped instance costs nothing"
	default:
		stopped = fmt.Sprintf("A stopped instance costs %d %% of the price", plan.StoppedPercent)
	}
	return "Billed by the second. " + stopped + "; you stop paying when you delete it. Times are UTC."
}
