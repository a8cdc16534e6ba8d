package demo

import (
	"context"

	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/sim"
)

// leave puts a machine on a hypervisor that is of no instance, as a move by hand
// leaves one behind, and looks: it is found.
func (s *story) leave(ctx context.Context, world *sim.World) error {
	hosts, err := s.panel.Hypervisors(ctx, s.provider, s.locations["osl"])
	if err != nil || len(hosts) == 0 {
		return err
	}
	driver, err := world.Driver(hosts[0])
	if err != nil {
		return err
	}
	m := panel.Machine{
		UID: "6f1d2c7e-58a0-4b53-9d0e-3f1b7a90c2d4", Name: "old-mail", Generation: 1, Image: panel.ImageFile{Name: "Debian 12"},
		Size: fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 10},
	}
	for _, step := range []func(context.Context, panel.Machine) error{driver.EnsureDisk, driver.EnsureDefined} {
		if err := step(ctx, m); err != nil {
			return err
		}
	}
	return s.panel.Watch(ctx, hosts[0].ID)
}
