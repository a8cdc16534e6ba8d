package egress

import "net/netip"

// special are the ranges of addresses that look public and are not (IANA's
// registries of special-purpose addresses), or that stand for others.
var special = prefixes(
	"0.0.0.0/8",       // this network
	"100.64.0.0/10",   // between carriers and their customers
	"192.0.0.0/24",    // protocols
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // relays of 6to4
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, and broadcast
	"2001::/23",       // protocols, Teredo among them
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4, which stands for an IPv4 address
	"3fff::/20",       // documentation
)

// public6 is what has been given out of IPv6. Everything else is private, local,
// multicast, a translation of IPv4, or nothing yet.
var public6 = netip.MustParsePrefix("2000::/3")

// Public says whether an address is one of the public internet.
func Public(a netip.Addr) bool {
	if a.Is4In6() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if a.Is6() && !public6.Contains(a) {
		return false
	}
	return !within(special, a)
}

func within(ranges []netip.Prefix, a netip.Addr) bool {
	for _, r := range ranges {
		if r.Contains(a) {
			return true
		}
	}
	return false
}

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}
