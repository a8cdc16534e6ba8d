package libvirt

import (
	"context"
	_ "embed"
	"net/netip"
	"time"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// machineType is what every machine's board is.
const machineType = "q35"

// traits are what a hypervisor can do, found by trying it.
type traits struct {
	arch    string
	accel   string // "kvm" or "tcg"
	model   string // of the CPU
	quota   bool   // it can limit processor time
	shaping bool   // it can limit the network
	filter  string // the filter against false addresses; empty: there is none
}

func (t traits) kind() string {
	if t.accel == "kvm" {
		return "kvm"
	}
	return "qemu"
}

func (t traits) cpu() *cpuXML { return &cpuXML{t.model} }

// find returns what of a hypervisor's traits a machine needs. Each is found out
// once for a connection, when a machine first needs it.
func (h *host) find(ctx context.Context, l *link, m panel.Machine) (t traits, err error) {
	if t, err = h.accelerated(ctx, l); err != nil {
		return t, err
	}
	with := t
	for _, trait := range []struct {
		name   string
		needed bool
		take   func(*traits)
	}{
		{"quota", m.Limits.CPUPercent > 0, func(t *traits) { t.quota = true }},
		{"shaping", m.Limits.PortMbitPerS > 0 && len(m.Interfaces) > 0, func(t *traits) { t.shaping = true }},
		{"filter", len(m.Interfaces) > 0, func(t *traits) { t.filter = filterName }},
	} {
		if !trait.needed {
			continue
		}
		one := t
		trait.take(&one)
		works, err := h.works(ctx, l, trait.name, func(ctx context.Context) (bool, error) { return h.try(ctx, l, one) })
		if err != nil {
			return t, err
		}
		if works {
			trait.take(&with)
		}
	}
	return with, nil
}

// accelerated returns the least that machines are made with: how their processors
// are run.
func (h *host) accelerated(ctx context.Context, l *link) (traits, error) {
	kvm := h.endpoint.accel == panel.AccelKVM
	if !kvm && h.endpoint.accel != panel.AccelTCG {
		var err error
		if kvm, err = h.works(ctx, l, "kvm", func(ctx context.Context) (bool, error) { return h.accelerates(ctx, l) }); err != nil {
			return traits{}, err
		}
	}
	if kvm {
		return traits{arch: "x86_64", accel: "kvm", model: "host-model"}, nil
	}
	return traits{arch: "x86_64", accel: "tcg", model: "maximum"}, nil
}

// works finds out whether something works, or remembers it.
func (h *host) works(ctx context.Context, l *link, name string, try func(context.Context) (bool, error)) (bool, error) {
	for {
		if works, known := l.known(name); known {
			return works, nil
		}
		// A flight of a connection that has gone may be joined: then once more.
		err := h.flights.join(ctx, h.alive, "try "+name, func(ctx context.Context) error {
			works, err := try(ctx)
			if err == nil {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.works[name] = works
			}
			return err
		})
		if err != nil {
			return false, err
		}
	}
}

func (l *link) known(name string) (works, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	works, known = l.works[name]
	return works, known
}

// try starts a small domain, which goes with the connection, and stops it.
func (h *host) try(ctx context.Context, l *link, t traits) (works bool, err error) {
	if t.filter != "" {
		if wanted, err := l.ensureFilter(ctx); refused(err) || !wanted {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	if err := l.attempt(ctx, trial(t)); !refused(err) {
		return err == nil, err
	}
	return false, nil
}

// attempt starts a domain, which goes with the connection, and stops it.
func (l *link) attempt(ctx context.Context, x domainXML) error {
	d, err := l.CreateTransient(ctx, encode(x), rpc.CreatePaused|rpc.CreateAutodestroy)
	if err != nil {
		return err
	}
	return l.Destroy(ctx, d, 0)
}

// trial is a domain that uses each of the traits and nothing else.
func trial(t traits) domainXML {
	x := domainXML{
		Type:     t.kind(),
		Name:     trialPrefix + newNonce(),
		Memory:   amountXML{"MiB", 16},
		VCPUs:    1,
		OS:       osXML{osTypeXML{Arch: t.arch, Machine: machineType, Type: "hvm"}},
		Features: featuresXML{ACPI: &struct{}{}, APIC: &struct{}{}},
		CPU:      t.cpu(),
		Clock:    clockXML{"utc"},
	}
	if t.quota {
		x.CPUTune = &cpuTuneXML{Period: 100_000, Quota: 100_000}
	}
	if !t.shaping && t.filter == "" {
		return x
	}
	i := interfaceXML{Type: "ethernet", MAC: macXML{trialMAC}, Model: deviceXML{"virtio"}, ROM: &enabledXML{"no"}}
	if t.shaping {
		i.Bandwidth = &bandwidthXML{rateXML{1000}, rateXML{1000}}
	}
	if t.filter != "" {
		i.Filter = describeFilter(t.filter, panel.Interface{MAC: trialMAC, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}})
	}
	x.Devices.Interfaces = []interfaceXML{i}
	return x
}

// trialPrefix begins the names of domains that live for a moment.
const trialPrefix = prefix + "trial-"

// trialMAC is locally administered, as are those of all guests, and given to none.
const trialMAC = "52:54:00:00:00:00"

// bootPatience is how long a machine may take that switches itself off at once:
// most of it is QEMU's start and its firmware.
const bootPatience = 20 * time.Second

// bootSector enters long mode, computes a little, and switches the machine off.
//
//go:embed boot.bin
var bootSector []byte

// accelerates says whether a guest really runs under KVM. A device file says
// nothing: where a hypervisor is a guest itself, KVM may be there, start a
// machine, and not run what is in it.
func (h *host) accelerates(ctx context.Context, l *link) (bool, error) {
	_, err := l.DomainCapabilities(ctx, "kvm", machineType)
	if refused(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return h.boots(ctx, l, traits{arch: "x86_64", accel: "kvm", model: "host-model"})
}

// boots says whether a guest gets as far as to switch itself off.
func (h *host) boots(ctx context.Context, l *link, t traits) (bool, error) {
	disk, err := h.ensureContent(ctx, l, "boot.img", bootSector)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, bootPatience)
	defer cancel()
	conn, err := h.dial(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close() // and the machine goes with it
	ended := make(chan rpc.Event, 16)
	x := trial(t)
	if err := conn.OnEvent(ctx, rpc.EventLifecycle, func(e rpc.Event) {
		if e.Domain.Name == x.Name && e.Life == rpc.LifeStopped {
			ended <- e
		}
	}); err != nil {
		return false, err
	}
	x.Devices.Disks = []diskXML{{
		Type: "file", Device: "disk", Driver: diskDriverXML{Name: "qemu", Type: "raw"},
		Source: sourceXML{File: disk.Key}, Target: targetXML{Device: "vda", Bus: "virtio"}, ReadOnly: &struct{}{},
	}}
	if _, err := conn.CreateTransient(ctx, encode(x), rpc.CreateAutodestroy); refused(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	select {
	case e := <-ended:
		return e.Detail == rpc.StoppedByShutdown, nil
	case <-conn.Done():
		return false, &rpc.Lost{Sent: true, Err: conn.Err()}
	case <-ctx.Done():
		return false, nil
	}
}
