package main

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/libvirt"
	"accrue/internal/panel"
	"accrue/internal/sim"
)

// drivers connects to each hypervisor in the way that it says. The simulated
// ones can be made to fail, so this is a panel.Faulty as well.
type drivers struct {
	*sim.World
	libvirt *libvirt.Hypervisors
}

func newDrivers(world *sim.World) drivers { return drivers{world, libvirt.New()} }

func (d drivers) Driver(h panel.Hypervisor) (panel.Driver, error) {
	switch h.Driver {
	case "sim":
		return d.World.Driver(h)
	case "libvirt":
		return d.libvirt.Driver(h)
	}
	return nil, fmt.Errorf("hypervisor %s: there is no driver %q", h.Name, h.Driver)
}

// Examine looks closely at a machine in the way that it says.
func (d drivers) Examine(ctx context.Context, h panel.Hypervisor) panel.Examination {
	if h.Driver == "libvirt" {
		return d.libvirt.Examine(ctx, h)
	}
	return d.World.Examine(ctx, h)
}

// Close ends all connections. The simulated world goes on in its file.
func (d drivers) Close() error {
	return errors.Join(d.libvirt.Close(), d.World.Close())
}
