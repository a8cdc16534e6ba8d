package identity

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Origin is the address that a request comes from: peer, the other end of its
// connection as "address:port", or what forwarded says if peer is a proxy whose
// word is taken: the last address of X-Forwarded-For. It is the zero Addr when
// peer is none.
func Origin(peer, forwarded string, proxies []netip.Prefix) netip.Addr {
	end, err := netip.ParseAddrPort(peer)
	if err != nil {
		return netip.Addr{}
	}
	address := end.Addr().Unmap()
	if !within(address, proxies) {
		return address
	}
	hops := strings.Split(forwarded, ",")
	if last, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
		return last.Unmap()
	}
	return address
}

// OriginAllowed reports whether a token that is good for some ranges of
// addresses is good at an address. No ranges stand for every address.
func OriginAllowed(address netip.Addr, ranges []netip.Prefix) bool {
	return len(ranges) == 0 || within(address, ranges)
}

func within(address netip.Addr, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(address) })
}

// ParseRanges reads ranges of addresses, such as "203.0.113.7, 2001:db8::/32",
// separated by commas or white space. An address stands for itself.
func ParseRanges(text string) (ranges []netip.Prefix, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		one, err := netip.ParsePrefix(part)
		if address, notRange := netip.ParseAddr(part); notRange == nil {
			one, err = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a range of addresses such as 10.0.0.0/8", part)
		}
		ranges = append(ranges, one.Masked())
	}
	return ranges, nil
}
