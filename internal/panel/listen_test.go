package panel_test

import (
	"testing"

	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// Workers share hypervisors out without speaking to each other.
func TestEveryHypervisorIsListenedToByOneWorker(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	for _, name := range []string{"b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		p.addHost("hv-"+name, 10)
	}
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	for _, h := range hosts {
		p.must(p.Heartbeat(ctx, h.ID))
	}
	shares := func(workers ...string) (heard map[panel.Listening]string) {
		t.Helper()
		heard = map[panel.Listening]string{}
		for _, w := range workers {
			p.must(p.Beat(ctx, panel.Beat{Worker: w}))
		}
		for _, w := range workers {
			share, err := p.Listenings(ctx, w)
			p.must(err)
			if len(share) == 0 {
				t.Errorf("%s has nothing to listen to", w)
			}
			for _, l := range share {
				if heard[l] != "" {
					t.Errorf("hypervisor %d is listened to by %s and %s", l.HypervisorID, heard[l], w)
				}
				heard[l] = w
			}
		}
		if len(heard) != len(hosts) {
			t.Errorf("%d of %d hypervisors are listened to", len(heard), len(hosts))
		}
		return heard
	}
	three := shares("a", "b", "c")
	p.clock.now += 16 // c is silent
	for l, w := range shares("a", "b") {
		if three[l] != "c" && three[l] != w {
			t.Errorf("hypervisor %d went from %s to %s", l.HypervisorID, three[l], w)
		}
	}
	p.must(p.world.SetFault(hosts[0].ID, panel.FaultUnreachable, true))
	p.clock.now += 31
	p.must(p.Heartbeat(ctx, hosts[0].ID))
	alone, err := p.Listenings(ctx, "z")
	p.must(err)
	if len(alone) != len(hosts)-1 {
		t.Errorf("a worker alone listens to %d, want all but the one that does not answer", len(alone))
	}
}
