package panel_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// TestOnce sends the same order 50 times at once, with a key and no other means
// of telling that it is the same.
func TestOnce(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 100)
		who := p.customer("carol", 1000*billing.Credit)
		send := func(key, body string) (panel.Answer, error) {
			r := panel.NewRequest(who.UserID, "POST", "/v1/instances", key, []byte(body))
			return p.Once(ctx, r, func(ctx context.Context) (panel.Answer, error) {
				n, err := p.Instances(ctx, who, true)
				if err != nil {
					return panel.Answer{}, err
				}
				i, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: fmt.Sprintf("web-%d", len(n)), PlanID: p.plan, LocationID: p.place})
				return panel.Answer{Status: 201, Location: fmt.Sprint(i.ID), Body: i.Name}, err
			})
		}
		var mu sync.Mutex
		answers := map[panel.Answer]int{}
		together(50, func(int) {
			answer, err := send("a", "body")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			answers[answer]++
		})
		if len(answers) != 1 {
			t.Errorf("got answers %v, want one 50 times", answers)
		}
		var refused *panel.Refusal
		if _, err := send("a", "another"); !errors.As(err, &refused) || refused.Code != panel.CodeKeyReused {
			t.Errorf("another body: got error %v, want %s", err, panel.CodeKeyReused)
		}
		if _, err := send("b", "body"); err != nil {
			t.Error(err)
		}
		if made, err := p.Instances(ctx, who, true); err != nil || len(made) != 2 {
			t.Errorf("%d instances, %v, want one for each key", len(made), err)
		}
		p.verify()
	})
}

// TestOnceLeavesNothingOfAnError fails after something was written.
func TestOnceLeavesNothingOfAnError(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, url string) {
		p := newProvider(t, url, 1)
		who := p.customer("carol", 10*billing.Credit)
		failed := errors.New("failed")
		send := func(fail error) error {
			r := panel.NewRequest(who.UserID, "POST", "/v1/instances", "a", nil)
			_, err := p.Once(ctx, r, func(ctx context.Context) (panel.Answer, error) {
				_, err := p.CreateInstance(ctx, who, panel.NewInstance{Name: "web", PlanID: p.plan, LocationID: p.place})
				return panel.Answer{Status: 201}, errors.Join(err, fail)
			})
			return err
		}
		if err := send(failed); !errors.Is(err, failed) {
			t.Errorf("got error %v, want %v", err, failed)
		}
		if made, err := p.Instances(ctx, who, true); err != nil || len(made) != 0 {
			t.Errorf("%d instances, %v, want none", len(made), err)
		}
		if err := send(nil); err != nil {
			t.Error(err)
		}
	})
}
