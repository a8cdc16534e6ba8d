package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// page puts together what stands around every page of somebody signed in.
func (s *server) page(w http.ResponseWriter, v *visit, title string) (Page, error) {
	p := Page{
		Title:    title,
		Path:     v.URL.Path,
		Theme:    theme(v),
		Person:   v.who.Name,
		Initials: initials(v.who.Name),
		Email:    v.who.Email,
		Admin:    v.who.Admin() && (v.who.AccountID == 0 || strings.HasPrefix(v.URL.Path, "/admin")),
		MayAdmin: v.who.Admin(),
		Counts:   map[string]string{},
		Provider: s.provider(v),
		Flash:    s.flash(w, v),
	}
	if p.Admin {
		return p, s.adminCounts(v, &p)
	}
	return p, s.aroundAccount(v, &p)
}

// aroundAccount fills in what all pages of a customer show of the account.
func (s *server) aroundAccount(v *visit, p *Page) error {
	m, err := s.Panel.Standing(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	var instances []panel.InstanceView // matters only if all of them are held
	if m.Account.Holds != 0 {
		if instances, err = s.Panel.Instances(v.Context(), v.who, false); err != nil {
			return err
		}
	}
	p.Account = m.Account.Name
	p.Balance = amount(m.Currency, m.Balance)
	p.Negative = m.Balance < 0
	p.Currencies = currencyOptions(currencies, m.Account.Currency)
	if m.Live > 0 {
		p.Counts["/instances"] = strconv.FormatInt(m.Live, 10)
	}
	p.Notice = concern(m, instances)
	return nil
}

func (s *server) adminCounts(v *visit, p *Page) error {
	orders, err := s.Panel.AllOrders(v.Context(), v.who, panel.OrderPending, 0, 100)
	if err != nil {
		return err
	}
	if len(orders) > 0 {
		p.Counts["/admin/orders"] = strconv.Itoa(len(orders))
	}
	open, err := s.Panel.OpenFindings(v.Context(), v.who)
	if open > 0 {
		p.Counts["/admin/findings"] = strconv.Itoa(open)
	}
	return err
}

// concern is the banner of an account whose credit is a matter of
// concern, or nil.
func concern(m panel.Standing, instances []panel.InstanceView) *BalanceNotice {
	n := BalanceNotice{
		Balance:  amount(m.Currency, m.Balance),
		Limit:    amount(m.Currency, m.Thresholds.Suspension),
		TopUpURL: "/billing/topup",
	}
	for _, i := range instances {
		if i.Status == fleet.StatusSuspended || i.Status == fleet.StatusSuspending {
			n.Count++
		}
	}
	switch {
	case m.Account.Holds.Has(fleet.HoldAbuse) || m.Account.Holds.Has(fleet.HoldAdmin):
		n.State = "held"
		for _, h := range m.Holds {
			n.Reason, n.Since = h.Reason, dayAndTime(h.PlacedAt)
		}
	case m.Account.Taken.Suspended:
		n.State = "suspended"
		n.Needed = amountUp(m.Currency, m.ToLift)
		n.TopUpURL += "?amount=" + m.Currency.AmountUp(m.ToLift)
		n.Restart = restart(instances)
		for _, h := range m.Holds {
			n.Since = dayAndTime(h.PlacedAt)
		}
	case m.Balance < 0:
		n.State = "negative"
		n.Needed = amountUp(m.Currency, -m.Balance)
		if m.SuspendAt != billing.Never {
			n.Until = dayAndTime(m.SuspendAt)
		}
	case m.Account.Taken.Low && m.Live > 0:
		n.State = "low"
		if m.ZeroAt != billing.Never {
			n.Until = dayAndTime(m.ZeroAt)
		}
	default:
		return nil
	}
	return &n
}

func restart(instances []panel.InstanceView) string {
	back := 0
	for _, i := range instances {
		if i.DesiredPower == fleet.PowerOn && i.Lifecycle == fleet.LifecycleActive {
			back++
		}
	}
	switch back {
	case 0:
		return ""
	case 1:
		return "one of them starts again within a minute"
	}
	return strconv.Itoa(back) + " of them start again within a minute"
}

func currencyOptions(all []panel.DatedCurrency, selected string) []Option {
	var options []Option
	for _, c := range all {
		options = append(options, Option{Value: c.Code, Text: c.Code, Selected: c.Code == selected})
	}
	return options
}

// initials are the first letters of a person's first and last name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var letters []rune
	for _, word := range words {
		r, _ := utf8.DecodeRuneInString(word)
		letters = append(letters, unicode.ToUpper(r))
	}
	return string(letters)
}

// number reads an ID, or gives 0, which nothing has.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// refusal is what to tell somebody whose request was not done, if it is theirs
// to mend.
func refusal(err error) (message string, known bool) {
	var refused *panel.Refusal
	var invalid *panel.Invalid
	switch {
	case errors.As(err, &refused):
		return refused.Message, true
	case errors.As(err, &invalid):
		return sentence(strings.ReplaceAll(invalid.Field, "_", " ") + " " + invalid.Message), true
	}
	return "", false
}

// inWords returns err, with amounts in the currency of the visitor's account if it
// is a refusal for the balance.
func (s *server) inWords(v *visit, err error) error {
	var no *panel.Refusal
	if !errors.As(err, &no) || no.Needed == 0 || v.who.AccountID == 0 {
		return err
	}
	m, failed := s.Panel.Standing(v.Context(), v.who, v.who.AccountID)
	if failed != nil {
		return failed
	}
	said := *no
	said.Message, _ = inCurrency(m.Currency, no)
	return &said
}

// fieldErrors are the messages beside a form's fields. Errors that are not about
// the form are passed on.
func fieldErrors(err error) (Errors, error) {
	var refused *panel.Refusal
	var invalid *panel.Invalid
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &invalid):
		return Errors{invalid.Field: sentence(invalid.Message)}, nil
	case errors.As(err, &refused):
		return Errors{"": refused.Message}, nil
	}
	return nil, err
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	s = string(unicode.ToUpper(r)) + s[size:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
