//go:build faults

package libvirt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// life is what a machine goes through, each step as the panel takes it.
func life(d panel.Driver, m panel.Machine) []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) error { return d.EnsureDisk(ctx, m) },
		func(ctx context.Context) error { return d.EnsureDefined(ctx, m) },
		func(ctx context.Context) error { return d.EnsurePower(ctx, m.UID, fleet.PowerOn, 0) },
		func(ctx context.Context) error { return d.EnsurePower(ctx, m.UID, fleet.PowerOff, 0) },
		func(ctx context.Context) error { return d.EnsureAbsent(ctx, m.UID) },
	}
}

// states are what a machine is after each of them.
var states = []fleet.Power{fleet.PowerAbsent, fleet.PowerOff, fleet.PowerOn, fleet.PowerOff, fleet.PowerAbsent}

// Whichever answer is lost, in whichever step, the next tries get there.
func TestEveryAnswerLostOnce(t *testing.T) {
	h := labtest.Start(t, nil)
	proxy := labtest.NewProxy(t, h)
	d := connect(t, h, proxy.Endpoint())
	m := small(bring(t, d, labtest.Quick(t)))
	m.UID = uuid.NewString()
	for n, step := range life(d, m) {
		lost := 0
		for change := 1; ; change++ {
			proxy.CutAt(change)
			err := step(t.Context())
			cut := proxy.Cut()
			proxy.CutAt(0)
			if !cut {
				if err != nil {
					t.Fatalf("step %d: %v", n, err)
				}
				break
			}
			lost++
			if kind := panel.KindOf(err); kind != panel.UnknownOutcome {
				t.Fatalf("step %d, change %d lost: got %v", n, change, err)
			}
			if lost > 20 {
				t.Fatalf("step %d does not get there", n)
			}
		}
		if got := find(t, d, m.UID).Power; got != states[n] {
			t.Errorf("step %d: got %s, want %s", n, got, states[n])
		}
	}
	if left := h.Virsh("vol-list", "accrue"); strings.Contains(left, m.UID) {
		t.Errorf("volumes are left: %s", left)
	}
}

// libvirtd is killed at any moment of every step, and comes back.
func TestLibvirtdKilled(t *testing.T) {
	h := labtest.Start(t, nil)
	d := connect(t, h, h.Endpoint())
	m := small(bring(t, d, labtest.Quick(t)))
	m.UID = uuid.NewString()
	for n, step := range life(d, m) {
		done := make(chan error, 1)
		go func() { done <- step(t.Context()) }()
		time.Sleep(time.Duration(5+10*n) * time.Millisecond) // somewhere within it
		h.Kill()
		if err := <-done; err != nil {
			if kind := panel.KindOf(err); kind != panel.UnknownOutcome && kind != panel.Unreachable {
				t.Errorf("step %d: got %v", n, err)
			}
		}
		h.Restart()
		await(t, fmt.Sprintf("step %d to get there", n), func() bool { return step(t.Context()) == nil })
		if got := find(t, d, m.UID).Power; got != states[n] {
			t.Errorf("step %d: got %s, want %s", n, got, states[n])
		}
	}
}

// A hypervisor that takes calls and answers none holds nobody up for ever, and
// is found again when it goes on.
func TestASocketThatHangs(t *testing.T) {
	h := labtest.Start(t, nil)
	proxy := labtest.NewProxy(t, h)
	d := connect(t, h, proxy.Endpoint())
	if _, err := d.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.Hang(true)
	began := time.Now()
	_, err := d.Inventory(t.Context())
	if kind := panel.KindOf(err); kind != panel.UnknownOutcome {
		t.Errorf("got %v, want an unknown outcome", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := d.Inventory(ctx); panel.KindOf(err) != panel.Unreachable {
		t.Errorf("connecting again: got %v, want unreachable", err)
	}
	if took := time.Since(began); took > 40*time.Second {
		t.Errorf("took %s", took)
	}
	proxy.Hang(false)
	if _, err := d.Inventory(t.Context()); err != nil {
		t.Errorf("when it goes on: %v", err)
	}
}

// What is done by hand is seen, and what is not ours is left alone.
func TestDoneByHand(t *testing.T) {
	h := labtest.Start(t, nil)
	d := connect(t, h, h.Endpoint())
	m := small(bring(t, d, labtest.Quick(t)))
	m.UID = uuid.NewString()
	boot(t, d, m)
	h.Virsh("destroy", "accrue-"+m.UID)
	if got := find(t, d, m.UID).Power; got != fleet.PowerOff {
		t.Errorf("destroyed by hand: got %s, want off", got)
	}
	h.Virsh("define", writeDomain(t))
	inventory, err := d.Inventory(t.Context())
	if err != nil || len(inventory.Machines) != 1 || inventory.Foreign != 1 || inventory.Taken != (fleet.Resources{VCPUs: 3, MemoryMiB: 64}) {
		t.Errorf("got %+v, %v, want one of ours and one of others", inventory, err)
	}
	if err := d.EnsureAbsent(t.Context(), m.UID); err != nil {
		t.Error(err)
	}
	if inventory, err := d.Inventory(t.Context()); err != nil || inventory.Foreign != 1 {
		t.Errorf("got %+v, %v, want the other still there", inventory, err)
	}
}

// A look at a hundred machines takes less than a second, and so little of a core
// that one every 30 seconds is no burden.
func TestAHundredMachines(t *testing.T) {
	h := labtest.Start(t, nil)
	d := connect(t, h, h.Endpoint())
	m := small(bring(t, d, labtest.Quick(t)))
	for range 100 {
		m.UID = uuid.NewString()
		m.Interfaces = []panel.Interface{{MAC: newMAC(), Network: "default"}}
		for _, step := range life(d, m)[:2] {
			if err := step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	const looks = 10
	before, began := processorTime(t), time.Now()
	for range looks {
		if inventory, err := d.Inventory(t.Context()); err != nil || len(inventory.Machines) != 100 {
			t.Fatalf("got %d machines, %v", len(inventory.Machines), err)
		}
	}
	took, used := time.Since(began)/looks, (processorTime(t)-before)/looks
	t.Logf("a look takes %s and %s of a core", took, used)
	if took > time.Second {
		t.Errorf("a look took %s, want a second at most", took)
	}
	if share := used.Seconds() / 30; share > 0.05 {
		t.Errorf("a look every 30 seconds takes %.1f %% of a core, want 5 at most", 100*share)
	}
}

// processorTime returns what this process has used.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// writeDomain writes a domain as somebody else would define it.
func writeDomain(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.xml")
	const other = `<domain type='qemu'><name>other</name><memory unit='MiB'>64</memory><vcpu>3</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os></domain>`
	if err := os.WriteFile(path, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
