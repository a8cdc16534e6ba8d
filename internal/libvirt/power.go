package libvirt

import (
	"context"
	"crypto/rand"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// How often a guest is asked again to shut down or to reboot, as one that is
// still booting does not hear it, and how often it is looked at.
const (
	askAgain  = 2 * time.Second
	lookAgain = 200 * time.Millisecond
)

// EnsurePower switches the machine on or off. What was wanted is written into the
// domain first: by it, what the guest does of itself can be told from what it
// was asked to, and a crash that somebody has dealt with from a new one.
func (h *host) EnsurePower(ctx context.Context, uid string, want fleet.Power, grace time.Duration) error {
	switch want {
	case fleet.PowerOn:
		return h.change(ctx, "switch on", uid, func(ctx context.Context, l *link) error {
			return h.switchOn(ctx, l, uid)
		})
	case fleet.PowerOff:
		return h.ask(ctx, "switch off", func(ctx context.Context, l *link) error {
			return h.switchOff(ctx, l, uid, grace)
		})
	}
	return h.ask(ctx, "power", func(context.Context, *link) error {
		return faulty(panel.InvalidSpec, "a machine can be switched on or off only")
	})
}

func (h *host) switchOn(ctx context.Context, l *link, uid string) error {
	d, err := l.machine(ctx, uid)
	if err != nil {
		return err
	}
	state, _, err := l.State(ctx, d)
	if err != nil {
		return err
	}
	switch state {
	case rpc.StateRunning, rpc.StateBlocked:
		return nil
	case rpc.StatePaused:
		return l.Resume(ctx, d)
	case rpc.StateShutdown:
		return faulty(panel.Transient, "the machine is shutting down")
	case rpc.StateCrashed:
		if err := l.Destroy(ctx, d, 0); err != nil {
			return err
		}
	}
	if err := h.setPower(ctx, l, d, powerXML{Want: "on", Start: newNonce()}); err != nil {
		return err
	}
	err = l.Start(ctx, d)
	if is(err, rpc.CodeOperationInvalid) { // somebody else started it
		if state, _, again := l.State(ctx, d); again == nil && state == rpc.StateRunning {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return h.tidy(ctx, l, d, uid) // of an older disk there is no use any more
}

// switchOff asks the guest, waits, and switches the machine off by force in the
// end. Nothing is locked while it waits: who does not want to wait may come.
func (h *host) switchOff(ctx context.Context, l *link, uid string, grace time.Duration) error {
	d, off, err := h.beginOff(ctx, l, uid)
	if off || err != nil {
		return err
	}
	deadline := time.Now().Add(grace)
	for asked := (time.Time{}); time.Now().Before(deadline); {
		state, _, err := l.State(ctx, d)
		if err != nil {
			return err
		}
		switch {
		case state == rpc.StateOff:
			return nil
		case state != rpc.StateRunning && state != rpc.StateShutdown:
			deadline = time.Now() // a guest that does not run hears nothing
			continue
		case time.Since(asked) >= askAgain && state == rpc.StateRunning:
			if err := ignore(l.Shutdown(ctx, d), rpc.CodeOperationInvalid); err != nil {
				return err
			}
			asked = time.Now()
		}
		if err := pause(ctx, min(lookAgain, time.Until(deadline))); err != nil {
			return err
		}
	}
	release, err := h.locks.acquire(ctx, uid)
	if err != nil {
		return err
	}
	defer release()
	return ignore(l.Destroy(ctx, d, 0), rpc.CodeOperationInvalid)
}

// beginOff writes down that the machine is to be off, and says whether it is.
func (h *host) beginOff(ctx context.Context, l *link, uid string) (d rpc.Domain, off bool, err error) {
	release, err := h.locks.acquire(ctx, uid)
	if err != nil {
		return d, false, err
	}
	defer release()
	if d, err = l.machine(ctx, uid); err != nil {
		return d, false, err
	}
	x, err := l.domainXML(ctx, d, rpc.XMLInactive)
	if err != nil {
		return d, false, err
	}
	if p := x.Metadata.Power; p == nil || p.Want != "off" {
		if err := h.setPower(ctx, l, d, powerXML{Want: "off"}); err != nil {
			return d, false, err
		}
	}
	state, _, err := l.State(ctx, d)
	return d, state == rpc.StateOff, err
}

// setPower writes down what is wanted of a domain, for its next start and after.
func (h *host) setPower(ctx context.Context, l *link, d rpc.Domain, power powerXML) error {
	return l.SetMetadata(ctx, d, encode(power), "accrue-power", powerSpace, rpc.AffectConfig)
}

// Reboot restarts the machine. The guest is asked first, and the machine switched
// off and on when it does not reboot in time.
func (h *host) Reboot(ctx context.Context, uid string, grace time.Duration) error {
	return h.change(ctx, "reboot", uid, func(ctx context.Context, l *link) error {
		d, err := l.machine(ctx, uid)
		if err != nil {
			return err
		}
		if err := l.wantRunning(ctx, d); err != nil {
			return err
		}
		if grace <= 0 {
			return l.Reset(ctx, d)
		}
		if rebooted, err := h.askToReboot(ctx, l, d, grace); rebooted || err != nil {
			return err
		}
		// A reset would do, but leave libvirt waiting for the guest: when it shuts
		// down some day, it would be rebooted.
		if err := ignore(l.Destroy(ctx, d, 0), rpc.CodeOperationInvalid); err != nil {
			return err
		}
		return h.switchOn(ctx, l, uid)
	})
}

func (l *link) wantRunning(ctx context.Context, d rpc.Domain) error {
	state, _, err := l.State(ctx, d)
	if err == nil && state != rpc.StateRunning && state != rpc.StateBlocked {
		err = faulty(panel.InvalidSpec, "the machine is not running")
	}
	return err
}

func (h *host) askToReboot(ctx context.Context, l *link, d rpc.Domain, grace time.Duration) (rebooted bool, err error) {
	seen, leave := h.reboots.wait(d.UUID)
	defer leave()
	over := time.After(grace)
	for {
		if err := l.Reboot(ctx, d); err != nil {
			return false, err
		}
		select {
		case <-seen:
			return true, nil
		case <-time.After(askAgain):
		case <-over:
			return false, nil
		case <-ctx.Done():
			return false, &rpc.Lost{Sent: true, Err: ctx.Err()}
		case <-l.Done():
			return false, &rpc.Lost{Sent: true, Err: l.Err()}
		}
	}
}

// newNonce names what must not be taken for another.
func newNonce() string { return rand.Text()[:12] }
