package web

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func TestTrafficOf(t *testing.T) {
	june := billing.NewMonth(2026, 6)
	i := panel.InstanceView{Instance: panel.Instance{Lifecycle: fleet.LifecycleActive, ActivatedAt: 1}}
	i.Traffic.Out = 10 * billing.GiB
	for _, test := range []struct {
		transfer, throttle int64
		now                billing.Instant
		want               string
	}{
		{0, 0, june.Start() + 60, "10.0 GiB sent"},
		{0, 0, june.Start() + 15*billing.Day, "10.0 GiB sent, about 20.0 GiB by the end of the month"},
		{500, 0, june.End() - 1, "10.0 GiB of 500 GiB, about 10.0 GiB by the end of the month"},
		{5, 10, june.Start() + 15*billing.Day, "10.0 GiB of 5.00 GiB, about 20.0 GiB by the end of the month. Its port is limited to 10 Mbit/s until then"},
	} {
		i.Plan.TransferGiB, i.Throttle = test.transfer, test.throttle
		if got := trafficOf(i, test.now).Value.Text; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
