package web

import (
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// adminEvents are lines of the feed, with the accounts they are about.
func (s *server) adminEvents(v *visit, events []panel.Event) ([]Event, error) {
	var ids []int64
	for _, e := range events {
		ids = append(ids, e.AccountID)
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, ids...)
	if err != nil {
		return nil, err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return nil, err
	}
	var lines []Event
	for _, e := range events {
		line := Event{Text: adminText(e, c), Note: names[e.AccountID], At: when(e.At)}
		if e.AccountID > 0 {
			line.URL = accountURL(e.AccountID)
		}
		if line.Note == "" {
			line.Note = "by " + actor(e.Actor)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// adminText says what an event tells, to an administrator.
func adminText(e panel.Event, c billing.Currency) string {
	if word := eventWords[e.Kind]; word != "" {
		return e.Name + " " + word
	}
	switch e.Kind {
	case panel.EventCreditAdded:
		changed, err := billing.ParseCredits(e.Detail)
		switch {
		case err != nil:
			return "Credit changed"
		case changed < 0:
			return c.Format(-changed) + " of credit taken away"
		}
		return c.Format(changed) + " of credit added"
	case panel.EventBalanceLow:
		return "Balance is low"
	case panel.EventBalanceNegative:
		return "Balance is below zero"
	case panel.EventAccountSuspended:
		return "Suspended by the balance"
	case panel.EventAccountResumed:
		return "Suspension lifted"
	case panel.EventPriceChanged:
		return "Price of " + e.Name + " changed"
	case panel.EventSettingsChanged:
		return "Settings changed"
	case panel.EventCurrencyChanged:
		return "Currency " + e.Name + " changed"
	}
	return join(e.Kind, e.Name)
}

// sentenceStart gives a word a capital letter.
func sentenceStart(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
