package paneltest

import (
	"sync"
	"testing"

	"accrue/internal/panel"
)

func requestsAreAnsweredOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	user := w.addUser(t, "ida@example.org")
	r := panel.NewRequest(user, "POST", "/v1/instances", "a", []byte("body"))
	type kept struct {
		panel.Request
		panel.Answer
	}
	read := func(r panel.Request) func(panel.Tx) (kept, error) {
		return func(tx panel.Tx) (k kept, err error) {
			k.Request, k.Answer, err = tx.Request(r)
			return k, err
		}
	}
	absent(t, s, read(r))
	update(t, s, func(tx panel.Tx) error { return tx.InsertRequest(r, noon) })
	fails(t, s, panel.ErrExists, func(tx panel.Tx) error { return tx.InsertRequest(r, noon) })
	answer := whole(t, panel.Answer{Status: 201, Location: "/v1/instances/1", Body: `{"id":1}`, Password: "secret"})
	update(t, s, func(tx panel.Tx) error { return tx.AnswerRequest(r, answer) })
	answer.Password = "" // nobody keeps it
	same(t, s, kept{r, answer}, read(panel.NewRequest(user, "POST", "/v1/instances", "a", []byte("another"))))
	for _, other := range []panel.Request{
		panel.NewRequest(w.addUser(t, "eda@example.org"), "POST", "/v1/instances", "a", nil),
		panel.NewRequest(user, "PUT", "/v1/instances", "a", nil),
		panel.NewRequest(user, "POST", "/v1/tokens", "a", nil),
		panel.NewRequest(user, "POST", "/v1/instances", "b", nil),
	} {
		absent(t, s, read(other))
		update(t, s, func(tx panel.Tx) error { return tx.InsertRequest(other, noon+1) })
	}
	update(t, s, func(tx panel.Tx) error { return tx.DeleteRequests(noon + 1) })
	absent(t, s, read(r))
}

// turnsAreTaken adds to a number that is read before it is written, which loses
// additions unless it is done in turn.
func turnsAreTaken(t *testing.T, s panel.Store) {
	settings := panel.DefaultSettings()
	settings.ReserveHours = 0
	update(t, s, func(tx panel.Tx) error { return tx.SaveSettings(settings) })
	const writers, times = 4, 5
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range times {
				err := s.Update(t.Context(), func(tx panel.Tx) error {
					if err := tx.TakeTurn("number"); err != nil {
						return err
					}
					settings, err := tx.Settings()
					if err != nil {
						return err
					}
					settings.ReserveHours++
					return tx.SaveSettings(settings)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	same(t, s, writers*times, func(tx panel.Tx) (int64, error) {
		settings, err := tx.Settings()
		return settings.ReserveHours, err
	})
}
