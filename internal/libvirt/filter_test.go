package libvirt

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/panel"
)

func TestTheFilterIsToldWhatIsAnInterfacesOwn(t *testing.T) {
	const link = "fe80::5054:ff:fe12:3456"
	prefixes := func(texts ...string) (all []netip.Prefix) {
		for _, text := range texts {
			all = append(all, netip.MustParsePrefix(text))
		}
		return all
	}
	for name, test := range map[string]struct {
		addresses, networks []netip.Prefix
		want                []parameterXML
	}{
		"both families": {prefixes("192.0.2.7/24", "2001:db8::7/64"), nil, []parameterXML{
			{"IP", "192.0.2.7"}, {"IPV6", link}, {"IPV6MASK", "128"}, {"IPV6", "2001:db8::7"}, {"IPV6MASK", "128"},
		}},
		"a network of its own": {prefixes("2001:db8:0:7::1/64"), prefixes("2001:db8:0:7::/64"), []parameterXML{
			{"IP", "0.0.0.0"}, {"IPV6", link}, {"IPV6MASK", "128"}, {"IPV6", "2001:db8:0:7::"}, {"IPV6MASK", "64"},
			{"IPV6", "2001:db8:0:7::1"}, {"IPV6MASK", "128"},
		}},
		"none, which the network gives it": {nil, nil, []parameterXML{{"IPV6", link}, {"IPV6MASK", "128"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := describeFilter("f", panel.Interface{MAC: "52:54:00:12:34:56", Addresses: test.addresses, Networks: test.networks})
			want := &filterXML{Filter: "f", Parameters: append([]parameterXML{{"MAC", "52:54:00:12:34:56"}}, test.want...)}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("- got, + want:\n%s", diff)
			}
		})
	}
}
