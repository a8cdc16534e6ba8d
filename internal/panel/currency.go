package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// currencyOf returns a currency with the value in force now.
func currencyOf(tx Tx, code string) (billing.Currency, error) {
	return currencyAt(tx, code, tx.Now())
}

// currencyAt returns a currency with the value in force at an instant.
func currencyAt(tx Tx, code string, at billing.Instant) (billing.Currency, error) {
	all, err := tx.ListCurrencies(at)
	if err != nil {
		return billing.Currency{}, fmt.Errorf("currencies: %w", err)
	}
	for _, c := range all {
		if c.Code == code {
			return c.Currency, nil
		}
	}
	return billing.Currency{}, fmt.Errorf("currency %s: %w", code, ErrNotFound)
}

// currencyFor returns the currency for a month's report: with the value in force
// at the last second of a closed month, or now for the month that runs.
func currencyFor(tx Tx, code string, month billing.Month) (billing.Currency, error) {
	return currencyAt(tx, code, min(tx.Now(), month.End()-1))
}

// Currencies returns all currencies with their values of now.
func (p *Panel) Currencies(ctx context.Context) (all []DatedCurrency, err error) {
	err = p.view(ctx, func(tx Tx) error {
		all, err = tx.ListCurrencies(tx.Now())
		return err
	})
	return all, err
}

// CurrenciesOf returns all currencies with the values that a month's report has:
// of its last second, or of now while it runs.
func (p *Panel) CurrenciesOf(ctx context.Context, month billing.Month) (all []DatedCurrency, err error) {
	err = p.view(ctx, func(tx Tx) error {
		all, err = tx.ListCurrencies(min(tx.Now(), month.End()-1))
		return err
	})
	return all, err
}

// CurrencyValues returns the history of a currency's value, newest first.
func (p *Panel) CurrencyValues(ctx context.Context, who identity.Who, code string) (values []CurrencyValue, err error) {
	err = p.look(ctx, who, identity.ReadSettings, func(tx Tx) error {
		values, err = tx.ListCurrencyValues(code)
		return err
	})
	return values, err
}

// CurrencyUse counts the accounts whose people see amounts in each currency.
func (p *Panel) CurrencyUse(ctx context.Context, who identity.Who) (accounts map[string]int64, err error) {
	err = p.look(ctx, who, identity.ReadSettings, func(tx Tx) error {
		accounts = map[string]int64{}
		return eachAccount(tx, func(a Account) error {
			accounts[a.Currency]++
			return nil
		})
	})
	return accounts, err
}

// AddCurrency adds a currency. The first one is the default one; there is always
// exactly one, so another that wants to be it takes over.
func (p *Panel) AddCurrency(ctx context.Context, who identity.Who, c DatedCurrency) error {
	if err := c.Validate(); err != nil {
		return asInvalid(err)
	}
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		all, err := tx.ListCurrencies(tx.Now())
		if err != nil {
			return err
		}
		for _, known := range all {
			if known.Code == c.Code {
				return invalidf("code", "there is a currency %s already", c.Code)
			}
			if c.Default && known.Default {
				return invalidf("default", "%s is the default currency; make this one the default after adding it", known.Code)
			}
		}
		c.Default = c.Default || len(all) == 0
		c.Since = tx.Now()
		if err := tx.InsertCurrency(c, who.Actor()); err != nil {
			return err
		}
		return currencyChanged(tx, who, c.Code, "added at "+c.Value.String())
	})
}

// ChangeCurrency changes how a currency is written, or its value from now on.
// Past reports, balances and top-ups keep the value of their time.
func (p *Panel) ChangeCurrency(ctx context.Context, who identity.Who, c billing.Currency) error {
	if err := c.Validate(); err != nil {
		return asInvalid(err)
	}
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		known, err := datedCurrency(tx, c.Code)
		if err != nil {
			return err
		}
		known.Currency = c
		if err := tx.UpdateCurrency(known, tx.Now(), who.Actor()); err != nil {
			return err
		}
		return currencyChanged(tx, who, c.Code, "value "+c.Value.String())
	})
}

// SetDefaultCurrency makes a currency the one that new accounts and the
// provider's own pages show.
func (p *Panel) SetDefaultCurrency(ctx context.Context, who identity.Who, code string) error {
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		c, err := datedCurrency(tx, code)
		if err != nil {
			return err
		}
		c.Default = true
		if err := tx.UpdateCurrency(c, tx.Now(), who.Actor()); err != nil {
			return err
		}
		return audit(tx, who, "currency.default", "currency:"+code, "")
	})
}

// DeleteCurrency removes a currency that nobody uses.
func (p *Panel) DeleteCurrency(ctx context.Context, who identity.Who, code string) error {
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		c, err := datedCurrency(tx, code)
		if err != nil {
			return err
		}
		if c.Default {
			return refuse(CodeInUse, "%s is the default currency. Make another one the default first.", code)
		}
		if err := tx.DeleteCurrency(code); err != nil {
			if errors.Is(err, ErrInUse) {
				return refuse(CodeInUse, "%s is used by accounts or top-ups and stays.", code)
			}
			return err
		}
		return audit(tx, who, "currency.delete", "currency:"+code, "")
	})
}

func datedCurrency(tx Tx, code string) (DatedCurrency, error) {
	all, err := tx.ListCurrencies(tx.Now())
	if err != nil {
		return DatedCurrency{}, err
	}
	for _, c := range all {
		if c.Code == code {
			return c, nil
		}
	}
	return DatedCurrency{}, ErrNotFound
}

func defaultCurrency(tx Tx) (DatedCurrency, error) {
	all, err := tx.ListCurrencies(tx.Now())
	if err != nil {
		return DatedCurrency{}, err
	}
	for _, c := range all {
		if c.Default {
			return c, nil
		}
	}
	return DatedCurrency{}, invalid("currency", "there is no currency yet; add one first")
}

func currencyChanged(tx Tx, who identity.Who, code, detail string) error {
	e := Event{Kind: EventCurrencyChanged, Name: code, Detail: detail, Actor: who.Actor(), At: tx.Now()}
	if err := tx.InsertEvent(e); err != nil {
		return err
	}
	return audit(tx, who, "currency.change", "currency:"+code, detail)
}
