package web

import (
	"errors"
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// adjustForm reads the form that corrects a balance, and what it would do.
func (s *server) adjustForm(v *visit) (form AdjustForm, e *entered, err error) {
	e = newEntered(v)
	form = AdjustForm{Amount: v.field("amount"), Reason: v.field("reason"), Key: v.field("key")}
	change := e.credits("amount")
	if form.Amount == "" {
		return form, e, nil
	}
	if e.ok() {
		preview, failed := s.Panel.PreviewCredit(v.Context(), v.who, v.id(), change)
		if err := e.take(failed, nil); err != nil {
			return form, e, err
		}
		c, err := s.defaultCurrency(v)
		if err != nil {
			return form, e, err
		}
		if e.ok() {
			form.Preview = adjustPreview(preview, change, c)
		}
	}
	return form, e, nil
}

func adjustPreview(p panel.CreditPreview, change billing.Credits, c billing.Currency) AdjustPreview {
	a := AdjustPreview{Before: amount(c, p.Before), After: amount(c, p.After)}
	words := c.Format(change)
	if change > 0 {
		words = "+" + words
	}
	a.Remark = words + ". No threshold is crossed."
	for _, notice := range p.Notices {
		switch notice {
		case billing.BalanceLow:
			a.Kind, a.Remark = "warn", "The balance becomes low: the customer gets a mail."
		case billing.BalanceNegative:
			a.Kind, a.Remark = "warn", "The balance becomes negative: the customer gets a mail."
		case billing.AccountSuspended:
			a.Kind, a.Remark = "danger", "The balance falls below the suspension balance: "+count(int(p.Instances), "instance")+" will be suspended at once."
		case billing.AccountResumed:
			a.Kind, a.Remark = "ok", "Lifts the suspension of "+count(int(p.Instances), "instance")+"."
		}
	}
	return a
}

// adminPreviewAdjust says what an adjustment would do: as a part for htmx, and on
// the account's page for those without JavaScript.
func (s *server) adminPreviewAdjust(w http.ResponseWriter, v *visit) error {
	form, e, err := s.adjustForm(v)
	if err != nil {
		return err
	}
	if v.partial() {
		if !e.ok() {
			form.Preview = AdjustPreview{Kind: "danger", Remark: e.errors["amount"]}
		}
		return s.render(w, v, http.StatusOK, AdjustPreviewPart(form.Preview))
	}
	form.Errors = e.errors
	status := http.StatusOK
	if !e.ok() {
		status = http.StatusUnprocessableEntity
	}
	return s.showAccount(w, v, status, form)
}

func (s *server) adminAdjust(w http.ResponseWriter, v *visit) error {
	form, e, err := s.adjustForm(v)
	if err != nil {
		return err
	}
	if e.ok() {
		change := e.credits("amount")
		_, failed := s.Panel.AddCredit(v.Context(), v.who, v.id(), panel.Credit{Amount: change, Reason: form.Reason, Request: form.Key})
		if err := e.take(failed, map[string]string{"request": ""}); err != nil {
			return err
		}
		if e.ok() {
			c, err := s.defaultCurrency(v)
			if err != nil {
				return err
			}
			said := c.Format(change) + " added: "
			if change < 0 {
				said = c.Format(-change) + " taken away: "
			}
			return s.done(w, v, accountURL(v.id()), said+form.Reason)
		}
	}
	form.Errors = e.errors
	return s.showAccount(w, v, http.StatusUnprocessableEntity, form)
}

// reversal returns an entry of the ledger and what asks before it is taken back.
func (s *server) reversal(v *visit) (panel.Transaction, Confirm, error) {
	t, err := s.Panel.Transaction(v.Context(), v.who, v.id())
	if err != nil {
		return t, Confirm{}, err
	}
	if len(t.Postings) == 0 || !reversible(t) {
		return t, Confirm{}, panel.ErrNotFound
	}
	account, change := t.Postings[0].AccountID, t.Postings[0].Amount
	names, err := s.Panel.AccountNames(v.Context(), v.who, account)
	if err != nil {
		return t, Confirm{}, err
	}
	c, err := s.defaultCurrency(v)
	if err != nil {
		return t, Confirm{}, err
	}
	confirm := Confirm{
		ID: "reverse", URL: "/admin/ledger/" + text(t.ID) + "/reverse", Title: "Reverse this entry", Button: "Reverse", Danger: change > 0, Back: accountURL(account),
		Text: []string{"The entry stays. Another one takes it back and names it, and both are in the ledger for good."},
		Facts: []Fact{
			{Label: "Account", Value: Amount{Text: names[account]}},
			{Label: "Entry", Value: Amount{Text: adminEntryText(t)}, Note: dated(t.At).Text},
			{Label: "Amount", Value: signed(c, change)},
		},
		Fields: []Field{{Name: "reason", ID: "reverse-reason", Label: "Reason", Help: "The customer reads it in the ledger", Required: true, Max: 200, Autocomplete: "off"}},
	}
	preview, err := s.Panel.PreviewCredit(v.Context(), v.who, account, -change)
	var invalid *panel.Invalid
	switch {
	case errors.As(err, &invalid):
		return t, confirm, nil
	case err == nil:
		p := adjustPreview(preview, -change, c)
		confirm.Facts = append(confirm.Facts, Fact{Label: "Balance", Value: Amount{Text: p.Before.Text + " → " + p.After.Text}})
		if p.Kind != "" {
			confirm.Warning = p.Remark
		}
	}
	return t, confirm, err
}

// reversible says whether an entry can be taken back by another one.
func reversible(t panel.Transaction) bool {
	return t.Kind != panel.Usage && t.Kind != panel.Reversal
}

func (s *server) adminAskReverse(w http.ResponseWriter, v *visit) error {
	_, c, err := s.reversal(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, c)
}

func (s *server) adminReverse(w http.ResponseWriter, v *visit) error {
	t, c, err := s.reversal(v)
	if err != nil {
		return err
	}
	if _, err := s.Panel.Reverse(v.Context(), v.who, t.ID, v.field("reason")); err != nil {
		return s.asked(w, v, c, err)
	}
	return s.done(w, v, c.Back, "The entry is reversed.")
}
