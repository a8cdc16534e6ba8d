package export

import "testing"

func TestHours(t *testing.T) {
	for seconds, want := range map[int64]string{0: "0.00", 17: "0.00", 18: "0.01", 3600: "1.00", 2402388: "667.33"} {
		if got := Hours(seconds); got != want {
			t.Errorf("%d seconds are %s hours, want %s", seconds, got, want)
		}
	}
}
