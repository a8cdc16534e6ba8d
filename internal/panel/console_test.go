package panel_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
)

const ida = "session:1" // what the customer of these tests is known by

// ticket opens a console.
func (p *provider) ticket(who identity.Who, instance int64, kind panel.ConsoleKind) identity.SessionSecret {
	p.t.Helper()
	ticket, err := p.OpenConsole(ctx, who, ida, instance, kind)
	p.must(err)
	return ticket
}

func TestConsoleTicketLetsItsHolderInOnce(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who := p.customer("ida", 100*billing.Credit)
	i := p.create(who, "web-1")
	for kind, greeting := range map[panel.ConsoleKind]string{panel.ConsoleScreen: "RFB 003.008\n", panel.ConsoleSerial: "\x1b[2J"} {
		ticket := p.ticket(who, i.ID, kind)
		stream, got, err := p.RedeemConsole(ctx, who, ida, i.ID, ticket)
		p.must(err)
		said := make([]byte, len(greeting))
		if _, err := io.ReadFull(stream, said); err != nil || string(said) != greeting || got != kind {
			t.Errorf("%s: got %q of a %s, %v, want %q", kind, said, got, err, greeting)
		}
		p.must(stream.Close())
		if _, _, err := p.RedeemConsole(ctx, who, ida, i.ID, ticket); !errors.Is(err, panel.ErrNotFound) {
			t.Errorf("%s, the same ticket again: got %v, want ErrNotFound", kind, err)
		}
	}
}

func TestConsoleTicketIsGoneOnceItWasShown(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who, other := p.customer("ida", 100*billing.Credit), p.customer("eda", 100*billing.Credit)
	i, second := p.create(who, "web-1"), p.create(who, "web-2")
	for name, redeem := range map[string]func(identity.SessionSecret) error{
		"by another session": func(s identity.SessionSecret) error {
			_, _, err := p.RedeemConsole(ctx, who, "session:2", i.ID, s)
			return err
		},
		"by another account": func(s identity.SessionSecret) error {
			_, _, err := p.RedeemConsole(ctx, other, "session:3", i.ID, s)
			return err
		},
		"for another instance": func(s identity.SessionSecret) error {
			_, _, err := p.RedeemConsole(ctx, who, ida, second.ID, s)
			return err
		},
		"too late": func(s identity.SessionSecret) error {
			p.clock.now += panel.TicketLife
			_, _, err := p.RedeemConsole(ctx, who, ida, i.ID, s)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ticket := p.ticket(who, i.ID, panel.ConsoleScreen)
			if err := redeem(ticket); !errors.Is(err, panel.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
			if _, _, err := p.RedeemConsole(ctx, who, ida, i.ID, ticket); !errors.Is(err, panel.ErrNotFound) {
				t.Errorf("its holder afterwards: got %v, want ErrNotFound", err)
			}
		})
	}
	p.clock.now += panel.TicketLife - 1
	ticket := p.ticket(who, i.ID, panel.ConsoleScreen)
	p.clock.now += panel.TicketLife - 1
	stream, _, err := p.RedeemConsole(ctx, who, ida, i.ID, ticket)
	if err != nil {
		t.Fatalf("in its last second: got %v", err)
	}
	p.must(stream.Close())
}

func TestConsoleIsRefused(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who := p.customer("ida", 100*billing.Credit)
	i := p.create(who, "web-1")
	open := func(who identity.Who) error {
		_, err := p.OpenConsole(ctx, who, ida, i.ID, panel.ConsoleScreen)
		return err
	}
	if err := open(p.customer("eda", billing.Credit)); !errors.Is(err, panel.ErrNotFound) {
		t.Errorf("to another account: got %v, want ErrNotFound", err)
	}
	reader := who
	reader.Via, reader.Scope = identity.ViaToken, identity.ScopeRead
	if err := open(reader); !errors.Is(err, panel.ErrForbidden) {
		t.Errorf("to a token that may read: got %v, want ErrForbidden", err)
	}
	_, err := p.OpenConsole(ctx, who, ida, i.ID, "film")
	invalidAt(t, err, "kind")

	late := p.ticket(who, i.ID, panel.ConsoleScreen)
	p.must(p.world.SetFault(1, panel.FaultUnreachable, true))
	_, _, err = p.RedeemConsole(ctx, who, ida, i.ID, late)
	refusedWith(t, err, panel.CodeUnreachable)
	p.must(p.world.SetFault(1, panel.FaultUnreachable, false))

	late = p.ticket(who, i.ID, panel.ConsoleScreen)
	p.must(p.world.Crash(i.UID)) // the panel has not seen it yet
	_, _, err = p.RedeemConsole(ctx, who, ida, i.ID, late)
	if no := refusedWith(t, err, panel.Code(fleet.CodeNotRunning)); no.Message != "web-1 is off. Start it." {
		t.Errorf("got %q", no.Message)
	}

	late = p.ticket(who, i.ID, panel.ConsoleScreen)
	p.must(p.ConsoleStays(ctx, who, i.ID))
	_, err = p.StopInstance(ctx, who, i.ID)
	p.must(err)
	p.work()
	refusedWith(t, open(who), panel.Code(fleet.CodeNotRunning))
	_, _, err = p.RedeemConsole(ctx, who, ida, i.ID, late)
	refusedWith(t, err, panel.Code(fleet.CodeNotRunning))
	refusedWith(t, p.ConsoleStays(ctx, who, i.ID), panel.Code(fleet.CodeNotRunning))
}

func TestConsoleDoesNotStayWithWhatIsHeldOrDeleted(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who := p.customer("ida", 100*billing.Credit)
	i := p.create(who, "web-1")
	p.must(p.PlaceHold(ctx, admin, who.AccountID, fleet.HoldAdmin, "A look at it"))
	refusedWith(t, p.ConsoleStays(ctx, who, i.ID), panel.Code(fleet.CodeSuspended))
	_, err := p.OpenConsole(ctx, who, ida, i.ID, panel.ConsoleScreen)
	refusedWith(t, err, panel.Code(fleet.CodeSuspended))
	p.must(p.LiftHold(ctx, admin, who.AccountID, fleet.HoldAdmin))
	p.work()
	p.must(p.ConsoleStays(ctx, who, i.ID))
	_, err = p.DeleteInstance(ctx, who, i.ID)
	p.must(err)
	refusedWith(t, p.ConsoleStays(ctx, who, i.ID), panel.Code(fleet.CodeDeleting))
}

func TestConsoleIsToldOfOncePerVisit(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who := p.customer("ida", 100*billing.Credit)
	i := p.create(who, "web-1")
	visit := func(who identity.Who) {
		t.Helper()
		stream, _, err := p.RedeemConsole(ctx, who, ida, i.ID, p.ticket(who, i.ID, panel.ConsoleScreen))
		p.must(err)
		p.must(stream.Close())
	}
	visit(who)
	visit(who)
	p.clock.now += billing.Hour
	visit(who)
	visit(admin)
	var actors []string
	p.must(p.store.View(ctx, func(tx panel.Tx) error {
		events, err := tx.ListEvents(panel.EventFilter{InstanceID: i.ID})
		for _, e := range events {
			if e.Kind == panel.EventConsoleOpened {
				actors = append(actors, e.Actor)
			}
		}
		return err
	}))
	if got, want := strings.Join(actors, ", "), strings.Join([]string{admin.Actor(), who.Actor(), who.Actor()}, ", "); got != want {
		t.Errorf("got events by %q, want %q", got, want)
	}
	record, err := p.Audit(ctx, admin, 0, 1)
	p.must(err)
	if len(record) != 1 || record[0].Action != panel.EventConsoleOpened || record[0].Detail != "screen of web-1" {
		t.Errorf("got %+v, want the administrator's visit", record)
	}
}

// blind is a world whose hypervisors show nothing.
type blind struct{ *sim.World }

func (b blind) Driver(h panel.Hypervisor) (panel.Driver, error) {
	driver, err := b.World.Driver(h)
	return struct{ panel.Driver }{driver}, err
}

func TestConsoleNeedsADriverThatShowsIt(t *testing.T) {
	p := newProvider(t, "sqlite::memory:", 4)
	who := p.customer("ida", 100*billing.Credit)
	i := p.create(who, "web-1")
	p.Panel = panel.New(p.store, blind{p.world}, p.mail, identity.NewHasher(identity.TestParams, 4))
	_, err := p.OpenConsole(context.Background(), who, ida, i.ID, panel.ConsoleScreen)
	refusedWith(t, err, panel.CodeUnsupported)
}
