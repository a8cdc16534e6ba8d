package bench

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Load is how requests come in.
type Load struct {
	Clients int           // each with a connection of its own, that is kept
	Lasting time.Duration // of each measurement
	Rate    float64       // of requests in a second, where they come steadily
}

// atOnce lets each client ask again as soon as it has an answer, and returns how
// long each answer took.
func (l Load) atOnce(ask func() error) ([]time.Duration, error) {
	until := time.Now().Add(l.Lasting)
	return l.together(func() (time.Duration, bool, error) {
		if time.Now().After(until) {
			return 0, false, nil
		}
		wait, err := timed(ask)
		return wait, true, err
	})
}

// steadily asks at a rate that does not wait for answers. A request that finds no
// client free has waited since it was due.
func (l Load) steadily(ask func() error) ([]time.Duration, error) {
	due := make(chan time.Time, max(1, int(l.Lasting.Seconds()*l.Rate)))
	for n, begun := 0, time.Now(); n < cap(due); n++ {
		due <- begun.Add(time.Duration(float64(n) / l.Rate * float64(time.Second)))
	}
	close(due)
	return l.together(func() (time.Duration, bool, error) {
		at, more := <-due
		if !more {
			return 0, false, nil
		}
		time.Sleep(time.Until(at))
		err := ask()
		return time.Since(at), true, err
	})
}

// together lets every client do something until it says that there is no more.
func (l Load) together(do func() (wait time.Duration, more bool, err error)) (waits []time.Duration, err error) {
	var mu sync.Mutex
	var clients sync.WaitGroup
	for range l.Clients {
		clients.Go(func() {
			for {
				wait, more, failed := do()
				mu.Lock()
				if err = errors.Join(err, failed); err != nil || !more {
					mu.Unlock()
					return
				}
				waits = append(waits, wait)
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	if err == nil && len(waits) == 0 {
		err = errors.New("nothing was asked for")
	}
	return waits, err
}

// ask sends a request and reads the answer, which has to have a status.
func ask(transport http.RoundTripper, request *http.Request, want int) error {
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != want {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return fmt.Errorf("the answer is %s: %s", response.Status, text)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
