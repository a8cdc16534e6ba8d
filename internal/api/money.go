package api

import (
	"context"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/panel"
)

// amount is an amount in a currency.
func amount(c billing.Currency, x billing.Credits) client.Money {
	return client.Money{Credits: x.String(), Currency: c.Code, Amount: c.Amount(x), Display: c.Format(x)}
}

// amountUp is an amount that must be paid: rounded so that it is enough.
func amountUp(c billing.Currency, x billing.Credits) client.Money {
	return client.Money{Credits: x.String(), Currency: c.Code, Amount: c.AmountUp(x), Display: c.FormatUp(x)}
}

// small is an amount that does not look like nothing when it is not.
func small(c billing.Currency, x billing.Credits) client.Money {
	return client.Money{Credits: x.String(), Currency: c.Code, Amount: c.AmountSmall(x), Display: c.FormatSmall(x)}
}

// hourly is a price per hour, or an amount that is as small: up to six decimals.
func hourly(c billing.Currency, x billing.Credits) client.Money {
	return client.Money{Credits: x.String(), Currency: c.Code, Amount: c.AmountHourly(x), Display: c.FormatHourly(x)}
}

// inUnits is an amount whose part in a currency's smallest units is known.
func inUnits(c billing.Currency, x billing.Credits, units int64) client.Money {
	return client.Money{Credits: x.String(), Currency: c.Code, Amount: c.AmountUnits(units), Display: c.FormatUnits(units)}
}

// The names of the modes of a price.
var modes = map[billing.Mode]string{billing.Hourly: "hourly", billing.Capped: "capped", billing.Monthly: "monthly"}

func price(c billing.Currency, p billing.Price) client.Price {
	out := client.Price{ID: int64(p.ID), Mode: modes[p.Mode]}
	if p.Mode != billing.Monthly {
		out.Hourly = given(hourly(c, p.Hourly))
	}
	if p.HasMonthly() {
		out.Monthly = given(amount(c, p.Monthly))
	}
	return out
}

// given is a value that is there.
func given[T any](x T) *T { return &x }

// moment is a point in time that is there, unless it is 0 or never.
func moment(at billing.Instant) *time.Time {
	if at == 0 || at == billing.Never {
		return nil
	}
	return given(at.Time())
}

// currency is the one in which the caller sees amounts: the account's, or the
// default one for those who have none.
func (s *server) currency(ctx context.Context) (billing.Currency, error) {
	who := callOf(ctx).who
	if who.AccountID == 0 {
		return s.defaultCurrency(ctx)
	}
	return s.Panel.CurrencyOf(ctx, who, who.AccountID)
}

func (s *server) defaultCurrency(ctx context.Context) (billing.Currency, error) {
	all, err := s.Panel.Currencies(ctx)
	for _, c := range all {
		if c.Default {
			return c.Currency, err
		}
	}
	return billing.Currency{Decimals: billing.DefaultDecimals, Value: oneCredit, Suffix: " credits"}, err
}

// oneCredit is the value of a credit in credits.
var oneCredit, _ = billing.ParseValue("1")

// credits reads an amount of credits from a field.
func credits(field, text string) (billing.Credits, error) {
	c, err := billing.ParseCredits(text)
	if err != nil {
		return 0, &panel.Invalid{Field: field, Message: err.Error()}
	}
	return c, nil
}
