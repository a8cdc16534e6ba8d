package libvirt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// tryEverything makes the checks of a machine whose libvirt can be reached.
// Those that need a storage pool say so where there is none.
func (x *examination) tryEverything(ctx context.Context) {
	if !x.versions(ctx) {
		return
	}
	x.capacity(ctx)
	if x.storage(ctx) {
		x.acceleration(ctx)
	}
	if x.traits.accel == "" {
		x.traits = traits{arch: "x86_64", accel: "tcg", model: "maximum"}
	}
	x.define(ctx)
	x.network(ctx)
	x.filter(ctx)
	x.limits(ctx)
	x.console(ctx)
}

// oldest are the versions of libvirt and QEMU from which on everything works.
const (
	oldestLibvirt = 7_000_000
	oldestQEMU    = 5_002_000
)

func (x *examination) versions(ctx context.Context) bool {
	const install = "apt install qemu-system-x86 qemu-utils libvirt-daemon-system"
	text, err := x.link.Capabilities(ctx)
	var c capabilitiesXML
	if err == nil {
		err = decode(text, &c)
	}
	var libvirt, qemu uint64
	if err == nil {
		libvirt, qemu, err = x.link.Versions(ctx)
	}
	if err != nil {
		x.say(panel.CheckVersions, panel.CheckFailed, why(err), "Install QEMU with libvirt's driver for it: "+install)
		return false
	}
	x.found.Facts.UID, x.found.Facts.Arch = c.UUID, c.Arch
	x.found.Facts.Version = fmt.Sprintf("libvirt %s, QEMU %s", dotted(libvirt), dotted(qemu))
	switch {
	case c.Arch != "x86_64":
		x.say(panel.CheckVersions, panel.CheckFailed, x.found.Facts.Version+" on "+c.Arch+".", "Machines are made for x86_64 only.")
		return false
	case libvirt < oldestLibvirt || qemu < oldestQEMU:
		x.say(panel.CheckVersions, panel.CheckWarning, x.found.Facts.Version+".", "Snapshots need libvirt 7.0 and QEMU 5.2. Bring the machine up to date.")
	default:
		x.passed(panel.CheckVersions, "%s, on %s.", x.found.Facts.Version, c.Arch)
	}
	return true
}

func (x *examination) capacity(ctx context.Context) {
	node, err := x.link.Node(ctx)
	if err != nil {
		x.say(panel.CheckCapacity, panel.CheckFailed, why(err), "")
		return
	}
	has := &x.found.Facts.Capacity
	has.VCPUs, has.MemoryMiB = int64(node.CPUs), int64(node.MemoryKiB>>10)
	x.passed(panel.CheckCapacity, "%d processors, %d MiB of memory.", has.VCPUs, has.MemoryMiB)
}

// little is how much free room in a pool is too little to begin with, in bytes.
const little = 20 * gib

// storage tries the storage pool, and says whether there is one to be used.
func (x *examination) storage(ctx context.Context) bool {
	pools, err := x.link.Pools(ctx)
	for _, p := range pools {
		if !strings.HasSuffix(p.Name, "-boot") {
			x.found.Pools = append(x.found.Pools, p.Name)
		}
	}
	slices.Sort(x.found.Pools)
	name := x.host.endpoint.pool
	made := ""
	if err == nil {
		_, err = x.link.Pool(ctx, name)
	}
	if is(err, rpc.CodeNoStoragePool) && x.settings.Storage != "" {
		x.say(panel.CheckStorage, panel.CheckFailed, fmt.Sprintf("There is no pool %s. There are: %s.", name, listed(x.found.Pools)),
			fmt.Sprintf("Choose one of these, or none: the panel then makes one named %s. Or make it yourself: virsh pool-define-as %[2]s dir --target /var/lib/libvirt/%[2]s; virsh pool-build %[2]s; virsh pool-start %[2]s; virsh pool-autostart %[2]s", defaultPool, name))
		return false
	} else if is(err, rpc.CodeNoStoragePool) {
		made, err = ", made just now", nil
	}
	var p rpc.Pool
	if err == nil {
		p, err = x.host.store(ctx, x.link)
	}
	if err != nil {
		x.say(panel.CheckStorage, panel.CheckFailed, why(err), fmt.Sprintf("Make it work by hand, then check again: virsh pool-info %[1]s; virsh pool-start %[1]s", name))
		return false
	}
	if kind, err := x.poolKind(ctx, p); err != nil || !slices.Contains([]string{"dir", "fs", "netfs"}, kind) {
		x.say(panel.CheckStorage, panel.CheckFailed, fmt.Sprintf("%s is a pool of type %s.", name, kind), "Disks are files: choose a pool of type dir, fs or netfs.")
		return false
	}
	skew, err := x.write(ctx, p)
	if err != nil {
		x.say(panel.CheckStorage, panel.CheckFailed, "Nothing can be written to "+name+": "+why(err), "See that the directory is there, writable and not full: virsh pool-dumpxml "+name)
		return false
	}
	x.passed(panel.CheckStorage, "%s, in %s%s.", name, x.link.path(""), made)
	x.room(ctx, p)
	x.clock(skew)
	return true
}

func (x *examination) poolKind(ctx context.Context, p rpc.Pool) (string, error) {
	text, err := x.link.PoolXML(ctx, p)
	if err != nil {
		return "", err
	}
	var pool poolXML
	err = decode(text, &pool)
	return pool.Type, err
}

func (x *examination) room(ctx context.Context, p rpc.Pool) {
	info, err := x.link.PoolInfo(ctx, p)
	if err != nil {
		x.say(panel.CheckRoom, panel.CheckFailed, why(err), "")
		return
	}
	x.found.Facts.Capacity.DiskGiB, x.found.Facts.FreeDisk = int64(info.Capacity/gib), int64(info.Available/gib)
	detail := fmt.Sprintf("%d of %d GiB are free.", info.Available/gib, info.Capacity/gib)
	if info.Available < little {
		x.say(panel.CheckRoom, panel.CheckWarning, detail, "Give the pool more room, or put it elsewhere: disks grow as guests write to them.")
		return
	}
	x.passed(panel.CheckRoom, "%s", detail)
}

// write makes a volume and removes it, and returns by how much the machine's clock
// is ahead of this one's.
func (x *examination) write(ctx context.Context, p rpc.Pool) (ahead time.Duration, err error) {
	began := time.Now()
	v, err := x.link.CreateVolume(ctx, p, encode(describeVolume("trial-"+newNonce(), "raw", 0, "")))
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	state, err := x.link.volumeState(ctx, v)
	if err == nil {
		seconds, fraction, _ := strings.Cut(state.Target.Changed, ".")
		var n int64
		if n, err = strconv.ParseInt(seconds, 10, 64); err == nil {
			ahead = time.Unix(n, 0).Sub(began)
			if nanos, bad := strconv.ParseInt(fraction, 10, 64); bad == nil && len(fraction) == 9 {
				ahead += time.Duration(nanos)
			}
			if ahead > 0 { // it was made some time after began
				ahead = max(0, ahead-took)
			}
		}
	}
	if gone := x.link.DeleteVolume(ctx, v); err == nil {
		err = gone
	}
	return ahead, err
}

// maxSkew is by how much clocks may differ before it matters to somebody.
const maxSkew = 5 * time.Second

func (x *examination) clock(ahead time.Duration) {
	if ahead.Abs() <= maxSkew {
		x.passed(panel.CheckClock, "It agrees with the panel's to within %.1f seconds.", ahead.Abs().Seconds())
		return
	}
	way := "ahead of"
	if ahead < 0 {
		way = "behind"
	}
	x.say(panel.CheckClock, panel.CheckWarning, fmt.Sprintf("It is %s %s the panel's.", ahead.Abs().Round(time.Second), way),
		"Guests take their time from the machine. Let it set its clock: apt install chrony. See that the panel's is right, too.")
}

func (x *examination) acceleration(ctx context.Context) {
	set := x.settings.Accel
	if set == panel.AccelKVM {
		switch runs, err := x.host.accelerates(ctx, x.link); {
		case err != nil:
			x.say(panel.CheckAccel, panel.CheckFailed, why(err), "")
			return
		case !runs:
			x.say(panel.CheckAccel, panel.CheckFailed, "It is set to kvm, and a guest did not run under KVM.", kvmFix)
			return
		}
	}
	t, err := x.host.accelerated(ctx, x.link)
	if err != nil {
		x.say(panel.CheckAccel, panel.CheckFailed, why(err), "See what libvirt says of it: journalctl -u libvirtd.")
		return
	}
	x.traits, x.found.Facts.Accel = t, t.accel
	switch {
	case t.accel == "kvm":
		x.passed(panel.CheckAccel, "KVM: a guest ran under it.")
	case set == panel.AccelTCG:
		x.passed(panel.CheckAccel, "None, as it is set: machines run by translation (tcg).")
	default:
		x.say(panel.CheckAccel, panel.CheckWarning, "None: a guest did not run under KVM. Machines run by translation (tcg), many times slower.", kvmFix)
	}
}

const kvmFix = "Switch on virtualization (VT-x, AMD-V) in the machine's firmware, or nested virtualization where it is a guest itself, and load the module: modprobe kvm_intel or kvm_amd."

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func (x *examination) networks(ctx context.Context) (map[string]bool, error) {
	networks, err := x.link.networks(ctx)
	x.found.Facts.Networks = slices.Sorted(maps.Keys(networks))
	return networks, err
}
