package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/store/storetest"
)

// TestFiftyAtOnceMakeOne sends the same order 50 times at once, with one key. The
// name is free each time, so that nothing but the key keeps the orders apart.
func TestFiftyAtOnceMakeOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		carol := s.customer("carol", 1000*billing.Credit)
		order := client.NewInstance{Name: "web", PlanID: s.small, LocationID: s.ams}
		var mu sync.Mutex
		var all sync.WaitGroup
		answers := map[string]int{}
		for range 50 {
			all.Go(func() {
				r := carol.send(http.MethodPost, "/v1/instances", order, "Idempotency-Key", "a")
				mu.Lock()
				defer mu.Unlock()
				answers[fmt.Sprint(r.StatusCode, r.Header.Get("Location"), string(r.body))]++
			})
		}
		all.Wait()
		if len(answers) != 1 {
			t.Fatalf("got %d answers, want one 50 times: %v", len(answers), answers)
		}
		if made := get200[client.Page[client.Instance]](carol, "/v1/instances"); len(made.Items) != 1 {
			t.Errorf("got %d instances, want 1", len(made.Items))
		}
		laws, err := s.Verify(t.Context())
		s.must(err)
		for _, law := range laws {
			for _, broken := range law.Broken {
				t.Errorf("%s: %s", law.Name, broken)
			}
		}

		order.Name = "db"
		p := carol.problem(carol.send(http.MethodPost, "/v1/instances", order, "Idempotency-Key", "a"), "idempotency_key_reused")
		if p.Status != http.StatusUnprocessableEntity {
			t.Errorf("got %d, want 422", p.Status)
		}
		dave := s.customer("dave", 1000*billing.Credit)
		posted[client.Ordered](dave, http.StatusAccepted, "/v1/instances", order, "Idempotency-Key", "a")
		posted[client.Ordered](carol, http.StatusAccepted, "/v1/instances", order, "Idempotency-Key", "b")
	})
}

func TestKeyStandsForWhatWasAskedHoweverItIsWritten(t *testing.T) {
	s := newSite(t, "")
	carol := s.customer("carol", 1000*billing.Credit)
	first := fmt.Sprintf(`{"name": "web", "plan_id": %d, "location_id": %d}`, s.small, s.ams)
	again := fmt.Sprintf(`{ "location_id":%d,"plan_id":%d, "image_id": 0, "name":"w\u0065b"}`, s.ams, s.small)
	one := posted[client.Ordered](carol, http.StatusAccepted, "/v1/instances", first, "Idempotency-Key", "a")
	two := posted[client.Ordered](carol, http.StatusAccepted, "/v1/instances", again, "Idempotency-Key", "a")
	if one.Instance.ID != two.Instance.ID {
		t.Errorf("got instances %d and %d, want one", one.Instance.ID, two.Instance.ID)
	}
	path := fmt.Sprintf("/v1/instances/%d/actions/", one.Instance.ID)
	s.work()
	posted[client.Ordered](carol, http.StatusAccepted, path+"stop", nil, "Idempotency-Key", "a") // another path, another request
}

func TestRefusedRequestCanBeSentAgain(t *testing.T) {
	s := newSite(t, "")
	root, carol := s.administrator(), s.customer("carol", 0)
	order := client.NewInstance{Name: "web", PlanID: s.small, LocationID: s.ams}
	carol.problem(carol.send(http.MethodPost, "/v1/instances", order, "Idempotency-Key", "a"), "insufficient_credit")
	posted[client.Transaction](root, http.StatusCreated, "/v1/admin/credits",
		client.NewCredit{AccountID: carol.who.AccountID, Credits: "100", Reason: "A gift"}, "Idempotency-Key", "gift")
	posted[client.Ordered](carol, http.StatusAccepted, "/v1/instances", order, "Idempotency-Key", "a")
}

// TestCreditStaysOnceWhenTheKeyIsForgotten sends a credit again long after its
// answer is no longer kept.
func TestCreditStaysOnceWhenTheKeyIsForgotten(t *testing.T) {
	s := newSite(t, "")
	root, carol := s.administrator(), s.customer("carol", 0)
	credit := client.NewCredit{AccountID: carol.who.AccountID, Credits: "100", Reason: "A gift"}
	first := posted[client.Transaction](root, http.StatusCreated, "/v1/admin/credits", credit, "Idempotency-Key", "gift")
	s.now += 100 * billing.Hour
	_, err := s.OrderSettlement(t.Context(), s.now.Floor(billing.Hour))
	s.must(err)
	s.work()
	again := posted[client.Transaction](root, http.StatusCreated, "/v1/admin/credits", credit, "Idempotency-Key", "gift")
	one, err := json.Marshal(first)
	s.must(err)
	two, err := json.Marshal(again)
	s.must(err)
	if string(one) != string(two) {
		t.Errorf("got %s and then %s, want the same transaction", one, two)
	}
}
