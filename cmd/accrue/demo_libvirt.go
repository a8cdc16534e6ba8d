package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// localSocket is where libvirt is on a machine that has it.
const localSocket = "/run/libvirt/libvirt-sock"

// localPlace is the location that a demo's one real hypervisor has for itself, so
// that whoever orders there knows what they get.
var localPlace = panel.Location{Slug: "here", Name: "This machine", Visible: true}

// offer registers this machine's libvirt as the demo's first real hypervisor, if
// somebody at the terminal or --libvirt wants that. Whatever comes of it, the
// simulated ones serve.
func (d *demonstration) offer(command *cobra.Command, p *panel.Panel) error {
	ctx, out := command.Context(), command.OutOrStdout()
	hosts, err := p.Hypervisors(ctx, operator(), 0)
	if err != nil || d.libvirt == "no" {
		return err
	}
	for _, h := range hosts {
		if h.Driver == "libvirt" {
			return nil
		}
	}
	if d.libvirt == "" {
		if _, err := os.Stat(localSocket); err != nil || !asks(command.InOrStdin()) {
			return nil
		}
		if !agrees(command, "\nThere is libvirt on this machine. Register it as the first real hypervisor, beside the simulated ones? Type yes to do so: ") {
			fmt.Fprintln(out, "The simulated ones serve. To be asked again, start the demo again.")
			return nil
		}
	}
	h := panel.Hypervisor{Driver: "libvirt", Endpoint: cmp.Or(d.libvirt, "unix://"+localSocket), Network: "default"}
	h.Name, h.CPURatio, h.Enabled = "this-machine", fleet.DefaultCPURatio, true
	if _, err = (&field{Panel: p}).enrol(command, &h, true); err != nil {
		fmt.Fprintf(out, "\nIt was not registered: %v. The simulated ones serve.\n", err)
		return nil
	}
	return d.register(command, p, h)
}

// register adds the hypervisor in a location of its own and has it tested.
func (d *demonstration) register(command *cobra.Command, p *panel.Panel, h panel.Hypervisor) error {
	ctx := command.Context()
	locations, err := p.Locations(ctx)
	if err != nil {
		return err
	}
	place := localPlace
	if n := slices.IndexFunc(locations, func(l panel.Location) bool { return l.Slug == localPlace.Slug }); n >= 0 {
		place = locations[n] // of one that was there before
	} else if place, err = p.SaveLocation(ctx, operator(), localPlace); err != nil {
		return err
	}
	h.LocationID = place.ID
	if h, err = p.SaveHypervisor(ctx, operator(), h); err != nil {
		return err
	}
	if _, err := p.TestHypervisor(ctx, operator(), h.ID); err != nil {
		return err
	}
	fmt.Fprintf(command.OutOrStdout(), "\nRegistered as %s, in the location %s. How a first machine fares on it: /admin/hypervisors/%d/test\nMachines boot from images that have a file; docs/hypervisors.md says more.\n", h.Name, place.Name, h.ID)
	return nil
}
