package web

import (
	"math/big"
	"strconv"
	"time"

	"accrue/internal/billing"
)

// exactly says an exact amount of credits, such as "4,837.270000 credits".
func exactly(c billing.Credits) string {
	exact := billing.Currency{Decimals: 6, Value: oneCredit, Suffix: " credits"}
	return exact.Format(c)
}

// oneCredit is the value of a credit in credits.
var oneCredit, _ = billing.ParseValue("1")

// amount is an amount in a currency, with its exact credits.
func amount(c billing.Currency, x billing.Credits) Amount {
	return Amount{Text: c.Format(x), Exact: exactly(x)}
}

// amountUp is an amount that must be paid: rounded so that it is enough.
func amountUp(c billing.Currency, x billing.Credits) Amount {
	return Amount{Text: c.FormatUp(x), Exact: exactly(x)}
}

// hourly is a price per hour, without the unit.
func hourly(c billing.Currency, x billing.Credits) Amount {
	return Amount{Text: c.FormatHourly(x), Exact: exactly(x) + " per hour"}
}

// perHour is a price per hour as a table shows it: "$0.024/h".
func perHour(c billing.Currency, x billing.Credits) string { return c.FormatHourly(x) + "/h" }

// rate is what a price says: "$0.024/h", "$8.00/mo" for a monthly one.
func rate(c billing.Currency, p billing.Price) string {
	if p.Mode == billing.Monthly {
		return c.Format(p.Monthly) + "/mo"
	}
	return perHour(c, p.Hourly)
}

// perMonth says beside an hourly price what a month comes to.
func perMonth(c billing.Currency, p billing.Price) string {
	switch p.Mode {
	case billing.Capped:
		return "at most " + c.Format(p.Monthly) + " a month"
	case billing.Monthly:
		return c.Format(p.Monthly) + " a month"
	}
	return "about " + c.Format(p.PerMonth()) + " a month"
}

// drawn is an amount for a chart, in the currency: for the eye only.
func drawn(c billing.Currency, x billing.Credits) float64 {
	value, _ := new(big.Float).SetString(c.Amount(x))
	if value == nil {
		return 0
	}
	f, _ := value.Float64()
	return f
}

// Moments are shown in UTC, which is the time that bills are made by.

// dayAndTime is "Thu 10 Dec, 23:44 UTC".
func dayAndTime(at billing.Instant) string { return at.Time().Format("Mon 2 Jan, 15:04 UTC") }

// day is "Thu 10 Dec", with the year when it is not this one.
func day(at, now billing.Instant) string {
	if at.Time().Year() != now.Time().Year() {
		return at.Time().Format("Mon 2 Jan 2006")
	}
	return at.Time().Format("Mon 2 Jan")
}

// clock is "23:44".
func clock(at billing.Instant) string { return at.Time().Format("15:04") }

// when is a point in time as people and machines read it.
func when(at billing.Instant) Instant {
	return Instant{Text: at.Time().Format("2 Jan 15:04"), Machine: at.String()}
}

// monthName is "November 2026".
func monthName(m billing.Month) string { return m.Start().Time().Format("January 2006") }

// span says how long something is: "in 18 days", "in 5 hours".
func span(seconds billing.Instant) string {
	switch {
	case seconds >= 2*billing.Day:
		return strconv.FormatInt(int64(seconds/billing.Day), 10) + " days"
	case seconds >= 2*billing.Hour:
		return strconv.FormatInt(int64(seconds/billing.Hour), 10) + " hours"
	case seconds >= 120:
		return strconv.FormatInt(int64(seconds/60), 10) + " minutes"
	}
	return strconv.FormatInt(int64(seconds), 10) + " s"
}

// elapsed is how long a task has run: "18 s", "2 min".
func elapsed(d time.Duration) string {
	if d < 2*time.Minute {
		return strconv.Itoa(int(d.Seconds())) + " s"
	}
	return strconv.Itoa(int(d.Minutes())) + " min"
}
