package billing

import (
	"testing"
	"time"
)

// Every month of years that matter for leap days, against package time.
func TestMonthsAgreeWithPackageTime(t *testing.T) {
	for _, years := range [][2]int{{0, 8}, {1895, 2105}, {2395, 2405}, {9990, 9999}} {
		for year := years[0]; year <= years[1]; year++ {
			for number := 1; number <= 12; number++ {
				m := NewMonth(year, number)
				start := time.Date(year, time.Month(number), 1, 0, 0, 0, 0, time.UTC)
				end := start.AddDate(0, 1, 0)
				if got, want := m.Start(), At(start); got != want {
					t.Errorf("%v starts at %v, want %v", m, got, want)
				}
				if got, want := m.End(), At(end); got != want {
					t.Errorf("%v ends at %v, want %v", m, got, want)
				}
				if got, want := m.Seconds(), int64(end.Sub(start)/time.Second); got != want {
					t.Errorf("%v has %d seconds, want %d", m, got, want)
				}
				for _, i := range []Instant{At(start), At(start) + 1, At(start) + 14*Day + 43199, At(end) - Day, At(end) - 1} {
					if got := i.Month(); got != m {
						t.Errorf("%v is in %v, want %v", i, got, m)
					}
				}
			}
		}
	}
}
