//go:build faults

package libvirt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// A seat is a guest's place in a hypervisor's network, under the filter that
// libvirt has put there, with us in the guest's stead.
type seat struct {
	mac           [6]byte
	ip, ip6, link netip.Addr
	network       netip.Prefix // of its own
	card, space   string       // its end, and a network namespace for it
	wire          int          // a socket on the card
	markers       uint16       // that were sent
}

func run(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", command, err, output)
	}
}

// words is a command of words with spaces between.
func words(format string, a ...any) []string { return strings.Fields(fmt.Sprintf(format, a...)) }

// take makes a machine and takes its guest's seat.
func take(t *testing.T, h *labtest.Hypervisor, d panel.Driver, n byte) *seat {
	t.Helper()
	s := &seat{
		mac: [6]byte{0x52, 0x54, 0, 0x11, 0x22, n}, ip: netip.AddrFrom4([4]byte{192, 168, 122, n}),
		ip6: netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", n)), link: netip.MustParseAddr(fmt.Sprintf("fe80::5054:ff:fe11:22%02x", n)),
		network: netip.MustParsePrefix(fmt.Sprintf("2001:db8:0:%x::/64", n)),
		card:    fmt.Sprintf("g%d-%s", n, h.Name), space: fmt.Sprintf("guest%d-%s", n, h.Name),
	}
	m := panel.Machine{UID: uuid.NewString(), Size: fleet.Resources{VCPUs: 1, MemoryMiB: 16, DiskGiB: 1}, Interfaces: []panel.Interface{{
		MAC: net.HardwareAddr(s.mac[:]).String(), Network: "default", Networks: []netip.Prefix{s.network},
		Addresses: []netip.Prefix{netip.PrefixFrom(s.ip, 24), netip.PrefixFrom(s.ip6, 64), netip.PrefixFrom(s.network.Addr().Next(), 64)},
	}}}
	boot(t, d, m)
	h.Virsh("suspend", "accrue-"+m.UID) // nothing is in it
	tap := strings.Fields(h.Virsh("domiflist", "accrue-"+m.UID))[0]
	for _, command := range [][]string{
		words("ip link set %s down name was-%s", tap, tap),
		words("ip link add %s type veth peer name %s address %s netns %d", tap, s.card, m.Interfaces[0].MAC, os.Getpid()),
		words("ip link set %s master virbr0 up", tap),
	} {
		run(t, h.Enter(t.Context(), command...))
	}
	run(t, exec.Command("ip", words("link set %s addrgenmode none up", s.card)...))
	card, err := net.InterfaceByName(s.card)
	if err != nil {
		t.Fatal(err)
	}
	const everything = syscall.ETH_P_ALL<<8&0xff00 | syscall.ETH_P_ALL>>8 // as it stands on the wire
	s.wire, err = syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, everything)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(s.wire) })
	if err := syscall.Bind(s.wire, &syscall.SockaddrLinklayer{Protocol: everything, Ifindex: card.Index}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetsockoptTimeval(s.wire, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Usec: 200_000}); err != nil {
		t.Fatal(err)
	}
	return s
}

// reaches says whether a frame from one seat arrives at another. What is sent after
// it, and always arrives, says when to stop waiting; it is sent again and again,
// as a bridge takes some seconds before it carries anything.
func (s *seat) reaches(t *testing.T, to *seat, frame []byte) (arrived bool) {
	t.Helper()
	s.markers++
	marker := ether(to.mac, s.mac, ip4(s.ip, to.ip, 1000+s.markers, 9))
	s.send(t, frame)
	s.send(t, marker)
	buffer := make([]byte, 2000)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		n, _, err := syscall.Recvfrom(to.wire, buffer, 0)
		switch {
		case errors.Is(err, syscall.EAGAIN):
			s.send(t, frame)
			s.send(t, marker)
		case err != nil && !errors.Is(err, syscall.EINTR):
			t.Fatal(err)
		case bytes.Equal(buffer[:max(n, 0)], marker):
			return arrived
		case bytes.Equal(buffer[:max(n, 0)], frame):
			arrived = true
		}
	}
	t.Fatal("what is always let through has not come")
	return false
}

func (s *seat) send(t *testing.T, frame []byte) {
	t.Helper()
	if _, err := syscall.Write(s.wire, frame); err != nil {
		t.Fatal(err)
	}
}

// A packet is what a frame carries, of its kind.
type packet struct {
	kind uint16
	data []byte
}

func ether(to, from [6]byte, p packet) []byte {
	return append(binary.BigEndian.AppendUint16(append(to[:], from[:]...), p.kind), p.data...)
}

func udp(from, to uint16) []byte {
	return []byte{byte(from >> 8), byte(from), byte(to >> 8), byte(to), 0, 8, 0, 0}
}

func ip4(from, to netip.Addr, fromPort, toPort uint16) packet {
	head := append(append([]byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0}, from.AsSlice()...), to.AsSlice()...)
	sum := uint32(0)
	for n := 0; n < len(head); n += 2 {
		sum += uint32(binary.BigEndian.Uint16(head[n:]))
	}
	binary.BigEndian.PutUint16(head[10:], ^uint16(sum+sum>>16))
	return packet{syscall.ETH_P_IP, append(head, udp(fromPort, toPort)...)}
}

// Kinds of ICMPv6, by RFC 4861 and 3810.
const (
	solicitRouter, advertiseRouter, solicit, advertise, redirect, listening = 133, 134, 135, 136, 137, 143
)

func ip6(from, to netip.Addr, next byte, payload []byte) packet {
	head := append(append([]byte{0x60, 0, 0, 0, 0, byte(len(payload)), next, 255}, from.AsSlice()...), to.AsSlice()...)
	return packet{syscall.ETH_P_IPV6, append(head, payload...)}
}

func icmp(from, to netip.Addr, kind byte, about netip.Addr) packet {
	return ip6(from, to, syscall.IPPROTO_ICMPV6, append([]byte{kind, 0, 0, 0, 0, 0, 0, 0}, about.AsSlice()...))
}

func arp(operation byte, mac [6]byte, ip, about netip.Addr) packet {
	data := append(append([]byte{0, 1, 8, 0, 6, 4, 0, operation}, mac[:]...), ip.AsSlice()...)
	return packet{syscall.ETH_P_ARP, append(append(data, 0, 0, 0, 0, 0, 0), about.AsSlice()...)}
}

// Two guests, each with addresses of both families and a network of its own, under
// the filter that keeps each to what it was given.
func TestAGuestSpeaksFromItsOwnAddressesAlone(t *testing.T) {
	h := labtest.Start(t, labtest.Filters(t))
	d := connect(t, h, h.Endpoint())
	a, b := take(t, h, d, 76), take(t, h, d, 77)
	t.Run("frames", func(t *testing.T) { a.sends(t, b) })
	a.answers(t)
	b.answers(t)
	for from, to := range map[*seat]*seat{a: b, b: a} {
		for _, at := range []string{to.ip.String(), to.ip6.String(), to.link.String() + "%" + from.card, to.network.Addr().Next().Next().String()} {
			t.Run(fmt.Sprintf("%s is answered by %s", from.ip, at), func(t *testing.T) {
				await(t, "an answer", func() bool {
					return exec.Command("ip", words("netns exec %s busybox ping -c 1 -W 1 %s", from.space, at)...).Run() == nil
				})
			})
		}
	}
}

// answers puts a kernel on the seat, with all its addresses.
func (s *seat) answers(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { exec.Command("ip", "netns", "del", s.space).Run() })
	run(t, exec.Command("ip", words("netns add %s", s.space)...))
	run(t, exec.Command("ip", words("link set %s netns %s", s.card, s.space)...))
	for _, command := range []string{
		"link set %s addrgenmode eui64 up",
		"addr add " + s.ip.String() + "/24 dev %s",
		"addr add " + s.ip6.String() + "/64 dev %s",
		"addr add " + s.network.Addr().Next().Next().String() + "/64 dev %s",
		"route add 2001:db8::/48 dev %s",
	} {
		run(t, exec.Command("ip", append([]string{"-n", s.space}, words(command, s.card)...)...))
	}
}

// sends tries what a guest may send to another, and what not.
func (a *seat) sends(t *testing.T, b *seat) {
	everybody := [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	nodes := [6]byte{0x33, 0x33, 0, 0, 0, 1}
	stranger := [6]byte{0x52, 0x54, 0, 0x11, 0x22, 99}
	none4, none6 := netip.IPv4Unspecified(), netip.IPv6Unspecified()
	all4, all6, routers, reports := netip.MustParseAddr("255.255.255.255"), netip.MustParseAddr("ff02::1"), netip.MustParseAddr("ff02::2"), netip.MustParseAddr("ff02::16")
	inside := a.network.Addr().Next().Next()
	for _, try := range []struct {
		what  string
		frame []byte
		want  bool
	}{
		{"IPv4 from its own address", ether(b.mac, a.mac, ip4(a.ip, b.ip, 1000, 80)), true},
		{"IPv4 from its neighbour's address", ether(b.mac, a.mac, ip4(b.ip, b.ip, 1000, 80)), false},
		{"IPv4 from no address", ether(b.mac, a.mac, ip4(none4, b.ip, 1000, 80)), false},
		{"IPv4 from its neighbour's MAC", ether(b.mac, b.mac, ip4(a.ip, b.ip, 1000, 80)), false},
		{"IPv4 from a MAC of nobody's", ether(b.mac, stranger, ip4(a.ip, b.ip, 1000, 80)), false},
		{"IPv6 from its own address", ether(b.mac, a.mac, ip6(a.ip6, b.ip6, 17, udp(1000, 80))), true},
		{"IPv6 from an address of its own network", ether(b.mac, a.mac, ip6(inside, b.ip6, 17, udp(1000, 80))), true},
		{"IPv6 from its own address of the link", ether(b.mac, a.mac, ip6(a.link, b.link, 17, udp(1000, 80))), true},
		{"IPv6 from its neighbour's address", ether(b.mac, a.mac, ip6(b.ip6, b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 from its neighbour's network", ether(b.mac, a.mac, ip6(b.network.Addr().Next(), b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 from its neighbour's address of the link", ether(b.mac, a.mac, ip6(b.link, b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 from the router's address of the link", ether(b.mac, a.mac, ip6(netip.MustParseAddr("fe80::1"), b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 from no address", ether(b.mac, a.mac, ip6(none6, b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 from its neighbour's MAC", ether(b.mac, b.mac, ip6(a.ip6, b.ip6, 17, udp(1000, 80))), false},
		{"IPv6 to an address that the other has not", ether(b.mac, a.mac, ip6(a.ip6, netip.MustParseAddr("2001:db8::99"), 17, udp(1000, 80))), false},
		{"who has an address, by ARP", ether(everybody, a.mac, arp(1, a.mac, a.ip, b.ip)), true},
		{"that it has its address, by ARP", ether(b.mac, a.mac, arp(2, a.mac, a.ip, b.ip)), true},
		{"that it has its neighbour's address, by ARP", ether(everybody, a.mac, arp(2, a.mac, b.ip, b.ip)), false},
		{"that its neighbour has its address, by ARP", ether(everybody, a.mac, arp(2, b.mac, a.ip, b.ip)), false},
		{"ARP from its neighbour's MAC", ether(everybody, b.mac, arp(2, a.mac, a.ip, b.ip)), false},
		{"who has an address, by IPv6", ether(nodes, a.mac, icmp(a.ip6, all6, solicit, b.ip6)), true},
		{"whether an address is free, by IPv6", ether(nodes, a.mac, icmp(none6, all6, solicit, a.ip6)), true},
		{"where it is, by IPv6", ether(b.mac, a.mac, icmp(a.ip6, b.ip6, advertise, a.ip6)), true},
		{"where it is, by IPv6, from its neighbour's address", ether(nodes, a.mac, icmp(b.ip6, all6, advertise, b.ip6)), false},
		{"where it is, by IPv6, from no address", ether(nodes, a.mac, icmp(none6, all6, advertise, b.ip6)), false},
		{"where routers are", ether(nodes, a.mac, icmp(none6, routers, solicitRouter, none6)), true},
		{"what it listens to", ether(nodes, a.mac, icmp(none6, reports, listening, none6)), true},
		{"that it is a router", ether(nodes, a.mac, icmp(a.link, all6, advertiseRouter, none6)), false},
		{"that another way is better", ether(b.mac, a.mac, icmp(a.link, b.ip6, redirect, a.link)), false},
		{"a request by DHCP", ether(everybody, a.mac, ip4(none4, all4, 68, 67)), true},
		{"an answer by DHCP", ether(everybody, a.mac, ip4(a.ip, all4, 67, 68)), false},
		{"a request by DHCPv6", ether(nodes, a.mac, ip6(a.link, netip.MustParseAddr("ff02::1:2"), 17, udp(546, 547))), true},
		{"an answer by DHCPv6", ether(b.mac, a.mac, ip6(a.link, b.link, 17, udp(547, 546))), false},
		{"another protocol", ether(everybody, a.mac, packet{0x88cc, make([]byte, 46)}), false},
	} {
		t.Run(try.what, func(t *testing.T) {
			if got := a.reaches(t, b, try.frame); got != try.want {
				t.Errorf("arrived: got %t, want %t", got, try.want)
			}
		})
	}
}
