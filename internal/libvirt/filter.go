package libvirt

import (
	"context"
	_ "embed"
	"net"
	"net/netip"
	"strconv"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// filterName is our filter, under which a guest sends from its own addresses
// alone. It says what is in it: libvirt's own, clean-traffic, lets nothing of
// IPv6 through.
const filterName = "accrue-guest-1"

// wantsFilter is a filter that comes with libvirt. Where it is not defined the
// network itself is to see to false addresses, and ours is not defined either.
const wantsFilter = "clean-traffic"

//go:embed accrue-guest-1.xml
var filterText string

// ensureFilter defines our filter where filters are wanted. wanted is false where
// they are not.
func (l *link) ensureFilter(ctx context.Context) (wanted bool, err error) {
	err = l.FindFilter(ctx, wantsFilter)
	if is(err, rpc.CodeNoFilter) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = l.FindFilter(ctx, filterName)
	if is(err, rpc.CodeNoFilter) {
		err = l.DefineFilter(ctx, filterText)
	}
	return true, err
}

// describeFilter returns the filter with what is an interface's own.
func describeFilter(name string, i panel.Interface) *filterXML {
	x := &filterXML{Filter: name, Parameters: []parameterXML{{"MAC", i.MAC}}}
	add := func(name, value string) { x.Parameters = append(x.Parameters, parameterXML{name, value}) }
	networks := append([]netip.Prefix{linkLocal(i.MAC)}, i.Networks...)
	has4 := false
	for _, address := range i.Addresses {
		if address.Addr().Is4() {
			has4 = true
			add("IP", address.Addr().String())
		} else {
			networks = append(networks, netip.PrefixFrom(address.Addr(), 128))
		}
	}
	// Without any address libvirt takes the first one of IPv4 that the guest sends
	// from: it is the network's to say which.
	if len(i.Addresses) > 0 && !has4 {
		add("IP", "0.0.0.0")
	}
	for _, network := range networks {
		add("IPV6", network.Addr().String())
		add("IPV6MASK", strconv.Itoa(network.Bits()))
	}
	return x
}

// linkLocal is the address of the link that goes with a MAC address, by RFC 4291,
// appendix A.
func linkLocal(mac string) netip.Prefix {
	hardware, err := net.ParseMAC(mac)
	if err != nil || len(hardware) != 6 {
		panic("libvirt: not a MAC address: " + mac) // valid has seen to it
	}
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{
		0: 0xfe, 1: 0x80,
		8: hardware[0] ^ 2, 9: hardware[1], 10: hardware[2], 11: 0xff,
		12: 0xfe, 13: hardware[3], 14: hardware[4], 15: hardware[5],
	}), 128)
}
