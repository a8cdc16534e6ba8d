package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
	"accrue/internal/api"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// newHypervisor is a hypervisor to be added, as flags say.
type newHypervisor struct {
	database
	panel.Hypervisor
	location string
	accel    string
	disabled bool
	asJSON   bool
}

// lastPlace is behind all other hypervisors of a location.
const lastPlace = 1_000

func hypervisorAddCommand() *cobra.Command {
	n := &newHypervisor{}
	n.Driver, n.CPURatio, n.Position = "libvirt", fleet.DefaultCPURatio, lastPlace
	command := &cobra.Command{
		Use:   "add",
		Short: "Examine a machine with libvirt, and add it as a hypervisor",
		Long: `Examine a machine with libvirt and QEMU, print what was tried and how to mend
what does not work, and add it when machines can run on it. Nothing is installed
there. docs/hypervisors.md says how to prepare it.

A machine on the network shows a key, whose fingerprint is kept: from then on
nothing else is believed. Compare it and confirm it when you are asked, or give
it with --fingerprint.

What is sold of it is what it has, without a tenth of its memory (a GiB at
least), unless you say otherwise.

Exit status: 0 when it was added; 1 when it was not, because a check failed or
nobody confirmed; 2 when the command line makes no sense.`,
		Example: `  accrue hypervisor add --data /var/lib/accrue --name hv1 --location ams --endpoint qemu:///system
  accrue hypervisor add --data /var/lib/accrue --name hv2 --location ams --endpoint qemu+ssh://accrue@hv2.example.org/system \
      --key-file /etc/accrue/id_ed25519 --network br0 --storage nvme`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return n.add(command) },
	}
	n.database.flags(command)
	flags := command.Flags()
	flags.StringVar(&n.Name, "name", "", "what administrators call it: `NAME`")
	flags.StringVar(&n.Endpoint, "endpoint", "", "where libvirt is: qemu:///system, qemu+ssh://USER@HOST/system, qemu+tls://HOST/system: `URI`")
	flags.StringVar(&n.location, "location", "", "the location that it belongs to, by its `SLUG` (default: the only one)")
	flags.StringVar(&n.HostKey, "fingerprint", "", "the `SHA256:...` of the key that it shows; without it you are asked")
	flags.StringVar(&n.KeyFile, "key-file", "", "the `FILE` with the private key for SSH, or with certificate and key for TLS")
	flags.StringVar(&n.Network, "network", "default", "the network or bridge, by its `NAME`, that machines are on where no address pool says another")
	flags.StringVar(&n.Storage, "storage", "", "the storage pool, by its `NAME`, that has the disks (default: one of its own)")
	flags.StringVar(&n.accel, "accel", "auto", "how processors are run: auto, kvm or tcg: `WAY`")
	parse(flags, &n.CPURatio, "cpu-ratio", "RATIO", "how many vCPUs are sold for each processor (default 4)", fleet.ParseRatio)
	flags.Int64Var(&n.Capacity.VCPUs, "vcpus", 0, "how many processors of it are sold, each several times over: `NUMBER`")
	flags.Int64Var(&n.Capacity.MemoryMiB, "memory-mib", 0, "how much memory of it is sold, in `MIB`")
	flags.Int64Var(&n.Capacity.DiskGiB, "disk-gib", 0, "how much disk of it is sold, in `GIB`")
	flags.StringSliceVar(&n.Tags, "tag", nil, "what is special about it, such as nvme; plans may ask for it: `TAG`")
	flags.BoolVar(&n.disabled, "disabled", false, "place no instances on it until it is enabled")
	flags.BoolVar(&n.asJSON, "json", false, "print one JSON object, and ask nothing")
	return command
}

func (n *newHypervisor) add(command *cobra.Command) error {
	if err := require(command, "name", "endpoint"); err != nil {
		return err
	}
	n.Accel, n.Enabled = panel.Accel(n.accel), !n.disabled
	ctx := command.Context()
	f, err := n.openField(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := n.place(ctx, f); err != nil {
		return err
	}
	e, err := f.enrol(command, &n.Hypervisor, !n.asJSON)
	if err != nil && !errors.Is(err, errUnusable) {
		return err
	}
	var added *client.Hypervisor
	if err == nil {
		if n.Hypervisor, err = f.SaveHypervisor(ctx, operator(), n.Hypervisor); err != nil {
			return err
		}
		shown := api.Hypervisor(n.Hypervisor)
		added = &shown
	}
	out := command.OutOrStdout()
	if n.asJSON {
		return errors.Join(writeJSON(out, struct {
			Hypervisor  *client.Hypervisor           `json:"hypervisor"`
			Examination client.HypervisorExamination `json:"examination"`
		}{added, api.Examination(e)}), err)
	}
	if err != nil {
		return err
	}
	limit := n.Limit()
	fmt.Fprintf(out, "\nAdded %s: %d vCPUs, %d MiB of memory and %d GiB of disk can be sold on it.\n", n.Name, limit.VCPUs, limit.MemoryMiB, limit.DiskGiB)
	return nil
}

// place finds the location.
func (n *newHypervisor) place(ctx context.Context, f *field) error {
	locations, err := f.Locations(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, l := range locations {
		if l.Slug == n.location || (n.location == "" && len(locations) == 1) {
			n.LocationID = l.ID
		}
		known = append(known, l.Slug)
	}
	switch {
	case n.LocationID != 0:
		return nil
	case len(known) == 0:
		return errors.New("--location: there is none yet; make one in the console first")
	case n.location == "":
		return fmt.Errorf("--location: is needed: one of %s", strings.Join(known, ", "))
	}
	return fmt.Errorf("--location: there is no location %s; there are: %s", n.location, strings.Join(known, ", "))
}

// enrol examines a machine, with its fingerprint confirmed by whoever is there,
// and fills in what nobody said. errUnusable says that a check failed.
func (f *field) enrol(command *cobra.Command, h *panel.Hypervisor, talk bool) (e panel.Examination, err error) {
	ctx, out := command.Context(), io.Discard
	if talk {
		out = command.OutOrStdout()
	}
	fmt.Fprintf(out, "Looking at %s ...\n\n", h.Endpoint)
	if e, err = f.ProbeHypervisor(ctx, operator(), *h); err != nil {
		return e, err
	}
	if e.Confirms() && talk {
		writeChecks(out, e)
		if !asks(command.InOrStdin()) {
			return e, fmt.Errorf("nobody can be asked whether this is the right key; if it is, say so: --fingerprint %s", e.Fingerprint)
		}
		if !agrees(command, "\nIs it the same? Type yes to go on: ") {
			return e, errors.New("the key was not confirmed; nothing was added")
		}
		h.HostKey = e.Fingerprint
		fmt.Fprintln(out)
		if e, err = f.ProbeHypervisor(ctx, operator(), *h); err != nil {
			return e, err
		}
	}
	writeChecks(out, e)
	if !e.Usable() {
		return e, errUnusable
	}
	offer := e.Offer()
	for _, amount := range []struct{ to, offer *int64 }{
		{&h.Capacity.VCPUs, &offer.VCPUs}, {&h.Capacity.MemoryMiB, &offer.MemoryMiB}, {&h.Capacity.DiskGiB, &offer.DiskGiB},
	} {
		if *amount.to == 0 {
			*amount.to = *amount.offer
		}
	}
	return e, nil
}

// agrees asks a question that is answered with yes, or not. Whoever ends the
// program has not agreed.
func agrees(command *cobra.Command, question string) bool {
	fmt.Fprint(command.OutOrStdout(), question)
	answers := make(chan string, 1)
	go func() {
		answer, _ := bufio.NewReader(command.InOrStdin()).ReadString('\n') // without an answer it is no
		answers <- strings.ToLower(strings.TrimSpace(answer))
	}()
	select {
	case answer := <-answers:
		return answer == "yes" || answer == "y"
	case <-command.Context().Done():
		return false
	}
}
