package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminCurrencies = "/v1/admin/currencies"

func (s *server) adminCurrencyOperations() {
	const tag = "Admin: currencies"
	whole(s, operation{
		id: "admin-list-currencies", tag: tag, path: adminCurrencies, need: identity.ReadSettings, summary: "Every currency, and how many accounts see amounts in it",
	}, s.adminListCurrencies)
	post(s, operation{
		id: "admin-create-currency", tag: tag, path: adminCurrencies, need: identity.WriteSettings,
		summary: "Add a currency", text: "The first one is the default one.", status: http.StatusCreated,
	}, s.createCurrency)
	getTagged(s, operation{
		id: "admin-get-currency", tag: tag, path: adminCurrencies + "/{code}", need: identity.ReadSettings, summary: "A currency",
	}, readCurrency[ByCode](s))
	changeTagged(s, operation{
		id: "admin-change-currency", tag: tag, path: adminCurrencies + "/{code}", need: identity.WriteSettings, summary: "Change a currency, or its value from this second on",
	}, readCurrency[currencyChange](s), s.changeCurrency)
	remove(s, operation{
		id: "admin-delete-currency", tag: tag, path: adminCurrencies + "/{code}", need: identity.WriteSettings, summary: "Remove a currency that nobody uses",
		errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByCode) error {
		return s.Panel.DeleteCurrency(ctx, who, in.Code)
	})
	post(s, operation{
		id: "admin-default-currency", tag: tag, path: adminCurrencies + "/{code}/default", need: identity.WriteSettings,
		summary: "Make a currency the default one", text: "New accounts and the provider's own reports show amounts in it.", status: http.StatusOK,
	}, s.setDefaultCurrency)
	whole(s, operation{
		id: "list-currency-values", tag: tag, path: adminCurrencies + "/{code}/values", need: identity.ReadSettings, summary: "The history of a currency's value, newest first",
	}, s.listCurrencyValues)
}

// ByCode is the input of an operation on the currency with a code.
type ByCode struct {
	Code string `path:"code" maxLength:"8"`
}

func (c ByCode) code() string { return c.Code }

func (s *server) currencyByCode(ctx context.Context, code string) (panel.DatedCurrency, error) {
	all, err := s.Panel.Currencies(ctx)
	return only(all, err, func(c panel.DatedCurrency) bool { return c.Code == code })
}

// readCurrency reads the currency that an input names.
func readCurrency[I interface{ code() string }](s *server) func(context.Context, identity.Who, *I) (client.Currency, error) {
	return func(ctx context.Context, _ identity.Who, in *I) (client.Currency, error) {
		c, err := s.currencyByCode(ctx, (*in).code())
		return currency(c), err
	}
}

func (s *server) adminListCurrencies(ctx context.Context, who identity.Who, _ *struct{}) ([]client.AdminCurrency, error) {
	used, err := s.Panel.CurrencyUse(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := s.Panel.Currencies(ctx)
	return each(all, func(c panel.DatedCurrency) client.AdminCurrency {
		return client.AdminCurrency{Currency: currency(c), Since: c.Since.Time(), Accounts: used[c.Code]}
	}), err
}

// newCurrencyInput is a currency to be added.
type newCurrencyInput struct {
	Keyed
	Body client.NewCurrency
}

func (s *server) createCurrency(ctx context.Context, who identity.Who, in *newCurrencyInput) (out outcome[client.Currency], err error) {
	b := in.Body
	c := billing.Currency{Code: b.Code, Prefix: b.Prefix, Suffix: b.Suffix, Decimals: *b.Decimals}
	if c.Value, err = valueOf(b.Value); err != nil {
		return out, err
	}
	if err := s.Panel.AddCurrency(ctx, who, panel.DatedCurrency{Currency: c}); err != nil {
		return out, err
	}
	added, err := s.currencyByCode(ctx, b.Code)
	return created(adminCurrencies+"/"+b.Code, currency(added)), err
}

func valueOf(text string) (billing.Value, error) {
	v, err := billing.ParseValue(text)
	if err != nil {
		return 0, &panel.Invalid{Field: "value_per_credit", Message: err.Error()}
	}
	return v, nil
}

// currencyChange is a change of a currency.
type currencyChange struct {
	ByCode
	Seen
	Body client.CurrencyChange
}

func (s *server) changeCurrency(ctx context.Context, who identity.Who, in *currencyChange) error {
	known, err := s.currencyByCode(ctx, in.Code)
	if err != nil {
		return err
	}
	c := known.Currency
	put(&c.Prefix, in.Body.Prefix)
	put(&c.Suffix, in.Body.Suffix)
	put(&c.Decimals, in.Body.Decimals)
	if in.Body.Value != nil {
		if c.Value, err = valueOf(*in.Body.Value); err != nil {
			return err
		}
	}
	return s.Panel.ChangeCurrency(ctx, who, c)
}

// currencyCommand is a command to a currency.
type currencyCommand struct {
	ByCode
	Keyed
}

func (s *server) setDefaultCurrency(ctx context.Context, who identity.Who, in *currencyCommand) (out outcome[client.Currency], err error) {
	if err := s.Panel.SetDefaultCurrency(ctx, who, in.Code); err != nil {
		return out, err
	}
	c, err := s.currencyByCode(ctx, in.Code)
	out.Body = currency(c)
	return out, err
}

func (s *server) listCurrencyValues(ctx context.Context, who identity.Who, in *ByCode) ([]client.CurrencyValue, error) {
	if _, err := s.currencyByCode(ctx, in.Code); err != nil {
		return nil, err
	}
	values, err := s.Panel.CurrencyValues(ctx, who, in.Code)
	return each(values, func(v panel.CurrencyValue) client.CurrencyValue {
		return client.CurrencyValue{Value: v.Value.String(), From: v.From.Time(), Actor: v.Actor}
	}), err
}
