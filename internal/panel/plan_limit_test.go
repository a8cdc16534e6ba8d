package panel_test

import (
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// TestLimitsOfAPlanReachTheMachine at its creation, and with a resize.
func TestLimitsOfAPlanReachTheMachine(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	plan, err := p.Plan(ctx, p.plan)
	p.must(err)
	plan.CPUPercent, plan.IOPS, plan.DiskMiBPerS = 50, 300, 20
	_, err = p.SavePlan(ctx, admin, plan, panel.PriceInput{})
	p.must(err)
	who := p.customer("ida", 100*billing.Credit)
	web := p.create(who, "web")
	if got, want := p.placed(web).Limits, (panel.Limits{CPUPercent: 50, IOPS: 300, DiskBytesPerS: 20 << 20}); got != want {
		t.Errorf("created with %+v, want %+v", got, want)
	}
	_, err = p.ResizeInstance(ctx, who, web.ID, p.large)
	p.must(err)
	p.work()
	if got, want := p.placed(web).Limits, (panel.Limits{}); got != want {
		t.Errorf("resized to %+v, want %+v", got, want)
	}
	for field, wrong := range map[string]panel.Plan{"cpu_percent": {CPUPercent: 101}, "iops": {IOPS: -1}, "disk_mib_per_s": {DiskMiBPerS: -1}} {
		bad := plan
		bad.CPUPercent, bad.IOPS, bad.DiskMiBPerS = wrong.CPUPercent, wrong.IOPS, wrong.DiskMiBPerS
		_, err := p.SavePlan(ctx, admin, bad, panel.PriceInput{})
		invalidAt(t, err, field)
	}
}
