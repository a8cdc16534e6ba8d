package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (s *server) adminCurrencies(w http.ResponseWriter, v *visit) error {
	return s.showCurrencies(w, v, http.StatusOK, CurrencyForm{Decimals: strconv.Itoa(billing.DefaultDecimals)})
}

func (s *server) showCurrencies(w http.ResponseWriter, v *visit, status int, form CurrencyForm) error {
	all, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return err
	}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return err
	}
	used, err := s.Panel.CurrencyUse(v.Context(), v.who)
	if err != nil {
		return err
	}
	view := AdminCurrenciesView{Form: form}
	sample := panel.Plan{Name: "1,000 credits", Price: billing.Price{Mode: billing.Hourly, Hourly: 1000 * billing.Credit}}
	if len(plans) > 0 {
		sample = plans[0]
	}
	view.Sample = sample.Name
	for _, c := range all {
		hourly, monthly := prices(c.Currency, sample.Price)
		view.Currencies = append(view.Currencies, CurrencyRow{
			Code: c.Code, URL: "/admin/currencies/" + c.Code, Default: c.Default, Value: c.Prefix + c.Value.String() + c.Suffix,
			Decimals: strconv.Itoa(c.Decimals), Since: c.Since.Time().Format("2 Jan 2006"), Hourly: hourly, Monthly: monthly, Accounts: grouped(used[c.Code]),
		})
	}
	return s.adminShow(w, v, status, "Currencies", func(p Page) templ.Component { return AdminCurrenciesPage(p, view) })
}

// prices are a price by the hour and by the month, as a table shows them.
func prices(c billing.Currency, p billing.Price) (hourly, monthly string) {
	hourly, monthly = "—", "—"
	if p.Mode != billing.Monthly {
		hourly = c.FormatHourly(p.Hourly)
	}
	if p.HasMonthly() {
		monthly = c.Format(p.Monthly)
	}
	return hourly, monthly
}

// currencyNames are the names that the form has for fields of a currency.
var currencyNames = map[string]string{"value_per_credit": "value", "default": ""}

func (s *server) adminAddCurrency(w http.ResponseWriter, v *visit) error {
	e := newEntered(v)
	c := e.currency(strings.ToUpper(e.field("code")))
	if e.ok() {
		err := s.Panel.AddCurrency(v.Context(), v.who, panel.DatedCurrency{Currency: c, Default: e.checked("default")})
		if err := e.take(err, currencyNames); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/currencies", c.Code+" added: one credit is "+c.Prefix+c.Value.String()+c.Suffix+".")
	}
	return s.showCurrencies(w, v, http.StatusUnprocessableEntity, e.currencyForm())
}

// currency reads the form. Space around prefix and suffix is part of them.
func (e *entered) currency(code string) billing.Currency {
	c := billing.Currency{Code: code, Prefix: e.Form.Get("prefix"), Suffix: e.Form.Get("suffix")}
	value, err := billing.ParseValue(e.field("value"))
	if err != nil {
		e.errors["value"] = sentence(err.Error())
	}
	c.Value, c.Decimals = value, int(e.whole("decimals", billing.DefaultDecimals))
	return c
}

func (e *entered) currencyForm() CurrencyForm {
	return CurrencyForm{
		Code: e.field("code"), Value: e.field("value"), Prefix: e.Form.Get("prefix"), Suffix: e.Form.Get("suffix"),
		Decimals: e.field("decimals"), Errors: e.errors,
	}
}

// currency returns the currency that the address names.
func (s *server) currency(v *visit) (panel.DatedCurrency, error) {
	all, err := s.Panel.Currencies(v.Context())
	for _, c := range all {
		if c.Code == v.PathValue("code") {
			return c, err
		}
	}
	if err == nil {
		err = panel.ErrNotFound
	}
	return panel.DatedCurrency{}, err
}

func (s *server) adminCurrency(w http.ResponseWriter, v *visit) error {
	c, err := s.currency(v)
	if err != nil {
		return err
	}
	form := CurrencyForm{Code: c.Code, Value: c.Value.String(), Prefix: c.Prefix, Suffix: c.Suffix, Decimals: strconv.Itoa(c.Decimals)}
	return s.showCurrency(w, v, http.StatusOK, c, form)
}

func (s *server) showCurrency(w http.ResponseWriter, v *visit, status int, c panel.DatedCurrency, form CurrencyForm) error {
	values, err := s.Panel.CurrencyValues(v.Context(), v.who, c.Code)
	if err != nil {
		return err
	}
	plans, err := s.Panel.Plans(v.Context())
	if err != nil {
		return err
	}
	used, err := s.Panel.CurrencyUse(v.Context(), v.who)
	if err != nil {
		return err
	}
	view := AdminCurrencyView{Code: c.Code, Default: c.Default, Form: form}
	for i, value := range values {
		view.History = append(view.History, CurrencyValue{
			Value: c.Prefix + value.Value.String() + c.Suffix, Since: dated(value.From), By: actor(value.Actor), Now: i == 0,
		})
	}
	for _, plan := range plans {
		if len(view.Preview) < 8 {
			hourly, monthly := prices(c.Currency, plan.Price)
			view.Preview = append(view.Preview, PricePreview{Plan: plan.Name, Hourly: hourly, Monthly: monthly})
		}
	}
	switch {
	case c.Default:
		view.Used = "It cannot be removed while it is the default currency."
	case used[c.Code] > 0:
		view.Used = "It cannot be removed: " + count(int(used[c.Code]), "account") + " see amounts in it."
	default:
		remove := removeCurrency(c)
		view.Remove = &remove
	}
	return s.adminShow(w, v, status, c.Code, func(p Page) templ.Component { return AdminCurrencyPage(p, view) })
}

// dated is a point in time with its year.
func dated(at billing.Instant) Instant {
	return Instant{Text: at.Time().Format("2 Jan 2006 15:04"), Machine: at.String()}
}

func removeCurrency(c panel.DatedCurrency) Confirm {
	page := "/admin/currencies/" + c.Code
	return Confirm{
		ID: "remove-currency", URL: page + "/remove", Title: "Remove " + c.Code, Button: "Remove", Danger: true, Back: page,
		Text: []string{"Nobody can choose it any more. Its past values are forgotten."},
	}
}

func (s *server) adminSaveCurrency(w http.ResponseWriter, v *visit) error {
	known, err := s.currency(v)
	if err != nil {
		return err
	}
	e := newEntered(v)
	c := e.currency(known.Code)
	if e.ok() {
		if err := e.take(s.Panel.ChangeCurrency(v.Context(), v.who, c), currencyNames); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, "/admin/currencies/"+c.Code, c.Code+" saved: one credit is "+c.Prefix+c.Value.String()+c.Suffix+" from now on.")
	}
	return s.showCurrency(w, v, http.StatusUnprocessableEntity, known, e.currencyForm())
}

func (s *server) adminDefaultCurrency(w http.ResponseWriter, v *visit) error {
	code := v.PathValue("code")
	if err := s.Panel.SetDefaultCurrency(v.Context(), v.who, code); err != nil {
		return s.refused(w, v, "/admin/currencies", err)
	}
	return s.done(w, v, "/admin/currencies", code+" is the default currency now.")
}

func (s *server) adminAskRemoveCurrency(w http.ResponseWriter, v *visit) error {
	c, err := s.currency(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, removeCurrency(c))
}

func (s *server) adminRemoveCurrency(w http.ResponseWriter, v *visit) error {
	code := v.PathValue("code")
	if err := s.Panel.DeleteCurrency(v.Context(), v.who, code); err != nil {
		return s.refused(w, v, "/admin/currencies/"+code, err)
	}
	return s.done(w, v, "/admin/currencies", code+" removed.")
}
