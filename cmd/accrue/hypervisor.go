package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"accrue/client"
	"accrue/internal/api"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/smtp"
	"accrue/internal/store"
)

func hypervisorCommand() *cobra.Command {
	command := &cobra.Command{
		Use:     "hypervisor",
		Short:   "Add the machines that run instances, and check them",
		GroupID: groupRun,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	command.AddCommand(hypervisorAddCommand(), hypervisorListCommand(), hypervisorCheckCommand())
	return command
}

// field is a panel that speaks to hypervisors, for the command line.
type field struct {
	*panel.Panel
	db      *store.Store
	drivers drivers
}

// openField opens the database, and the simulated hypervisors beside it.
func (d *database) openField(ctx context.Context) (*field, error) {
	db, err := d.openExisting(ctx)
	if err != nil {
		return nil, err
	}
	world, err := sim.Open(d.file("sim.db"), sim.Options{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	reach := newDrivers(world)
	return &field{panel.New(db, reach, smtp.Disabled(), newHasher()), db, reach}, nil
}

func (f *field) Close() error { return errors.Join(f.drivers.Close(), f.db.Close()) }

// errUnusable says that what is printed above it has to be mended first.
var errUnusable = errors.New("the machine cannot be used as it is; see what failed above")

func hypervisorListCommand() *cobra.Command {
	var data database
	var asJSON bool
	command := &cobra.Command{
		Use:     "list",
		Short:   "List the hypervisors, and what of them is sold",
		Example: `  accrue hypervisor list --data /var/lib/accrue`,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			db, err := data.openExisting(command.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			p := deskPanel(db)
			hosts, err := p.Hypervisors(command.Context(), operator(), 0)
			if err != nil {
				return err
			}
			if asJSON {
				list := []client.Hypervisor{}
				for _, h := range hosts {
					list = append(list, api.Hypervisor(h))
				}
				return writeJSON(command.OutOrStdout(), list)
			}
			locations, err := p.Locations(command.Context())
			if err != nil {
				return err
			}
			return writeHypervisors(command.OutOrStdout(), hosts, locations)
		},
	}
	data.flags(command)
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return command
}

func writeHypervisors(out io.Writer, hosts []panel.Hypervisor, locations []panel.Location) error {
	place := map[int64]string{}
	for _, l := range locations {
		place[l.ID] = l.Slug
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tLOCATION\tSTATE\tINSTANCES\tVCPUS\tMEMORY\tDISK\tAT")
	for _, h := range hosts {
		state := "online"
		switch {
		case !h.Online:
			state = "unreachable"
		case !h.Enabled:
			state = "disabled"
		}
		limit := h.Limit()
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d of %d\t%d of %d MiB\t%d of %d GiB\t%s\n", h.Name, place[h.LocationID], state, h.Instances,
			h.Used.VCPUs, limit.VCPUs, h.Used.MemoryMiB, limit.MemoryMiB, h.Used.DiskGiB, limit.DiskGiB, cmp.Or(h.Endpoint, h.Driver))
	}
	return table.Flush()
}

func hypervisorCheckCommand() *cobra.Command {
	var data database
	var name string
	var asJSON bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Try again whether a hypervisor has what machines need",
		Long: `Try on a hypervisor what was tried before it was added, and say how to mend what
does not work. It may take most of a minute. Machines that run are left alone.

Exit status: 0 when machines run on it, with or without warnings; 1 when a check
failed.`,
		Example: `  accrue hypervisor check --data /var/lib/accrue --name hv1`,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := require(command, "name"); err != nil {
				return err
			}
			f, err := data.openField(command.Context())
			if err != nil {
				return err
			}
			defer f.Close()
			h, err := f.named(command.Context(), name)
			if err != nil {
				return err
			}
			e, err := f.ExamineHypervisor(command.Context(), operator(), h.ID)
			if err != nil {
				return err
			}
			out := command.OutOrStdout()
			if asJSON {
				err = writeJSON(out, api.Examination(e))
			} else {
				fmt.Fprintf(out, "%s, %s\n\n", h.Name, cmp.Or(h.Endpoint, "simulated"))
				writeChecks(out, e)
			}
			if err == nil && !e.Usable() {
				err = errUnusable
			}
			return err
		},
	}
	data.flags(command)
	command.Flags().StringVar(&name, "name", "", "the hypervisor's `NAME`")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}

// named returns the hypervisor that --name names.
func (f *field) named(ctx context.Context, name string) (panel.Hypervisor, error) {
	hosts, err := f.Hypervisors(ctx, operator(), 0)
	if err != nil {
		return panel.Hypervisor{}, err
	}
	var known []string
	for _, h := range hosts {
		if h.Name == name {
			return h, nil
		}
		known = append(known, h.Name)
	}
	return panel.Hypervisor{}, fmt.Errorf("--name: there is no hypervisor %s; there are: %s", name, cmp.Or(strings.Join(known, ", "), "none"))
}

// marks are the outcomes of checks, as wide as one another.
var marks = map[panel.CheckState]string{
	panel.CheckPassed: "  ok  ", panel.CheckWarning: " warn ", panel.CheckFailed: " FAIL ", panel.CheckConfirm: "  ?   ", panel.CheckSkipped: "  -   ",
}

// writeChecks prints what was tried, and below what did not pass how to mend it.
func writeChecks(out io.Writer, e panel.Examination) {
	for _, c := range e.Checks {
		fmt.Fprintf(out, "%s %s: %s\n", marks[c.State], c.Name.Title(), c.Detail)
		if c.Fix != "" {
			fmt.Fprintf(out, "       -> %s\n", c.Fix)
		}
	}
}

// asks says whether there is somebody at the other end of a command's standard
// input who can answer.
func asks(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
