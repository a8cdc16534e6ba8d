package libvirt

import (
	"context"
	"slices"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// EnsureDefined defines the machine's domain, with a seed, and makes its
// addresses known where a network of libvirt's gives them out. A domain that is
// as wanted already is left alone.
func (h *host) EnsureDefined(ctx context.Context, m panel.Machine) error {
	return h.change(ctx, "define", m.UID, func(ctx context.Context, l *link) error {
		if err := valid(m); err != nil {
			return err
		}
		t, err := h.find(ctx, l, m)
		if err != nil {
			return err
		}
		networks, err := l.networks(ctx)
		if err != nil {
			return err
		}
		d, err := h.files(ctx, l, m)
		if err != nil {
			return err
		}
		seed, digest, err := seed(m)
		if err != nil {
			return &fault{panel.InvalidSpec, err}
		}
		name := seedName(m.UID, digest)
		d.seed = l.path(name)
		want := describe(m, d, t, networks)
		known, err := l.defined(ctx, m.UID)
		if err != nil {
			return err
		}
		for _, i := range m.Interfaces {
			if err := h.ensureAddress(ctx, l, i); err != nil {
				return err
			}
		}
		if known == nil || known.Metadata.Mark == nil || known.Metadata.Mark.Spec != want.Metadata.Mark.Spec {
			if _, err := h.ensureContent(ctx, l, name, seed); err != nil {
				return err
			}
			if known != nil {
				want.Metadata.Power = known.Metadata.Power
			}
			if _, err := l.Define(ctx, encode(want)); err != nil {
				return err
			}
		}
		domain, err := l.machine(ctx, m.UID)
		if err != nil {
			return err
		}
		if err := l.throttle(ctx, domain, want); err != nil {
			return err
		}
		return h.tidy(ctx, l, domain, m.UID)
	})
}

// files returns where a machine's disks are.
func (h *host) files(ctx context.Context, l *link, m panel.Machine) (d disks, err error) {
	disk, found, err := h.volume(ctx, l, diskName(m.UID, m.Generation))
	if err != nil {
		return d, err
	}
	if !found {
		return d, faulty(panel.MachineMissing, "the machine has no disk")
	}
	info, err := l.VolumeInfo(ctx, disk)
	if err != nil {
		return d, err
	}
	d.root, d.gib = disk.Key, int64(info.Capacity/gib)
	if !m.Rescue.Empty() {
		d.rescue = l.path(rescueName(m.UID, m.Rescue.Digest))
	}
	return d, nil
}

// defined returns what a machine's domain will be at its next start, or nil.
func (l *link) defined(ctx context.Context, uid string) (*domainXML, error) {
	d, err := l.machine(ctx, uid)
	if is(err, rpc.CodeNoDomain) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := l.domainXML(ctx, d, rpc.XMLInactive)
	return &x, err
}

// throttle gives the interfaces of a domain that is on the limits that they will
// have after its next start.
func (l *link) throttle(ctx context.Context, d rpc.Domain, want domainXML) error {
	if d.ID < 0 {
		return nil
	}
	x, err := l.domainXML(ctx, d, 0)
	if err != nil {
		return err
	}
	for _, i := range x.Devices.Interfaces {
		for _, w := range want.Devices.Interfaces {
			if i.MAC == w.MAC && i.rate() != w.rate() {
				if err := l.SetRate(ctx, d, i.MAC.Address, w.rate()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// tidy removes a machine's volumes that neither its domain uses as it runs, nor
// will use.
func (h *host) tidy(ctx context.Context, l *link, d rpc.Domain, uid string) error {
	var used []string
	for _, flags := range []uint32{rpc.XMLInactive, 0} {
		x, err := l.domainXML(ctx, d, flags)
		if err != nil {
			return err
		}
		for _, file := range x.files() {
			used = append(used, file, completeName(file))
		}
	}
	return h.removeVolumes(ctx, l, uid, used)
}

// removeVolumes removes a machine's volumes but for those in use.
func (h *host) removeVolumes(ctx context.Context, l *link, uid string, used []string) error {
	own, err := h.volumesOf(ctx, l, uid)
	if err != nil {
		return err
	}
	for _, v := range own {
		if slices.Contains(used, v.Key) {
			continue
		}
		if err := ignore(l.DeleteVolume(ctx, v), rpc.CodeNoStorageVolume); err != nil {
			return err
		}
	}
	return nil
}

// EnsureAbsent switches the machine off by force and removes all that is named
// after it. Its domain goes last: whoever comes after a try that broke off finds
// by it what is left.
func (h *host) EnsureAbsent(ctx context.Context, uid string) error {
	return h.change(ctx, "remove", uid, func(ctx context.Context, l *link) error {
		d, err := l.machine(ctx, uid)
		if is(err, rpc.CodeNoDomain) {
			return h.removeVolumes(ctx, l, uid, nil)
		}
		if err != nil {
			return err
		}
		x, err := l.domainXML(ctx, d, rpc.XMLInactive)
		if err != nil {
			return err
		}
		if err := h.setPower(ctx, l, d, powerXML{Want: "off"}); err != nil {
			return err
		}
		if err := ignore(l.Destroy(ctx, d, 0), rpc.CodeOperationInvalid); err != nil {
			return err
		}
		for _, i := range x.Devices.Interfaces {
			if i.Source == nil || i.Source.Network == "" {
				continue
			}
			if err := h.ensureNoAddress(ctx, l, i.Source.Network, i.MAC.Address); err != nil {
				return err
			}
		}
		if err := h.removeVolumes(ctx, l, uid, nil); err != nil {
			return err
		}
		return ignore(l.Undefine(ctx, d, rpc.UndefineManagedSave|rpc.UndefineSnapshots|rpc.UndefineNVRAM|rpc.UndefineCheckpoints), rpc.CodeNoDomain)
	})
}
