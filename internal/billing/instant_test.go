package billing

import (
	"testing"
	"time"

	"pgregory.net/rapid"
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

func TestInstantsAgreeWithPackageTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, last := NewMonth(0, 1).Start(), NewMonth(9999, 12).End()-1
		i := between(t, "second", first, last)
		want := i.Time()
		if got := i.Month(); got.Year() != want.Year() || got.Number() != int(want.Month()) {
			t.Fatalf("%v is in %v", i, got)
		}
		if got := i.Midnight(); got != At(want.Truncate(24*time.Hour)) {
			t.Fatalf("midnight of %v is %v", i, got)
		}
		if got := i.Floor(Hour); got != At(want.Truncate(time.Hour)) {
			t.Fatalf("the full hour of %v is %v", i, got)
		}
	})
}

func TestInstantsAreWritten(t *testing.T) {
	for i, want := range map[Instant]string{0: "1970-01-01T00:00:00Z", -1: "1969-12-31T23:59:59Z", 4107542400: "2100-03-01T00:00:00Z", Never: "never"} {
		if got := i.String(); got != want {
			t.Errorf("%d is written %q, want %q", int64(i), got, want)
		}
	}
}

func TestParseMonth(t *testing.T) {
	for in, want := range map[string]Month{"2026-11": NewMonth(2026, 11), "1970-01": 1970 * 12, "2000-02": NewMonth(2000, 2)} {
		if got, err := ParseMonth(in); err != nil || got != want || got.String() != in {
			t.Errorf("%q is read as %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "2026-13", "2026-1", "2026-11-01", "11-2026"} {
		if got, err := ParseMonth(in); err == nil {
			t.Errorf("%q is read as %v, want an error", in, got)
		}
	}
}
