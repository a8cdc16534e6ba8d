package libvirt

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

type capabilitiesXML struct {
	XMLName xml.Name `xml:"capabilities"`
	UUID    string   `xml:"host>uuid"`
	Arch    string   `xml:"host>cpu>arch"`
}

// Probe says what the hypervisor is. How it runs processors is not said before it
// has been tried, which the first probe begins and does not wait for.
func (h *host) Probe(ctx context.Context) (panel.Facts, error) {
	var facts panel.Facts
	err := h.ask(ctx, "probe", func(ctx context.Context, l *link) (err error) {
		text, err := l.Capabilities(ctx)
		if err != nil {
			return err
		}
		var c capabilitiesXML
		if err := decode(text, &c); err != nil {
			return err
		}
		libvirt, qemu, err := l.Versions(ctx)
		if err != nil {
			return err
		}
		facts = panel.Facts{
			UID: c.UUID, Arch: c.Arch,
			Version: fmt.Sprintf("libvirt %s, QEMU %s", dotted(libvirt), dotted(qemu)),
		}
		if facts.BootID, err = h.boot(ctx, l); err != nil {
			return err
		}
		if err := h.measure(ctx, l, &facts); err != nil {
			return err
		}
		networks, err := l.networks(ctx)
		if err != nil {
			return err
		}
		facts.Networks = slices.Sorted(maps.Keys(networks))
		facts.Accel = h.accel(l)
		return nil
	})
	return facts, err
}

// accel says how the hypervisor runs processors, if that is known. If not, it is
// tried, which nobody waits for here.
func (h *host) accel(l *link) string {
	if _, known := l.known("kvm"); !known && h.endpoint.accel == panel.AccelAuto {
		go h.accelerated(h.alive, l) //nolint:errcheck // who needs it asks again
		return ""
	}
	t, err := h.accelerated(h.alive, l)
	if err != nil {
		return ""
	}
	return t.accel
}

// measure says how large the hypervisor is.
func (h *host) measure(ctx context.Context, l *link, facts *panel.Facts) error {
	node, err := l.Node(ctx)
	if err != nil {
		return err
	}
	p, err := h.store(ctx, l)
	if err != nil {
		return err
	}
	info, err := l.PoolInfo(ctx, p)
	if err != nil {
		return err
	}
	facts.Capacity = fleet.Resources{
		VCPUs: int64(node.CPUs), MemoryMiB: int64(node.MemoryKiB >> 10), DiskGiB: int64(info.Capacity / gib),
	}
	facts.FreeDisk = int64(info.Available / gib)
	return nil
}

// boot names the time since the hypervisor was started. libvirt does not know it,
// but forgets a pool that is not defined when the machine goes down, and only
// then: its UUID is the name.
func (h *host) boot(ctx context.Context, l *link) (string, error) {
	if _, err := h.store(ctx, l); err != nil {
		return "", err
	}
	name := h.endpoint.pool + "-boot"
	p, err := l.Pool(ctx, name)
	if is(err, rpc.CodeNoStoragePool) {
		p, err = l.CreatePool(ctx, encode(poolXML{Type: "dir", Name: name, Target: poolTargetXML{l.path("boot")}}))
	}
	return p.UUID.String(), err
}

func dotted(version uint64) string {
	return fmt.Sprintf("%d.%d.%d", version/1_000_000, version/1000%1000, version%1000)
}
