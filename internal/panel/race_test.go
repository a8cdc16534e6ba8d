package panel_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// TestSimultaneousCreatesTakeEachSlotOnce lets 200 orders of 20 customers race
// for room for 80.
func TestSimultaneousCreatesTakeEachSlotOnce(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 20)
		for n := 2; n <= 4; n++ {
			p.addHost(fmt.Sprintf("hv%d", n), 20)
		}
		var customers []identity.Who
		for n := range 20 {
			customers = append(customers, p.customer(fmt.Sprintf("c%d", n), 1000*billing.Credit))
		}
		var placed, full atomic.Int64
		together(200, func(n int) {
			order := panel.NewInstance{Name: fmt.Sprintf("i%d", n), PlanID: p.plan, LocationID: p.place}
			_, err := p.CreateInstance(ctx, customers[n%len(customers)], order)
			var no *panel.Refusal
			switch {
			case err == nil:
				placed.Add(1)
			case errors.As(err, &no) && no.Code == panel.CodeNoCapacity:
				full.Add(1)
			default:
				t.Errorf("order %d: %v", n, err)
			}
		})
		if placed.Load() != 80 || full.Load() != 120 {
			t.Errorf("%d placed and %d refused, want 80 and 120", placed.Load(), full.Load())
		}
		hosts, err := p.Hypervisors(ctx, admin, p.place)
		p.must(err)
		for _, h := range hosts {
			if h.Instances != 20 {
				t.Errorf("%s has %d instances, want 20: round robin fills equal hypervisors alike", h.Name, h.Instances)
			}
		}
		p.work()
		p.verify()
	})
}

// TestSimultaneousTopUpsWithOneKeyPostOnce posts the same payment 50 times.
func TestSimultaneousTopUpsWithOneKeyPostOnce(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 1)
		who := p.customer("carol", 0)
		together(50, func(n int) {
			c := panel.Credit{Kind: panel.TopUp, Amount: 5 * billing.Credit, Reason: "Card", Request: "pay-1"}
			if _, err := p.AddCredit(ctx, admin, who.AccountID, c); err != nil {
				t.Errorf("top-up %d: %v", n, err)
			}
		})
		if got := p.summary(who).Balance; got != 5*billing.Credit {
			t.Errorf("balance %s, want 5.000000", got)
		}
		p.verify()
	})
}

// TestOrderingTwiceUnderOneKeyMakesOneInstance sends the same order 50 times.
func TestOrderingTwiceUnderOneKeyMakesOneInstance(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 100)
		who := p.customer("carol", 1000*billing.Credit)
		var mu sync.Mutex
		made := map[int64]bool{}
		together(50, func(n int) {
			order := panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place, ClientRef: "form-1"}
			i, err := p.CreateInstance(ctx, who, order)
			if err != nil {
				t.Errorf("order %d: %v", n, err)
			}
			mu.Lock()
			defer mu.Unlock()
			made[i.ID] = true
		})
		if len(made) != 1 {
			t.Errorf("%d instances, want 1", len(made))
		}
	})
}

// TestTopUpRacingSuspension tops up at the very second at which an account is
// suspended, from many sides at once. Whoever is first, the outcome agrees with
// itself: suspended with no segment, or running with one.
func TestTopUpRacingSuspension(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 50)
		var customers []identity.Who
		var instances []panel.Instance
		for n := range 10 {
			who := p.customer(fmt.Sprintf("c%d", n), 2*billing.Credit)
			customers = append(customers, who)
			instances = append(instances, p.create(who, "web"))
		}
		p.clock.now += 2*3600 + 1 // the second at which 2 credits at 1 an hour are used up and one microcredit more
		together(40, func(n int) {
			who := customers[n%len(customers)]
			if n/len(customers)%2 == 0 {
				if err := p.CatchUp(ctx, who.AccountID); err != nil {
					t.Errorf("catch up: %v", err)
				}
				return
			}
			c := panel.Credit{Kind: panel.TopUp, Amount: billing.Credit, Reason: "Card", Request: fmt.Sprintf("pay-%d", n)}
			if _, err := p.AddCredit(ctx, admin, who.AccountID, c); err != nil {
				t.Errorf("top-up: %v", err)
			}
		})
		p.work()
		for n, who := range customers {
			s := p.summary(who)
			i := p.instance(who, instances[n].ID)
			if s.Account.Taken.Suspended || !s.Account.Holds.Empty() {
				t.Errorf("%s is suspended with a balance of %s", s.Account.Name, s.Balance)
			}
			if i.Status != fleet.StatusRunning || i.Percent != 100 {
				t.Errorf("instance of %s is %s and billed at %d%%, want running at 100%%", s.Account.Name, i.Status, i.Percent)
			}
			if want := 2*billing.Credit - 2*billing.Credit - 277; s.Balance != want+2*billing.Credit {
				t.Errorf("balance of %s is %s, want %s", s.Account.Name, s.Balance, want+2*billing.Credit)
			}
		}
		p.verify()
	})
}

// together runs n calls that begin at the same moment and waits for all.
func together(n int, do func(int)) {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-begin
			do(i)
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
}

// onEveryEngine runs a test on an empty database of each kind.
func onEveryEngine(t *testing.T, run func(t *testing.T, url string)) {
	t.Helper()
	storetest.Each(t, run)
}
