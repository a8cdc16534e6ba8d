package panel_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// examined is a Drivers whose examinations say what a test wants.
type examined struct {
	panel.Drivers
	says panel.Examination
	of   panel.Hypervisor // the last that was examined
}

func (e *examined) Examine(_ context.Context, h panel.Hypervisor) panel.Examination {
	e.of = h
	says := e.says
	says.Checks = slices.Clone(says.Checks)
	return says
}

func TestALibvirtURIIsAnEndpoint(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	world := &examined{Drivers: p.world}
	desk := panel.New(p.store, world, p.mail, identity.NewHasher(identity.TestParams, 1))
	for uri, want := range map[string]string{
		"qemu:///system": "unix:///run/libvirt/libvirt-sock",
		"qemu+unix:///system?socket=/run/libvirt/virtqemud-sock":      "unix:///run/libvirt/virtqemud-sock",
		" qemu+ssh://accrue@hv1.example.org/system ":                  "ssh://accrue@hv1.example.org/run/libvirt/libvirt-sock",
		"qemu+ssh://accrue@[2001:db8::1]:2222/system?socket=/run/v-s": "ssh://accrue@[2001:db8::1]:2222/run/v-s",
		"qemu+tls://hv1.example.org/system":                           "tls://hv1.example.org:16514",
		"qemu+tls://hv1.example.org:4711/system":                      "tls://hv1.example.org:4711",
		"ssh://a@hv1/run/s":                                           "ssh://a@hv1/run/s",
	} {
		_, err := desk.ProbeHypervisor(ctx, admin, panel.Hypervisor{Driver: "libvirt", Endpoint: uri})
		p.must(err)
		if world.of.Endpoint != want {
			t.Errorf("%s: got %s, want %s", uri, world.of.Endpoint, want)
		}
	}
	for _, uri := range []string{"", "qemu:///session", "qemu://hv1/system", "qemu+tcp://hv1/system", "qemu+ssh://accrue@hv1/system?no_verify=1", "qemu+ssh://hv1/system", "xen:///system"} {
		_, err := desk.ProbeHypervisor(ctx, admin, panel.Hypervisor{Driver: "libvirt", Endpoint: uri})
		invalidAt(t, err, "endpoint")
	}
	_, err := desk.ProbeHypervisor(ctx, admin, panel.Hypervisor{Driver: "libvirt", Endpoint: "ssh://a@hv1/run/s", HostKey: fingerprint})
	invalidAt(t, err, "key_file")
	_, err = desk.ProbeHypervisor(ctx, p.customer("eve", 0), panel.Hypervisor{Driver: "libvirt", Endpoint: "unix:///run/s"})
	if !errors.Is(err, panel.ErrForbidden) {
		t.Errorf("a customer: got %v", err)
	}
}

func TestAMachineIsRegisteredOnce(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	p.must(p.Watch(ctx, 1))
	host, err := p.Hypervisor(ctx, admin, 1)
	p.must(err)
	ok := []panel.Check{{Name: panel.CheckVersions, State: panel.CheckPassed}, {Name: panel.CheckClock, State: panel.CheckPassed}}
	world := &examined{Drivers: p.world, says: panel.Examination{Facts: panel.Facts{UID: host.HostUID}, Checks: ok}}
	desk := panel.New(p.store, world, p.mail, identity.NewHasher(identity.TestParams, 1))
	unique := func(e panel.Examination, err error) panel.CheckState {
		t.Helper()
		p.must(err)
		if len(e.Checks) != 3 || e.Checks[1].Name != panel.CheckUnique || e.At != noon {
			t.Fatalf("got %+v", e)
		}
		return e.Checks[1].State
	}
	candidate := panel.Hypervisor{Driver: "libvirt", Endpoint: "unix:///run/s"}
	if got := unique(desk.ProbeHypervisor(ctx, admin, candidate)); got != panel.CheckFailed {
		t.Errorf("once more: got %s", got)
	}
	if got := unique(desk.ExamineHypervisor(ctx, admin, 1)); got != panel.CheckPassed {
		t.Errorf("itself: got %s", got)
	}
	world.says.Facts.UID = "another"
	if got := unique(desk.ProbeHypervisor(ctx, admin, candidate)); got != panel.CheckPassed {
		t.Errorf("another: got %s", got)
	}
	if got := unique(desk.ExamineHypervisor(ctx, admin, 1)); got != panel.CheckFailed {
		t.Errorf("another in its place: got %s", got)
	}
}

func TestMoreThanThereIsIsAWarning(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	has := panel.Facts{}
	has.Capacity.VCPUs, has.Capacity.MemoryMiB, has.Capacity.DiskGiB = 10, 10*1024, 100
	world := &examined{Drivers: p.world, says: panel.Examination{Facts: has, Checks: []panel.Check{{Name: panel.CheckCapacity, State: panel.CheckPassed}}}}
	desk := panel.New(p.store, world, p.mail, identity.NewHasher(identity.TestParams, 1))
	state := func() panel.CheckState {
		t.Helper()
		e, err := desk.ExamineHypervisor(ctx, admin, 1)
		p.must(err)
		return e.Checks[0].State
	}
	if got := state(); got != panel.CheckPassed {
		t.Errorf("what it has: got %s", got)
	}
	world.says.Facts.Capacity.MemoryMiB--
	if got := state(); got != panel.CheckWarning {
		t.Errorf("more than it has: got %s", got)
	}
}

func TestASimulatedHypervisorIsInOrder(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	for name, examine := range map[string]func() (panel.Examination, error){
		"one that is there": func() (panel.Examination, error) { return p.ExamineHypervisor(ctx, admin, 1) },
		"one to come": func() (panel.Examination, error) {
			return p.ProbeHypervisor(ctx, admin, panel.Hypervisor{Driver: "sim"})
		},
	} {
		if e, err := examine(); err != nil || !e.Usable() {
			t.Errorf("%s: got %+v, %v", name, e, err)
		}
	}
	p.must(p.SetFault(ctx, admin, 1, panel.FaultUnreachable, true))
	if e, err := p.ExamineHypervisor(ctx, admin, 1); err != nil || e.Usable() {
		t.Errorf("one that does not answer: got %+v, %v", e, err)
	}
}
