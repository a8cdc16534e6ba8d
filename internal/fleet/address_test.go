package fleet

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func addressRange(prefix string, bits int, first, last string) AddressRange {
	r := AddressRange{Bits: bits}
	r.Prefix, _ = netip.ParsePrefix(prefix)
	r.First, _ = netip.ParseAddr(first)
	r.Last, _ = netip.ParseAddr(last)
	return r
}

func TestRangesAreFilled(t *testing.T) {
	for _, test := range []struct {
		prefix      string
		bits        int
		first, last string
		size        int64
	}{
		{"203.0.113.0/24", 32, "203.0.113.1", "203.0.113.254", 254},
		{"203.0.113.8/29", 32, "203.0.113.9", "203.0.113.14", 6},
		{"203.0.113.8/31", 32, "203.0.113.8", "203.0.113.9", 2},
		{"203.0.113.8/32", 32, "203.0.113.8", "203.0.113.8", 1},
		{"2001:db8::/48", 64, "2001:db8::", "2001:db8:0:ffff::", 65536},
		{"2001:db8::/32", 64, "2001:db8::", "2001:db8:ffff:ffff::", 1 << 32},
		{"2001:db8::/64", 128, "2001:db8::1", "2001:db8::ff:ffff:ffff", 1<<40 - 1},
		{"2001:db8::/120", 128, "2001:db8::1", "2001:db8::ff", 255},
	} {
		r := addressRange(test.prefix, 0, "", "").Filled()
		if want := addressRange(test.prefix, test.bits, test.first, test.last); r != want {
			t.Errorf("%s: got %+v, want %+v", test.prefix, r, want)
		}
		if err := r.Validate(); err != nil || r.Size() != test.size {
			t.Errorf("%s: got size %d, %v, want %d", test.prefix, r.Size(), err, test.size)
		}
	}
	given := addressRange("203.0.113.0/24", 32, "203.0.113.10", "203.0.113.19")
	if got := given.Filled(); got != given || got.Size() != 10 {
		t.Errorf("got %+v, want what was given", got)
	}
}

func TestRangesNameTheirWrongField(t *testing.T) {
	for _, test := range []struct {
		r     AddressRange
		field string
	}{
		{AddressRange{}, "prefix"},
		{addressRange("203.0.113.1/24", 0, "", ""), "prefix"},
		{addressRange("::ffff:203.0.113.0/120", 0, "", ""), "prefix"},
		{addressRange("224.0.0.0/8", 0, "", ""), "prefix"},
		{addressRange("127.0.0.0/8", 0, "", ""), "prefix"},
		{addressRange("fe80::/64", 0, "", ""), "prefix"},
		{addressRange("::/0", 0, "", ""), "prefix"},
		{addressRange("203.0.113.0/24", 64, "", ""), "bits"},
		{addressRange("203.0.113.0/24", 24, "", ""), "bits"},
		{addressRange("2001:db8::/48", 56, "", ""), "bits"},
		{addressRange("2001:db8::/120", 64, "", ""), "bits"},
		{addressRange("203.0.113.0/24", 0, "203.0.114.1", ""), "first"},
		{addressRange("203.0.113.0/24", 0, "2001:db8::1", ""), "first"},
		{addressRange("203.0.113.0/24", 0, "", "203.0.112.255"), "last"},
		{addressRange("203.0.113.0/24", 0, "203.0.113.9", "203.0.113.8"), "last"},
		{addressRange("2001:db8::/64", 128, "2001:db8::ffff:0:0:0", ""), "first"},
	} {
		err := test.r.Filled().Validate()
		var field *FieldError
		if !errors.As(err, &field) || field.Field != test.field {
			t.Errorf("%+v: got %v, want an error of the field %s", test.r, err, test.field)
		}
	}
}

// Every piece has a number, every address of a piece leads back to it, and no two
// pieces share an address.
func TestPiecesAndNumbersAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{
			"203.0.113.0/24", "10.0.0.0/8", "255.255.255.0/24", "2001:db8::/32", "2001:db8:0:7::/64", "2001:db8::ff00/120", "ffef::/16",
		}).Draw(t, "prefix")
		r := addressRange(prefix, 0, "", "").Filled()
		first, last := r.Bounds()
		number := rapid.Int64Range(first, last).Draw(t, "number")
		piece, addr := r.Piece(number), r.Addr(number)
		if !piece.Contains(addr) || !r.Prefix.Contains(addr) || piece.Bits() != r.Bits || piece != piece.Masked() {
			t.Fatalf("%s, piece %d: got %s with %s", prefix, number, piece, addr)
		}
		if got, ok := r.Number(addr); !ok || got != number {
			t.Fatalf("%s: %s has number %d, %v, want %d", prefix, addr, got, ok, number)
		}
		if number > first && r.Piece(number-1).Overlaps(piece) {
			t.Fatalf("%s: pieces %d and %d overlap", prefix, number-1, number)
		}
	})
}

func TestAddressesElsewhereHaveNoNumber(t *testing.T) {
	r := addressRange("2001:db8::/64", 0, "", "").Filled()
	for _, text := range []string{"2001:db8:0:1::", "203.0.113.1", "2001:db8::1%eth0", "2001:db8::ffff:0:0:0"} {
		if n, ok := r.Number(netip.MustParseAddr(text)); ok {
			t.Errorf("%s has the number %d", text, n)
		}
	}
}

func TestMACsAreTheInstances(t *testing.T) {
	seen := map[string]bool{}
	for _, uid := range []string{"a", "b", "01995a3e-0000-7000-8000-000000000001"} {
		for n := range 3 {
			mac := MAC(uid, n)
			parsed, err := net.ParseMAC(mac)
			if err != nil || parsed.String() != mac || parsed[0]&3 != 2 {
				t.Errorf("%s: got %v, want one machine's that nobody has assigned", mac, err)
			}
			if seen[mac] || MAC(uid, n) != mac {
				t.Errorf("%s card %d: got %s again, or not again", uid, n, mac)
			}
			seen[mac] = true
		}
	}
	if got, want := MAC("a", 0), "52:54:d7:e9:89:67"; got != want {
		t.Errorf("got %s, want %s: addresses of machines that run must not change", got, want)
	}
}
