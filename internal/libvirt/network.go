package libvirt

import (
	"context"
	"encoding/xml"
	"net/netip"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

type networkXML struct {
	XMLName xml.Name       `xml:"network"`
	Ranges  []networkIPXML `xml:"ip"`
}

type networkIPXML struct {
	Address string   `xml:"address,attr"`
	Netmask string   `xml:"netmask,attr"`
	DHCP    *dhcpXML `xml:"dhcp"`
}

type dhcpXML struct {
	Hosts []dhcpHostXML `xml:"host"`
}

type dhcpHostXML struct {
	XMLName xml.Name `xml:"host"`
	MAC     string   `xml:"mac,attr,omitempty"`
	IP      string   `xml:"ip,attr,omitempty"`
}

// server returns the hosts that a network's DHCP server for IPv4 knows. ok is
// false where there is none.
func (x networkXML) server() (hosts []dhcpHostXML, ok bool) {
	for _, ip := range x.Ranges {
		if address, err := netip.ParseAddr(ip.Address); err == nil && address.Is4() && ip.DHCP != nil {
			return ip.DHCP.Hosts, true
		}
	}
	return nil, false
}

// networks returns the names of the networks that are started.
func (l *link) networks(ctx context.Context) (map[string]bool, error) {
	started, err := l.Networks(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, n := range started {
		names[n.Name] = true
	}
	return names, nil
}

// ensureAddress has a network's DHCP server, where it has one, give an interface
// its address and nobody else.
func (h *host) ensureAddress(ctx context.Context, l *link, i panel.Interface) error {
	for _, address := range i.Addresses {
		if address.Addr().Is4() {
			return h.setHost(ctx, l, i.Network, dhcpHostXML{MAC: i.MAC, IP: address.Addr().String()})
		}
	}
	return nil
}

// ensureNoAddress has a network's DHCP server forget an interface.
func (h *host) ensureNoAddress(ctx context.Context, l *link, network, mac string) error {
	return h.setHost(ctx, l, network, dhcpHostXML{MAC: mac})
}

// setHost makes a host known to a network, or unknown if it has no address.
func (h *host) setHost(ctx context.Context, l *link, network string, want dhcpHostXML) error {
	release, err := h.locks.acquire(ctx, "network "+network)
	if err != nil {
		return err
	}
	defer release()
	n, err := l.Network(ctx, network)
	if err != nil {
		return ignore(err, rpc.CodeNoNetwork)
	}
	text, err := l.NetworkXML(ctx, n)
	if err != nil {
		return err
	}
	var x networkXML
	if err := decode(text, &x); err != nil {
		return err
	}
	hosts, ok := x.server()
	if !ok {
		return nil
	}
	known := false
	for _, host := range hosts {
		switch {
		case host.MAC == want.MAC && host.IP == want.IP:
			known = true
		case host.MAC == want.MAC || host.IP == want.IP:
			// The panel gave the address to this machine: the entry is of one that
			// had it before.
			if err := l.UpdateHost(ctx, n, rpc.HostDelete, encode(dhcpHostXML{MAC: host.MAC, IP: host.IP})); err != nil {
				return err
			}
		}
	}
	if known || want.IP == "" {
		return nil
	}
	return l.UpdateHost(ctx, n, rpc.HostAdd, encode(want))
}
