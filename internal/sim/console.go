package sim

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

var _ panel.Screener = (*driver)(nil)

// consoles are the terminals that somebody has looked at. They are this
// process's: another one on the same file has its own.
type consoles struct {
	mu  sync.Mutex
	all map[consoleKey]*terminal
}

type consoleKey struct {
	hypervisor int64
	uid        string
	tty        tty
}

// terminal is a machine's terminal, as it has been since the machine was started.
func (w *World) terminal(p Placed, which tty) *terminal {
	w.consoles.mu.Lock()
	defer w.consoles.mu.Unlock()
	key := consoleKey{p.Hypervisor, p.UID, which}
	t := w.consoles.all[key]
	if t == nil {
		if w.consoles.all == nil {
			w.consoles.all = map[consoleKey]*terminal{}
		}
		t = &terminal{now: w.now, tty: which}
		w.consoles.all[key] = t
	}
	if !t.since.Equal(p.Since) {
		t.boot(p)
	}
	return t
}

// forget drops the terminals of a machine that is off.
func (w *World) forget(hypervisor int64, uid string) {
	w.consoles.mu.Lock()
	defer w.consoles.mu.Unlock()
	for _, which := range []tty{ttyScreen, ttySerial} {
		delete(w.consoles.all, consoleKey{hypervisor, uid, which})
	}
}

// OpenScreen shows the machine's screen. Ctrl-Alt-Del restarts the guest.
func (d *driver) OpenScreen(ctx context.Context, uid string) (io.ReadWriteCloser, error) {
	return d.attach(ctx, "open screen", uid, ttyScreen, d.serveScreen)
}

// OpenSerial connects to the machine's serial port. What it wrote lately comes
// first.
func (d *driver) OpenSerial(ctx context.Context, uid string) (io.ReadWriteCloser, error) {
	return d.attach(ctx, "open serial port", uid, ttySerial, serveSerial)
}

// attach serves one end of a connection for as long as the machine is on, and
// returns the other.
func (d *driver) attach(ctx context.Context, operation, uid string, which tty, serve func(net.Conn, *terminal, panel.Machine)) (io.ReadWriteCloser, error) {
	if err := d.look(ctx); err != nil {
		return nil, d.named(operation, err)
	}
	p, err := d.running(uid)
	if err != nil {
		return nil, d.named(operation, err)
	}
	ours, theirs := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer ours.Close()
		serve(ours, d.world.terminal(p, which), p.Machine)
	}()
	go d.whileRunning(uid, which, ours, ended)
	return theirs, nil
}

// running finds a machine that is on.
func (d *driver) running(uid string) (Placed, error) {
	p, err := d.world.shelf.find(d.id, uid)
	switch {
	case err != nil:
		return p, err
	case !p.Defined:
		return p, missing("there is no such machine")
	case p.Power != fleet.PowerOn:
		return p, refusal(panel.InvalidSpec, errors.New("the machine is off"))
	}
	return p, nil
}

// attentive is how soon a console notices that its machine is off or anew.
const attentive = 200 * time.Millisecond

// whileRunning closes a console when its machine is off, and lets its terminal
// boot when the machine has.
func (d *driver) whileRunning(uid string, which tty, console io.Closer, ended <-chan struct{}) {
	tick := time.NewTicker(attentive)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		p, err := d.running(uid)
		if err == nil {
			err = d.connected()
		}
		if err != nil {
			d.world.forget(d.id, uid)
			_ = console.Close()
			return
		}
		d.world.terminal(p, which)
	}
}

// connected says whether the hypervisor has not become unreachable.
func (d *driver) connected() error {
	on, err := d.world.shelf.faults(d.id)
	if err == nil && (on[panel.FaultUnreachable] || on[panel.FaultHang]) {
		err = errUnreachable
	}
	return err
}

// restart is what Ctrl-Alt-Del does.
func (d *driver) restart(uid string) {
	_ = d.world.shelf.change(d.id, uid, func(p *Placed) error {
		if p.Power == fleet.PowerOn {
			p.Since = d.world.now()
		}
		return nil
	}) // a file that cannot be written shows in what the panel asks for next
}

// serveSerial carries bytes between a connection and a terminal.
func serveSerial(conn net.Conn, t *terminal, _ panel.Machine) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		keys := make([]byte, 1024)
		for {
			n, err := conn.Read(keys)
			t.press(keys[:n])
			if err != nil {
				return
			}
		}
	}()
	from := 0
	for {
		text, next, changed := t.read(from)
		if _, err := conn.Write(text); err != nil {
			return
		}
		from = next
		select {
		case <-changed:
		case <-gone:
			return
		}
	}
}
