package worker_test

import (
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

// What an instance does is known about a minute after it is up, and traffic that
// is owed is charged with the next look.
func TestCountersAreReadAndTrafficCharged(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		hourly := billing.Credit
		_, err := p.ChangePrice(t.Context(), admin, p.plan, panel.PriceInput{Hourly: &hourly, Traffic: 3 * billing.Credit}, false)
		p.must(err)
		web := p.order(who, "web-1")
		end := p.work()
		time.Sleep(95 * time.Second)
		p.must(p.store.Update(t.Context(), func(tx panel.Tx) error {
			if _, err := tx.AddTraffic(web.ID, tx.Now().Month(), 0, billing.GiB); err != nil {
				return err
			}
			return tx.OweTraffic(web.ID, tx.Now().Month(), web.PriceID, billing.GiB)
		}))
		now, err := p.Now(t.Context())
		p.must(err)
		points, _, err := p.Metrics(t.Context(), who, web.ID, panel.MetricsRange{From: now - billing.Hour})
		p.must(err)
		if len(points) == 0 || points[0].Of(metric.CPU) <= 0 || points[0].Of(metric.NetOut) <= 0 {
			t.Errorf("after a minute and a half: %v, want a point", points)
		}
		time.Sleep(panel.SampleEvery)
		r, err := p.Usage(t.Context(), who, who.AccountID, now.Month(), "")
		p.must(err)
		if len(r.Lines) != 2 || r.Lines[1].Kind != billing.KindTraffic || r.Lines[1].Amount != 3*billing.Credit {
			t.Errorf("lines %+v, want traffic for 3 credits", r.Lines)
		}
		p.must(end())
		p.verify()
	})
}
