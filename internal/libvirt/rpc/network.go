package rpc

import "context"

// Network is a virtual network.
type Network struct {
	Name string
	UUID UUID
}

// Networks returns the networks that are started.
func (c *Conn) Networks(ctx context.Context) ([]Network, error) {
	const active = 2
	var ret struct {
		Networks []Network
		Number   uint32
	}
	err := c.Call(ctx, 283, struct {
		Results int32
		Flags   uint32
	}{1, active}, &ret)
	return ret.Networks, err
}

// Network finds a network.
func (c *Conn) Network(ctx context.Context, name string) (n Network, err error) {
	return n, c.Call(ctx, 46, struct{ Name string }{name}, &n)
}

// NetworkXML returns what a network is, as XML.
func (c *Conn) NetworkXML(ctx context.Context, n Network) (string, error) {
	return c.text(ctx, 43, struct {
		Network Network
		Flags   uint32
	}{Network: n})
}

// What is done to a network's hosts.
const (
	HostModify = 1
	HostDelete = 2
	HostAdd    = 3
)

// UpdateHost changes what a network's DHCP server knows of a host.
func (c *Conn) UpdateHost(ctx context.Context, n Network, command uint32, xml string) error {
	const hosts = 4 // the section
	return c.Call(ctx, 291, struct {
		Network          Network
		Command, Section uint32
		Parent           int32
		XML              string
		Flags            uint32
	}{n, command, hosts, -1, xml, AffectLive | AffectConfig}, nil)
}

// FindFilter looks for a network filter.
func (c *Conn) FindFilter(ctx context.Context, name string) error {
	return c.Call(ctx, 175, struct{ Name string }{name}, nil)
}

// DefineFilter defines a network filter, or defines it anew if it has the UUID of
// the one of its name.
func (c *Conn) DefineFilter(ctx context.Context, xml string) error {
	return c.Call(ctx, 180, struct{ XML string }{xml}, nil)
}
