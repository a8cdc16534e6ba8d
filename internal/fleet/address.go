package fleet

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// AddressRange is what instances are given addresses from. It is cut into pieces
// of one length, one for each instance: a single address, or with IPv6 a network
// of 64 bits. Pieces are numbered from 0, the first of Prefix; nothing is listed,
// so a range can be as large as it likes.
type AddressRange struct {
	Prefix netip.Prefix // the network that the range is part of
	Bits   int          // the length of a piece: 32, 128 or 64
	First  netip.Addr   // in the first piece that may be given away
	Last   netip.Addr   // in the last one
}

// maxPieces bounds the numbers of pieces. An IPv6 network has more addresses than
// anybody will have instances.
const maxPieces = 1 << 40

// Filled returns the range with what was left out: the pieces are single
// addresses, but networks of 64 bits where an IPv6 prefix is cut into several,
// and all of them may be given away but the addresses that name an IPv4 network
// and speak to all of it, and the first of an IPv6 network, which is its
// router's.
func (r AddressRange) Filled() AddressRange {
	if !r.Prefix.IsValid() {
		return r
	}
	addr := r.Prefix.Addr()
	if r.Bits == 0 {
		r.Bits = addr.BitLen()
		if addr.Is6() && r.Prefix.Bits() < 64 {
			r.Bits = 64
		}
	}
	if r.step() < 0 || r.Bits < r.Prefix.Bits() {
		return r
	}
	first, last := int64(0), r.pieces()-1
	if r.Bits == addr.BitLen() && last > 1 {
		first = 1
		if addr.Is4() {
			last--
		}
	}
	if !r.First.IsValid() {
		r.First = r.Piece(first).Addr()
	}
	if !r.Last.IsValid() {
		r.Last = r.Piece(last).Addr()
	}
	return r
}

// Validate reports the first field that cannot be as it is, as a *FieldError.
func (r AddressRange) Validate() error {
	field := func(name, format string, args ...any) error {
		return &FieldError{name, fmt.Sprintf(format, args...)}
	}
	addr := r.Prefix.Addr()
	switch {
	case !r.Prefix.IsValid() || addr.Is4In6() || addr.Zone() != "":
		return field("prefix", "must be a network such as 203.0.113.0/24 or 2001:db8::/48")
	case r.Prefix != r.Prefix.Masked():
		return field("prefix", "has bits beyond its length; write %s", r.Prefix.Masked())
	case addr.IsMulticast() || addr.IsLoopback() || addr.IsUnspecified() || addr.IsLinkLocalUnicast():
		return field("prefix", "is not a network in which machines have addresses")
	case r.step() < 0:
		return field("bits", "must be 32 with IPv4, and 64 or 128 with IPv6")
	case r.Bits < r.Prefix.Bits():
		return field("bits", "must be at least the length of the prefix, %d", r.Prefix.Bits())
	}
	first, ok := r.Number(r.First)
	if !ok {
		return field("first", "must be an address in %s", r.Prefix)
	}
	last, ok := r.Number(r.Last)
	if !ok || last < first {
		return field("last", "must be an address in %s, not before the first", r.Prefix)
	}
	return nil
}

// Size returns how many pieces may be given away.
func (r AddressRange) Size() int64 {
	first, last := r.Bounds()
	return last - first + 1
}

// Bounds returns the numbers of the first and the last piece that may be given
// away, of a valid range.
func (r AddressRange) Bounds() (first, last int64) {
	first, _ = r.Number(r.First)
	last, _ = r.Number(r.Last)
	return first, last
}

// Piece returns the piece with a number below maxPieces.
func (r AddressRange) Piece(number int64) netip.Prefix {
	return netip.PrefixFrom(r.plus(number, 0), r.Bits)
}

// Addr returns the address of the machine that has the piece with a number: the
// piece itself, or in a network of its own the first address after the network's.
func (r AddressRange) Addr(number int64) netip.Addr {
	if r.step() > 0 {
		return r.plus(number, 1)
	}
	return r.plus(number, 0)
}

// Number returns the number of the piece that an address is in, if it is in the
// range's prefix and can be given away at all.
func (r AddressRange) Number(a netip.Addr) (number int64, ok bool) {
	if a.Zone() != "" || !r.Prefix.Contains(a) {
		return 0, false
	}
	high, low := halves(a)
	baseHigh, baseLow := halves(r.Prefix.Addr())
	n := low - baseLow
	if r.step() > 0 {
		n = high - baseHigh
	} else if high != baseHigh || low < baseLow {
		return 0, false
	}
	return int64(n), n < maxPieces
}

// step returns by how many bits the numbers of pieces are apart, or -1 when
// pieces cannot have such a length.
func (r AddressRange) step() int {
	switch bits := r.Prefix.Addr().BitLen(); {
	case r.Bits == bits:
		return 0
	case r.Bits == 64 && bits == 128:
		return 64
	}
	return -1
}

// pieces returns how many there are, at most maxPieces.
func (r AddressRange) pieces() int64 {
	if bits := r.Bits - r.Prefix.Bits(); bits < 40 {
		return 1 << bits
	}
	return maxPieces
}

// plus returns the address some pieces and some addresses after the prefix's.
func (r AddressRange) plus(pieces int64, addresses uint64) netip.Addr {
	high, low := halves(r.Prefix.Addr())
	if r.step() > 0 {
		high += uint64(pieces)
	} else {
		low += uint64(pieces)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low+addresses)
	a := netip.AddrFrom16(b)
	if r.Prefix.Addr().Is4() {
		return a.Unmap()
	}
	return a
}

// halves returns an address as a number of 128 bits.
func halves(a netip.Addr) (high, low uint64) {
	b := a.As16()
	return binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
}
