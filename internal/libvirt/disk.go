package libvirt

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// EnsureDisk makes the machine's disk on top of its image, or of a copy of its
// snapshot, and another one on top of its rescue image. A disk is as large as its
// image at least.
func (h *host) EnsureDisk(ctx context.Context, m panel.Machine) error {
	return h.change(ctx, "make disk", m.UID, func(ctx context.Context, l *link) error {
		if err := valid(m); err != nil {
			return err
		}
		name, size := diskName(m.UID, m.Generation), uint64(m.Size.DiskGiB)*gib
		disk, err := h.makeDisk(ctx, l, name, m.Image, size)
		if err != nil {
			return err
		}
		if err := h.grow(ctx, l, m.UID, disk, size); err != nil || m.Rescue.Empty() {
			return err
		}
		_, err = h.makeDisk(ctx, l, rescueName(m.UID, m.Rescue.Digest), m.Rescue, 0)
		return err
	})
}

// makeDisk makes a disk, or finds it made. What is there and is no disk was left
// by a libvirtd that died over it, and is made again.
func (h *host) makeDisk(ctx context.Context, l *link, name string, from panel.ImageFile, size uint64) (rpc.Volume, error) {
	if from.Snapshot != "" {
		return h.restore(ctx, l, name, from.Snapshot)
	}
	v, found, err := h.volume(ctx, l, name)
	if err != nil {
		return v, err
	}
	if found {
		state, err := l.volumeState(ctx, v)
		if err != nil || state.Target.Format.Type == "qcow2" {
			return v, err
		}
		if err := l.DeleteVolume(ctx, v); err != nil {
			return v, err
		}
	}
	base := ""
	if from.Digest != "" {
		image, complete, err := h.complete(ctx, l, imageName(from.Digest))
		if err != nil {
			return v, err
		}
		if !complete {
			return v, faulty(panel.Transient, fmt.Sprintf("the image %s is not on the hypervisor yet", from.Name))
		}
		info, err := l.VolumeInfo(ctx, image)
		if err != nil {
			return v, err
		}
		base, size = image.Key, max(size, info.Capacity)
	}
	return h.makeVolume(ctx, l, describeVolume(name, "qcow2", size, base))
}

// grow makes a disk as large as size, if it is smaller: under the machine's feet
// where it is on.
func (h *host) grow(ctx context.Context, l *link, uid string, disk rpc.Volume, size uint64) error {
	info, err := l.VolumeInfo(ctx, disk)
	if err != nil || info.Capacity >= size {
		return err
	}
	d, x, err := l.running(ctx, uid)
	if err != nil {
		return err
	}
	if x != nil && x.target(disk.Key) != "" {
		return l.ResizeBlock(ctx, d, x.target(disk.Key), size)
	}
	return l.ResizeVolume(ctx, disk, size)
}

// running returns the domain of a machine as it runs; no description where it is
// off or not there.
func (l *link) running(ctx context.Context, uid string) (rpc.Domain, *domainXML, error) {
	d, err := l.machine(ctx, uid)
	if is(err, rpc.CodeNoDomain) || err == nil && d.ID < 0 {
		return d, nil, nil
	}
	if err != nil {
		return d, nil, err
	}
	x, err := l.domainXML(ctx, d, 0)
	return d, &x, err
}

// machine finds the domain of a machine.
func (l *link) machine(ctx context.Context, uid string) (rpc.Domain, error) {
	id, err := parseUID(uid)
	if err != nil {
		return rpc.Domain{}, err
	}
	return l.Domain(ctx, id)
}

// domainXML returns what a domain is, or what it will be at its next start.
func (l *link) domainXML(ctx context.Context, d rpc.Domain, flags uint32) (x domainXML, err error) {
	text, err := l.DomainXML(ctx, d, flags)
	if err != nil {
		return x, err
	}
	if err := decode(text, &x); err != nil {
		return x, errors.Join(errors.New("libvirt's description of a domain"), err)
	}
	return x, nil
}
