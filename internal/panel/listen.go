package panel

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"accrue/internal/billing"
)

// Listening is a hypervisor to be listened to, as it is reached now.
type Listening struct {
	HypervisorID     int64
	Driver, Endpoint string
}

// heardOf is how long a worker that shows no sign of life keeps what it listens
// to, in seconds.
const heardOf billing.Instant = 15

// Listenings returns which hypervisors a worker is to listen to: its share of
// those that answer, as every worker at work works it out for itself. While one
// comes or goes, a hypervisor may be listened to by two or by none for a few
// seconds; nothing relies on what is heard.
func (p *Panel) Listenings(ctx context.Context, worker string) (share []Listening, err error) {
	err = p.view(ctx, func(tx Tx) error {
		beats, err := tx.ListBeats()
		if err != nil {
			return err
		}
		workers := []string{worker}
		for _, b := range beats {
			if b.Worker != worker && tx.Now()-b.SeenAt <= heardOf {
				workers = append(workers, b.Worker)
			}
		}
		hosts, err := tx.ListHypervisors(0)
		for _, h := range hosts {
			if h.Online && listener(h.ID, workers) == worker {
				share = append(share, Listening{h.ID, h.Driver, h.Endpoint})
			}
		}
		return err
	})
	return share, err
}

// listener chooses one of several workers for a hypervisor. Whoever asks gets
// the same answer, and one worker more or less changes as few as it can.
func listener(hypervisor int64, workers []string) (chosen string) {
	var highest string
	for _, w := range workers {
		hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", hypervisor, w))
		if weight := string(hash[:]); weight > highest {
			chosen, highest = w, weight
		}
	}
	return chosen
}

// Listen calls heard for every change that a hypervisor's driver sees, until ctx
// ends or the connection is lost; the first one says that it listens. It returns
// errors.ErrUnsupported at once where the driver sees none.
func (p *Panel) Listen(ctx context.Context, id int64, heard func(Change)) error {
	host, _, err := p.hostNow(ctx, id)
	if err != nil {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return err
	}
	watcher, ok := driver.(Watcher)
	if !ok {
		return errors.ErrUnsupported
	}
	return watcher.Watch(ctx, heard)
}
