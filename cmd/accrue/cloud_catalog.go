package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) locationsCommand() *cobra.Command {
	return listingOf(c, "locations", "List where instances can be", "/v1/locations", "There are no locations.", func(all []seen[client.Location]) *table {
		rows := newTable("ID>", "NAME", "LOCATION", "CITY", "COUNTRY")
		for _, l := range all {
			rows.row(fmt.Sprint(l.it.ID), l.it.Slug, l.it.Name, l.it.City, l.it.Country)
		}
		return rows
	})
}

func (c *cloud) imagesCommand() *cobra.Command {
	return listingOf(c, "images", "List the operating systems that instances start from", "/v1/images", "There are no images.", func(all []seen[client.Image]) *table {
		rows := newTable("ID>", "NAME", "IMAGE", "SMALLEST DISK>")
		for _, i := range all {
			rows.row(fmt.Sprint(i.it.ID), handle(i.it.Name), i.it.Name, fmt.Sprintf("%d GiB", i.it.MinDiskGiB))
		}
		return rows
	})
}

func (c *cloud) plansCommand() *cobra.Command {
	var at string
	command := &cobra.Command{
		Use: "plans", Short: "List what instances can be, and what that costs", Example: "  accrue cloud plans --location ams",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return c.plans(command, at) },
	}
	command.Flags().StringVar(&at, "location", "", "only what is offered in a `LOCATION`")
	completeFlag(command, "location", completer(c, 0, locationCandidates))
	return command
}

func (c *cloud) plans(command *cobra.Command, at string) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	locations, err := locationCandidates(command, panel)
	if err != nil {
		return err
	}
	path := "/v1/plans"
	if at != "" {
		location, err := pick("location", at, locations)
		if err != nil {
			return err
		}
		path += fmt.Sprintf("?location_id=%d", location.it.ID)
	}
	all, err := fetchAll[client.Plan](command, panel, path)
	if err != nil {
		return err
	}
	slugs := map[int64]string{}
	for _, l := range locations {
		slugs[l.id] = l.seen.it.Slug
	}
	return c.answer(command, all, func(w io.Writer) {
		rows := newTable("ID>", "NAME", "GROUP", "VCPU>", "MEMORY>", "DISK>", "PER HOUR>", "PER MONTH>", "TO BE HAD IN")
		for _, p := range all {
			r := p.it.Resources
			rows.row(fmt.Sprint(p.it.ID), handle(p.it.Name), p.it.Group.Name, fmt.Sprint(r.VCPUs), memoryText(r.MemoryMiB), fmt.Sprintf("%d GiB", r.DiskGiB),
				display(p.it.Price.Hourly, ""), display(p.it.Price.Monthly, ""), hadIn(p.it, slugs))
		}
		rows.print(w, "There are no plans.")
	})
}

// hadIn are the locations where a plan can be had now.
func hadIn(p client.Plan, slugs map[int64]string) string {
	where := ""
	for _, inside := range p.Availability {
		if inside.Available {
			where += " " + slugs[inside.LocationID]
		}
	}
	if where == "" {
		return "no room now"
	}
	return where[1:]
}

// listingOf is a command that lists all there is of something.
func listingOf[T any](c *cloud, use, short, path, none string, rows func([]seen[T]) *table) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: "  accrue cloud " + use, Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			panel, err := c.panel()
			if err != nil {
				return err
			}
			all, err := fetchAll[T](command, panel, path)
			if err != nil {
				return err
			}
			return c.answer(command, all, func(w io.Writer) { rows(all).print(w, none) })
		},
	}
}
