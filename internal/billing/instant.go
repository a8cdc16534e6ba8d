package billing

import (
	"fmt"
	"time"
)

// Instant is a whole second of UTC, counted as Unix time. Billing knows no
// smaller unit and no other time zone; intervals are half-open, [from, to).
// Instants other than Never lie in the years 0 to 9999.
type Instant int64

// Never is an instant after all others: "not while anybody watches".
const Never Instant = 1<<63 - 1

// Seconds per day and per hour.
const (
	Hour Instant = 3600
	Day  Instant = 24 * Hour
)

// At returns the second that t falls into.
func At(t time.Time) Instant { return Instant(t.Unix()) }

// Time returns i as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.Unix(int64(i), 0).UTC() }

// String writes i in RFC 3339, or "never".
func (i Instant) String() string {
	if i == Never {
		return "never"
	}
	return i.Time().Format(time.RFC3339)
}

// Month returns the billing month that i falls into.
func (i Instant) Month() Month {
	year, month := civil(int64(i.floorDay()) / int64(Day))
	return NewMonth(year, month)
}

// Midnight returns the first second of i's day.
func (i Instant) Midnight() Instant { return i.floorDay() }

func (i Instant) floorDay() Instant { return i.Floor(Day) }

// Floor returns the last multiple of step that is not after i. With step Hour
// it is the full hour at or before i.
func (i Instant) Floor(step Instant) Instant {
	if rest := i % step; rest >= 0 {
		return i - rest
	} else {
		return i - rest - step
	}
}

// Month is a calendar month in UTC, counted from January of year 0. Its order
// is the order of time; Month+1 is the month after.
type Month int32

// NewMonth returns the month of a year; month runs from 1 to 12.
func NewMonth(year, month int) Month { return Month(year*12 + month - 1) }

// ParseMonth reads "2026-11".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a month such as 2026-11", s)
	}
	return NewMonth(t.Year(), int(t.Month())), nil
}

// Year returns the calendar year.
func (m Month) Year() int { return int(m) / 12 }

// Number returns the month of the year, 1 to 12.
func (m Month) Number() int { return int(m)%12 + 1 }

// Start returns the month's first second.
func (m Month) Start() Instant {
	return Instant(daysFromCivil(m.Year(), m.Number())) * Day
}

// End returns the first second after the month.
func (m Month) End() Instant { return m.Start() + Instant(m.Seconds()) }

// Seconds returns the length of the month in seconds.
func (m Month) Seconds() int64 { return int64(m.Days()) * int64(Day) }

// Days returns the length of the month in days, 28 to 31.
func (m Month) Days() int {
	switch year, month := m.Year(), m.Number(); {
	case month != 2:
		return 30 + (month+month/8)%2 // 31 and 30 in turn, and 31 again in August
	case year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	default:
		return 28
	}
}

// String writes m as "2026-11".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year(), m.Number()) }

// The two conversions below are Howard Hinnant's days_from_civil and
// civil_from_days ("chrono-Compatible Low-Level Date Algorithms"), reduced to
// the first of a month. They let rating cut at month ends without a time.Time.

// daysFromCivil returns the days from 1970-01-01 to the first of a month.
func daysFromCivil(year, month int) int64 {
	y := int64(year)
	shifted := int64(month+9) % 12 // March is 0: the leap day ends the year
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*shifted + 2) / 5
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146097 + dayOfEra - 719468
}

// civil returns the year and month of the day that is days after 1970-01-01.
func civil(days int64) (year, month int) {
	z := days + 719468
	era := floorDiv(z, 146097)
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	month = int((shifted+2)%12) + 1
	year = int(yearOfEra + era*400)
	if month <= 2 {
		year++
	}
	return year, month
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
