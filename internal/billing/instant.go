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
	day := 4*uint32((i-epoch)/Day) + 3 // four times the day, and 3, so that leap years come out last
	century, day := day/146097, day%146097|3
	year, day := day/1461, day%1461/4
	return Month(12*(100*century+year)+(5*day+2)/153) + epochMonth
}

// Midnight returns the first second of i's day.
func (i Instant) Midnight() Instant { return i.Floor(Day) }

// Floor returns the last multiple of step that is not after i. With step Hour
// it is the full hour at or before i.
func (i Instant) Floor(step Instant) Instant {
	rest := i % step
	if rest < 0 {
		rest += step
	}
	return i - rest
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
	months := uint32(m - epochMonth)
	year, month := months/12, months%12
	return epoch + Instant(365*year+year/4-year/100+year/400+(153*month+2)/5)*Day
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

// Month and Start count from the first of March of the year -400, because a
// year that begins in March ends with its leap day, and because nothing before
// the year 0 is meant: no division sees a negative number. From March on,
// months have 31, 30, 31, 30, 31 days over and over, 153 in five months. The
// method is Howard Hinnant's ("chrono-Compatible Low-Level Date Algorithms");
// it lets rating cut at month ends without a time.Time.
const (
	epoch      Instant = -865565 * Day
	epochMonth Month   = -400*12 + 2
)
