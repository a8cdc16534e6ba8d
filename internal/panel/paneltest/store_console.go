package paneltest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"accrue/internal/panel"
)

func consoleTicketsAreTakenOnce(t *testing.T, s panel.Store) {
	w := build(t, s)
	ticket := whole(t, panel.ConsoleTicket{Hash: []byte{1, 0, 255}, Holder: "session:1", InstanceID: w.instance, Kind: panel.ConsoleSerial, ExpiresAt: noon})
	late := panel.ConsoleTicket{Hash: []byte{2}, InstanceID: w.instance, ExpiresAt: noon + 1}
	for _, c := range []panel.ConsoleTicket{ticket, late} {
		update(t, s, func(tx panel.Tx) error { return tx.InsertConsoleTicket(c) })
	}
	take := func(hash ...byte) error {
		return s.Update(context.Background(), func(tx panel.Tx) error {
			_, err := tx.TakeConsoleTicket(hash)
			return err
		})
	}
	var got panel.ConsoleTicket
	update(t, s, func(tx panel.Tx) (err error) {
		got, err = tx.TakeConsoleTicket(ticket.Hash)
		return err
	})
	if diff := cmp.Diff(ticket, got); diff != "" {
		t.Error(diff)
	}
	if err := take(ticket.Hash...); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("a second time: got %v, want ErrNotFound", err)
	}
	update(t, s, func(tx panel.Tx) error { return tx.InsertConsoleTicket(ticket) })
	update(t, s, func(tx panel.Tx) error { return tx.DeleteConsoleTickets(noon) })
	if err := take(ticket.Hash...); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("expired: got %v, want ErrNotFound", err)
	}
	var group errgroup.Group
	var had atomic.Int64
	for range 8 {
		group.Go(func() error {
			err := take(late.Hash...)
			if errors.Is(err, panel.ErrNotFound) {
				return nil
			}
			had.Add(1)
			return err
		})
	}
	if err := group.Wait(); err != nil || had.Load() != 1 {
		t.Errorf("at once: %d had it, %v, want 1", had.Load(), err)
	}
}
