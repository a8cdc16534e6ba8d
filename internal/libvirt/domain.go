package libvirt

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"strings"

	"github.com/google/uuid"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// prefix begins the name of every domain of ours.
const prefix = "accrue-"

// parseUID reads a machine's UID, which names files on the hypervisor.
func parseUID(uid string) (rpc.UUID, error) {
	parsed, err := uuid.Parse(uid)
	if err != nil || parsed.String() != uid {
		return rpc.UUID{}, faulty(panel.InvalidSpec, "the UID is not a UUID in lower case")
	}
	return rpc.UUID(parsed), nil
}

// valid refuses what no hypervisor can make.
func valid(m panel.Machine) error {
	if _, err := parseUID(m.UID); err != nil {
		return err
	}
	if err := m.Size.Validate(); err != nil {
		return &fault{panel.InvalidSpec, err}
	}
	if m.Size.GPUs > 0 {
		return faulty(panel.HostFault, "libvirt hypervisors give no GPUs")
	}
	for _, i := range m.Interfaces {
		if mac, err := net.ParseMAC(i.MAC); err != nil || len(mac) != 6 || mac.String() != i.MAC {
			return faulty(panel.InvalidSpec, fmt.Sprintf("%q is not a MAC address", i.MAC))
		}
	}
	return nil
}

// disks are the files that a machine runs from, on the hypervisor.
type disks struct {
	root, rescue, seed string
	gib                int64 // of root
}

// describe returns the domain that a machine is to be.
func describe(m panel.Machine, d disks, t traits, networks map[string]bool) domainXML {
	x := domainXML{
		Type:     t.kind(),
		Name:     prefix + m.UID,
		UUID:     m.UID,
		Memory:   amountXML{"MiB", m.Size.MemoryMiB},
		VCPUs:    m.Size.VCPUs,
		OS:       osXML{osTypeXML{Arch: t.arch, Machine: machineType, Type: "hvm"}},
		Features: featuresXML{ACPI: &struct{}{}, APIC: &struct{}{}},
		CPU:      t.cpu(),
		Clock:    clockXML{"utc"},
		// A guest that fell over is off: whether it is started again is decided
		// where its owner's wish is known.
		OnCrash: "destroy",
		Sleep:   &sleepXML{Memory: enabledXML{"no"}, Disk: enabledXML{"no"}},
		Devices: devicesXML{
			Disks:    describeDisks(m, d),
			Serials:  []deviceXML{{"pty"}},
			Consoles: []consoleXML{{"pty", targetXML{Type: "serial", Port: "0"}}},
			Channels: []channelXML{{"unix", targetXML{Type: "virtio", Name: "org.qemu.guest_agent.0"}}},
			// libvirt makes the socket in a directory of the domain's own, which
			// only QEMU's user and group can enter.
			Graphics: []graphicsXML{{"vnc", listenXML{Type: "socket"}}},
			Video:    &videoXML{deviceXML{"vga"}},
			Balloon:  &balloonXML{"virtio", &statsXML{10}},
			RNG:      &rngXML{"virtio", backendXML{"random", "/dev/urandom"}},
		},
	}
	if m.Limits.CPUPercent > 0 && t.quota {
		x.CPUTune = &cpuTuneXML{Period: 100_000, Quota: 1000 * m.Limits.CPUPercent}
	}
	for _, i := range m.Interfaces {
		x.Devices.Interfaces = append(x.Devices.Interfaces, describeInterface(i, m.Limits, t, networks))
	}
	x.Metadata.Mark = &markXML{UID: m.UID, Name: m.Name, Generation: m.Generation, DiskGiB: d.gib}
	digest := sha256.Sum256([]byte(encode(x)))
	x.Metadata.Mark.Spec = hex.EncodeToString(digest[:])
	return x
}

func describeDisks(m panel.Machine, d disks) []diskXML {
	var tune *ioTuneXML
	if m.Limits.IOPS > 0 || m.Limits.DiskBytesPerS > 0 {
		tune = &ioTuneXML{Bytes: m.Limits.DiskBytesPerS, IOPS: m.Limits.IOPS}
	}
	var files []string
	if d.rescue != "" {
		files = append(files, d.rescue)
	}
	files = append(files, d.root)
	var list []diskXML
	for n, file := range files {
		list = append(list, diskXML{
			Type: "file", Device: "disk",
			Driver: diskDriverXML{Name: "qemu", Type: "qcow2", Discard: "unmap"},
			Source: sourceXML{File: file},
			Target: targetXML{Device: fmt.Sprintf("vd%c", 'a'+n), Bus: "virtio"},
			Boot:   &bootXML{n + 1},
			IOTune: tune,
		})
	}
	// The seed is no CD-ROM: the kernels of Debian's cloud images have no driver for
	// SATA, and every guest that boots has one for this.
	return append(list, diskXML{
		Type: "file", Device: "disk",
		Driver:   diskDriverXML{Name: "qemu", Type: "raw"},
		Source:   sourceXML{File: d.seed},
		Target:   targetXML{Device: fmt.Sprintf("vd%c", 'a'+len(files)), Bus: "virtio"},
		ReadOnly: &struct{}{},
	})
}

func describeInterface(i panel.Interface, limits panel.Limits, t traits, networks map[string]bool) interfaceXML {
	x := interfaceXML{
		Type:   "bridge",
		MAC:    macXML{i.MAC},
		Source: &sourceXML{Bridge: i.Network},
		Model:  deviceXML{"virtio"},
		ROM:    &enabledXML{"no"}, // nothing is booted from a network
	}
	if networks[i.Network] {
		x.Type, x.Source = "network", &sourceXML{Network: i.Network}
	}
	if t.filter != "" {
		x.Filter = describeFilter(t.filter, i)
	}
	if limits.PortMbitPerS > 0 && t.shaping {
		rate := rateXML{max(1, limits.PortMbitPerS*1_000_000/8/1024)}
		x.Bandwidth = &bandwidthXML{rate, rate}
	}
	return x
}

// files returns the files of the disks that a domain has.
func (x domainXML) files() []string {
	var files []string
	for _, disk := range x.Devices.Disks {
		if disk.Source.File != "" {
			files = append(files, disk.Source.File)
		}
	}
	return files
}

// target returns under which name a domain has a file as a disk, such as "vda".
func (x domainXML) target(file string) string {
	for _, disk := range x.Devices.Disks {
		if disk.Source.File == file {
			return disk.Target.Device
		}
	}
	return ""
}

// screen returns the path of the socket of a domain that is on.
func (x domainXML) screen() string {
	for _, g := range x.Devices.Graphics {
		if g.Listen.Socket != "" {
			return g.Listen.Socket
		}
	}
	return ""
}

// agent says whether an agent in the guest is there.
func (x domainXML) agent() bool {
	for _, c := range x.Devices.Channels {
		if c.Target.State == "connected" {
			return true
		}
	}
	return false
}

// ours says whether a domain is one of ours.
func (x domainXML) ours() bool {
	return x.Metadata.Mark != nil && strings.TrimPrefix(x.Name, prefix) == x.Metadata.Mark.UID
}

// rate returns what an interface may carry.
func (x interfaceXML) rate() rpc.Rate {
	if x.Bandwidth == nil {
		return rpc.Rate{}
	}
	return rpc.Rate{In: uint32(x.Bandwidth.In.Average), Out: uint32(x.Bandwidth.Out.Average)}
}
