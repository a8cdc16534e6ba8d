package libvirt

import (
	"context"
	"fmt"
	"io"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// define tries to make a machine known, as it stays when the connection ends.
func (x *examination) define(ctx context.Context) {
	d, err := x.link.Define(ctx, encode(trial(x.traits)))
	if err == nil {
		err = x.link.Undefine(ctx, d, 0)
	}
	if err != nil {
		x.say(panel.CheckDefine, panel.CheckFailed, why(err), "The panel needs libvirt's socket for reading and writing (libvirt-sock, not libvirt-sock-ro), and qemu-system-x86 installed.")
		return
	}
	x.passed(panel.CheckDefine, "One was defined and removed.")
}

// network tries to connect a machine to the network that the hypervisor is set to
// have, be it one of libvirt's or a bridge.
func (x *examination) network(ctx context.Context) {
	networks, err := x.networks(ctx)
	name := x.settings.Network
	switch {
	case err != nil:
		x.say(panel.CheckNetwork, panel.CheckFailed, why(err), "Install libvirt's networks: apt install libvirt-daemon-config-network")
		return
	case name == "":
		x.say(panel.CheckNetwork, panel.CheckSkipped, fmt.Sprintf("None is named. Networks of libvirt's that are started: %s.", listed(x.found.Facts.Networks)),
			"Name one of these, or a bridge of the machine's. Address pools can name others.")
		return
	}
	machine := trial(x.traits)
	machine.Devices.Interfaces = []interfaceXML{describeInterface(panel.Interface{MAC: trialMAC, Network: name}, panel.Limits{}, x.traits, networks)}
	if err := x.link.attempt(ctx, machine); err != nil {
		fix := fmt.Sprintf("Make the bridge %s on the machine, or name one of the networks that are started: %s.", name, listed(x.found.Facts.Networks))
		if _, known := x.link.Network(ctx, name); known == nil && !networks[name] {
			fix = fmt.Sprintf("Start the network, now and always: virsh net-start %[1]s; virsh net-autostart %[1]s", name)
		}
		x.say(panel.CheckNetwork, panel.CheckFailed, "No machine can be on "+name+": "+why(err), fix)
		return
	}
	kind := "a bridge"
	if networks[name] {
		kind = "a network of libvirt's"
	}
	x.passed(panel.CheckNetwork, "A machine was on %s, %s.", name, kind)
}

func (x *examination) filter(ctx context.Context) {
	wanted, err := x.link.ensureFilter(ctx)
	if err == nil && !wanted {
		x.say(panel.CheckFilter, panel.CheckWarning, "The filter "+wantsFilter+" is not defined: guests can send from addresses that are not theirs.",
			"apt install libvirt-daemon-config-nwfilter; systemctl restart libvirtd. Do without where the network itself sees to that.")
		return
	}
	with := x.traits
	with.filter = filterName
	if err == nil {
		err = x.link.attempt(ctx, trial(with))
	}
	if err != nil {
		x.say(panel.CheckFilter, panel.CheckWarning, "The filter "+filterName+" does not work: "+why(err)+" Machines run without it.",
			"apt install ebtables iptables; systemctl restart libvirtd")
		return
	}
	x.passed(panel.CheckFilter, "The filter %s works.", filterName)
}

// limits tries what plans may limit.
func (x *examination) limits(ctx context.Context) {
	cpu, port := x.traits, x.traits
	cpu.quota, port.shaping = true, true
	noCPU, noPort := x.link.attempt(ctx, trial(cpu)), x.link.attempt(ctx, trial(port))
	const cpuFix = "Limits of processor time need the cpu controller of cgroups: mount cgroup2, and let libvirt use it (cgroup_controllers in /etc/libvirt/qemu.conf)."
	const portFix = "Limits of a port need the kernel's queueing: modprobe sch_htb sch_ingress; apt install iproute2."
	switch {
	case noCPU != nil && noPort != nil:
		x.say(panel.CheckLimits, panel.CheckWarning, "Neither processor time nor ports can be limited: "+why(noCPU)+" "+why(noPort), cpuFix+" "+portFix)
	case noCPU != nil:
		x.say(panel.CheckLimits, panel.CheckWarning, "Ports can be limited, processor time cannot: "+why(noCPU), cpuFix)
	case noPort != nil:
		x.say(panel.CheckLimits, panel.CheckWarning, "Processor time can be limited, ports cannot: "+why(noPort), portFix)
	default:
		x.passed(panel.CheckLimits, "Processor time and ports can be limited.")
	}
}

// console starts a machine and looks at its screen and its serial port.
func (x *examination) console(ctx context.Context) {
	machine := trial(x.traits)
	machine.Devices.Serials = []deviceXML{{"pty"}}
	machine.Devices.Consoles = []consoleXML{{"pty", targetXML{Type: "serial", Port: "0"}}}
	machine.Devices.Graphics = []graphicsXML{{"vnc", listenXML{Type: "socket"}}}
	machine.Devices.Video = &videoXML{deviceXML{"vga"}}
	d, err := x.link.CreateTransient(ctx, encode(machine), rpc.CreatePaused|rpc.CreateAutodestroy)
	if err != nil {
		x.say(panel.CheckConsole, panel.CheckFailed, "No machine could be started: "+why(err), "See what QEMU says of it: the newest file in /var/log/libvirt/qemu.")
		return
	}
	defer x.link.Destroy(context.WithoutCancel(ctx), d, 0) //nolint:errcheck // it goes with the connection at the latest
	if err := x.serial(ctx, d); err != nil {
		x.say(panel.CheckConsole, panel.CheckWarning, "A serial port cannot be reached: "+why(err), "See what libvirt says of it: journalctl -u libvirtd.")
		return
	}
	e := x.host.endpoint
	if e.scheme == "tls" {
		x.say(panel.CheckConsole, panel.CheckWarning, "Over TLS serial ports can be reached, screens cannot.", "Use SSH where customers are to have screens.")
		return
	}
	if err := x.screen(ctx, d); err != nil {
		fix := "See what libvirt says of it: journalctl -u libvirtd."
		if e.scheme == "ssh" {
			fix = "The user must be in QEMU's group: usermod -aG libvirt-qemu " + e.url.User.Username()
		}
		x.say(panel.CheckConsole, panel.CheckWarning, "A screen cannot be reached: "+why(err), fix)
		return
	}
	x.passed(panel.CheckConsole, "A machine was started, and both could be opened.")
}

func (x *examination) screen(ctx context.Context, d rpc.Domain) error {
	seen, err := x.link.domainXML(ctx, d, 0)
	if err != nil {
		return err
	}
	screen, err := x.host.screenOf(ctx, x.link, d, seen)
	if err != nil {
		return err
	}
	defer screen.Close()
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { screen.Close() })
	defer stop()
	greeting := make([]byte, len("RFB 003.008\n"))
	_, err = io.ReadFull(screen, greeting)
	return err
}

func (x *examination) serial(ctx context.Context, d rpc.Domain) error {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	conn, err := x.host.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := conn.OpenConsole(ctx, d)
	if err != nil {
		return err
	}
	return stream.Close()
}
