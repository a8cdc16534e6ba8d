package libvirt

import (
	"context"
	"encoding/xml"
	"fmt"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// backupXML is a job that copies one disk.
type backupXML struct {
	XMLName xml.Name        `xml:"domainbackup"`
	Disks   []backupDiskXML `xml:"disks>disk"`
}

type backupDiskXML struct {
	Name   string     `xml:"name,attr"`
	Backup string     `xml:"backup,attr"`
	Type   string     `xml:"type,attr,omitempty"`
	Driver *deviceXML `xml:"driver"`
	Target *sourceXML `xml:"target"`
}

// EnsureSnapshot copies the machine's disk as a whole, so that the copy needs
// neither the image nor the machine. A machine that is on goes on: the copy is of
// the instant at which it began, as after a power failure.
func (h *host) EnsureSnapshot(ctx context.Context, uid, snapshot string) (taken int64, err error) {
	err = h.ask(ctx, "snapshot", func(ctx context.Context, l *link) error {
		if err := checkSnapshotUID(snapshot); err != nil {
			return err
		}
		name := snapshotName(snapshot)
		v, complete, err := h.complete(ctx, l, name)
		if err != nil {
			return err
		}
		if !complete {
			if err := h.flights.join(ctx, h.alive, name, func(ctx context.Context) error {
				return h.takeSnapshot(ctx, l, uid, name)
			}); err != nil {
				return err
			}
			if v, _, err = h.volume(ctx, l, name); err != nil {
				return err
			}
		}
		state, err := l.volumeState(ctx, v)
		if err == nil && state.Physical != nil {
			taken = state.Physical.Value
		}
		return err
	})
	return taken, err
}

func (h *host) takeSnapshot(ctx context.Context, l *link, uid, name string) error {
	release, err := h.locks.acquire(ctx, uid)
	if err != nil {
		return err
	}
	defer release()
	d, err := l.machine(ctx, uid)
	if err != nil {
		return err
	}
	x, err := l.domainXML(ctx, d, 0)
	if err != nil {
		return err
	}
	root, ok := x.root()
	if !ok {
		return faulty(panel.MachineMissing, "the machine has no disk")
	}
	if d.ID >= 0 {
		if busy, err := l.busy(ctx, d); err != nil || busy {
			return either(err, faulty(panel.Transient, "another job is at work on the machine"))
		}
	}
	if err := h.ensureNoVolume(ctx, l, name); err != nil {
		return err
	}
	if d.ID < 0 {
		err = h.copyDisk(ctx, l, name, root.Source.File)
	} else {
		err = h.backup(ctx, l, d, x, name, root)
	}
	if err != nil {
		return err
	}
	return h.markComplete(ctx, l, name)
}

// root returns the disk that is the machine's own.
func (x domainXML) root() (diskXML, bool) {
	var found diskXML
	for _, disk := range x.Devices.Disks {
		if disk.Boot != nil && (found.Boot == nil || disk.Boot.Order > found.Boot.Order) {
			found = disk // after a rescue disk
		}
	}
	return found, found.Source.File != ""
}

// copyDisk makes a volume that holds all of a disk that nobody uses.
func (h *host) copyDisk(ctx context.Context, l *link, name, file string) error {
	p, err := h.store(ctx, l)
	if err != nil {
		return err
	}
	from, err := l.VolumeAt(ctx, file)
	if err != nil {
		return err
	}
	info, err := l.VolumeInfo(ctx, from)
	if err != nil {
		return err
	}
	_, err = l.CopyVolume(ctx, p, encode(describeVolume(name, "qcow2", info.Capacity, "")), from)
	return err
}

// backup has QEMU copy a disk while the guest goes on, and waits for it.
func (h *host) backup(ctx context.Context, l *link, d rpc.Domain, x domainXML, name string, root diskXML) error {
	from, err := l.VolumeAt(ctx, root.Source.File)
	if err != nil {
		return err
	}
	info, err := l.VolumeInfo(ctx, from)
	if err != nil {
		return err
	}
	v, err := h.makeVolume(ctx, l, describeVolume(name, "qcow2", info.Capacity, ""))
	if err != nil {
		return err
	}
	job := backupXML{}
	for _, disk := range x.Devices.Disks {
		b := backupDiskXML{Name: disk.Target.Device, Backup: "no"}
		if disk.Target.Device == root.Target.Device {
			b.Backup, b.Type, b.Driver, b.Target = "yes", "file", &deviceXML{"qcow2"}, &sourceXML{File: v.Key}
		}
		job.Disks = append(job.Disks, b)
	}
	if err := l.BeginBackup(ctx, d, encode(job), rpc.BackupReuse); err != nil {
		return err
	}
	for {
		busy, err := l.busy(ctx, d)
		if err != nil {
			return err
		}
		if !busy {
			break
		}
		if err := pause(ctx, lookAgain); err != nil {
			return err
		}
	}
	kind, _, err := l.JobStats(ctx, d, rpc.JobCompleted)
	if err == nil && kind != rpc.JobDone {
		err = faulty(panel.Transient, fmt.Sprintf("the copy ended as a job of kind %d", kind))
	}
	return err
}

// busy says whether a job is at work on a domain.
func (l *link) busy(ctx context.Context, d rpc.Domain) (bool, error) {
	kind, _, err := l.JobStats(ctx, d, 0)
	return kind != rpc.JobNone, err
}

// EnsureNoSnapshot removes a snapshot. Disks that were made of it are copies.
func (h *host) EnsureNoSnapshot(ctx context.Context, snapshot string) error {
	return h.ask(ctx, "remove snapshot", func(ctx context.Context, l *link) error {
		if err := checkSnapshotUID(snapshot); err != nil {
			return err
		}
		name := snapshotName(snapshot)
		if err := h.ensureNoVolume(ctx, l, completeName(name)); err != nil {
			return err
		}
		return h.ensureNoVolume(ctx, l, name)
	})
}

// restore makes a disk of a copy of a snapshot.
func (h *host) restore(ctx context.Context, l *link, name, snapshot string) (v rpc.Volume, err error) {
	if err := checkSnapshotUID(snapshot); err != nil {
		return v, err
	}
	v, complete, err := h.complete(ctx, l, name)
	if err != nil || complete {
		return v, err
	}
	from, complete, err := h.complete(ctx, l, snapshotName(snapshot))
	if err != nil {
		return v, err
	}
	if !complete {
		return v, faulty(panel.InvalidSpec, "there is no such snapshot on the hypervisor")
	}
	if err := h.flights.join(ctx, h.alive, name, func(ctx context.Context) error {
		if err := h.ensureNoVolume(ctx, l, name); err != nil {
			return err
		}
		if err := h.copyDisk(ctx, l, name, from.Key); err != nil {
			return err
		}
		return h.markComplete(ctx, l, name)
	}); err != nil {
		return v, err
	}
	v, _, err = h.volume(ctx, l, name)
	return v, err
}

// either returns the first of two errors that is one.
func either(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
