package identity

import (
	"net/netip"
	"slices"
	"testing"
)

func TestOrigin(t *testing.T) {
	proxies, err := ParseRanges("10.0.0.0/8, 192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, peer, forwarded, want string }{
		{"a stranger is taken for what it is", "203.0.113.7:99", "198.51.100.1", "203.0.113.7"},
		{"a proxy's word is taken", "10.1.2.3:99", "198.51.100.1", "198.51.100.1"},
		{"of several the last, which the proxy has seen", "192.0.2.1:99", "127.0.0.1, 198.51.100.1", "198.51.100.1"},
		{"a proxy that says nothing is itself", "10.1.2.3:99", "", "10.1.2.3"},
		{"a proxy that says nonsense is itself", "10.1.2.3:99", "unknown", "10.1.2.3"},
		{"IPv4 in IPv6 is IPv4", "[::ffff:203.0.113.7]:99", "", "203.0.113.7"},
		{"what is no address is none", "@", "198.51.100.1", "invalid IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Origin(test.peer, test.forwarded, proxies).String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestOriginAllowed(t *testing.T) {
	ranges, err := ParseRanges("203.0.113.7\n2001:db8::1/32")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"203.0.113.7": true, "203.0.113.8": false, "2001:db8:9::": true, "2001:db9::": false} {
		if got := OriginAllowed(netip.MustParseAddr(text), ranges); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
	if OriginAllowed(netip.Addr{}, ranges) {
		t.Error("an address that is not known is allowed")
	}
	if !OriginAllowed(netip.Addr{}, nil) {
		t.Error("without ranges an address is refused")
	}
}

func TestParseRangesRefuses(t *testing.T) {
	for _, text := range []string{"example.org", "10.0.0.0/33", "10.0.0.1 and 10.0.0.2"} {
		if got, err := ParseRanges(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// FuzzOrigin gives anything for what a proxy says, and for ranges: nothing panics,
// and ranges that are read are read alike from what is written of them.
func FuzzOrigin(f *testing.F) {
	f.Add("203.0.113.7:99", "198.51.100.1, ::1", "10.0.0.0/8,192.0.2.1 2001:db8::/32")
	f.Add("@", ",,unknown", "::ffff:10.0.0.1, fe80::1%eth0")
	f.Fuzz(func(t *testing.T, peer, forwarded, text string) {
		ranges, err := ParseRanges(text)
		if err != nil {
			return
		}
		OriginAllowed(Origin(peer, forwarded, ranges), ranges)
		written := ""
		for _, one := range ranges {
			written += one.String() + ","
		}
		if again, err := ParseRanges(written); err != nil || !slices.Equal(again, ranges) {
			t.Errorf("%q is read as %v, and that as %v, %v", text, ranges, again, err)
		}
	})
}
