package libvirt

import (
	"context"
	"strings"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// Watch passes on what happens to machines, over a connection of its own. When
// events come faster than they are looked at, some are replaced by one that says
// that anything may have happened.
func (h *host) Watch(ctx context.Context, changed func(panel.Change)) error {
	const operation = "watch"
	l, err := h.connect(ctx)
	if err == nil {
		err = h.watch(ctx, l, changed)
	}
	return &panel.DriverError{Kind: kindOf(err), Operation: operation, Hypervisor: h.name, Err: err}
}

func (h *host) watch(ctx context.Context, l *link, changed func(panel.Change)) error {
	conn, err := h.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	events := make(chan rpc.Event, 256)
	missed := make(chan struct{}, 1)
	if err := conn.OnEvent(ctx, rpc.EventLifecycle, func(e rpc.Event) {
		select {
		case events <- e:
		default:
			select {
			case missed <- struct{}{}:
			default:
			}
		}
	}); err != nil {
		return err
	}
	changed(panel.Change{Power: fleet.PowerUnknown})
	for {
		select {
		case e := <-events:
			if c, ok := l.changeOf(ctx, e); ok {
				changed(c)
			}
		case <-missed:
			changed(panel.Change{Power: fleet.PowerUnknown})
		case <-conn.Done():
			return &rpc.Lost{Sent: true, Err: conn.Err()}
		case <-ctx.Done():
			return &rpc.Lost{Sent: true, Err: ctx.Err()}
		}
	}
}

// changeOf says what an event means. ok is false when it means nothing to us.
func (l *link) changeOf(ctx context.Context, e rpc.Event) (c panel.Change, ok bool) {
	uid, ours := strings.CutPrefix(e.Domain.Name, prefix)
	if !ours || e.Domain.UUID.String() != uid {
		return c, false
	}
	c.UID = uid
	switch e.Life {
	case rpc.LifeStarted, rpc.LifeResumed:
		c.Power = fleet.PowerOn
	case rpc.LifeSuspended:
		c.Power = fleet.PowerPaused
	case rpc.LifeUndefined:
		c.Power = fleet.PowerAbsent
	case rpc.LifeCrashed:
		c.Power = fleet.PowerCrashed
	case rpc.LifeStopped:
		c.Power = fleet.PowerOff
		if e.Detail == rpc.StoppedByCrash || e.Detail == rpc.StoppedByFailure {
			c.Power = fleet.PowerCrashed
		}
		c.ByGuest = e.Detail == rpc.StoppedByShutdown && l.wantedOn(ctx, e.Domain)
	default:
		return c, false
	}
	return c, true
}

// wantedOn says whether a domain was wanted on when it went off: then its guest
// did it.
func (l *link) wantedOn(ctx context.Context, d rpc.Domain) bool {
	x, err := l.domainXML(ctx, d, rpc.XMLInactive)
	return err == nil && x.wantedOn()
}

func (x domainXML) wantedOn() bool { return x.Metadata.Power != nil && x.Metadata.Power.Want == "on" }
