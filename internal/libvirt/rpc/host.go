package rpc

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// UUID names domains, networks and pools.
type UUID [16]byte

// String writes it with hyphens.
func (u UUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// Kinds of authentication.
const (
	authNone   = 0
	authPolkit = 2
)

// Connect opens the hypervisor's QEMU driver, before anything else is called.
func (c *Conn) Connect(ctx context.Context) error {
	var ways struct{ Ways []int32 }
	if err := c.Call(ctx, 66, nil, &ways); err != nil {
		return err
	}
	switch {
	case slices.Contains(ways.Ways, authNone):
	case slices.Contains(ways.Ways, authPolkit):
		if err := c.Call(ctx, 70, nil, nil); err != nil {
			return err
		}
	default:
		return errors.New("libvirt wants a password, which is not supported")
	}
	uri := "qemu:///system"
	return c.Call(ctx, 1, struct {
		Name  *string
		Flags uint32
	}{Name: &uri}, nil)
}

// Node is the hypervisor's hardware.
type Node struct {
	Model                                        [32]int8
	MemoryKiB                                    uint64
	CPUs                                         int32
	MHz, Nodes, Sockets, CoresPerSocket, Threads int32
}

// Node returns the hypervisor's hardware.
func (c *Conn) Node(ctx context.Context) (n Node, err error) {
	return n, c.Call(ctx, 6, nil, &n)
}

// Capabilities returns what the hypervisor says of itself, as XML.
func (c *Conn) Capabilities(ctx context.Context) (string, error) {
	return c.text(ctx, 7, nil)
}

// DomainCapabilities returns what domains of a kind ("kvm", "qemu") can have, as
// XML.
func (c *Conn) DomainCapabilities(ctx context.Context, kind, machine string) (string, error) {
	return c.text(ctx, 342, struct {
		Emulator, Arch, Machine, Kind *string
		Flags                         uint32
	}{Machine: &machine, Kind: &kind})
}

// Versions returns those of libvirt and of QEMU, as 1000000*major + 1000*minor +
// release.
func (c *Conn) Versions(ctx context.Context) (libvirt, qemu uint64, err error) {
	if err := c.Call(ctx, 157, nil, &libvirt); err != nil {
		return 0, 0, err
	}
	return libvirt, qemu, c.Call(ctx, 4, nil, &qemu)
}

// text calls what answers with a string.
func (c *Conn) text(ctx context.Context, procedure int32, args any) (text string, err error) {
	return text, c.Call(ctx, procedure, args, &text)
}
