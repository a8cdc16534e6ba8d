package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) instancesCommand() *cobra.Command {
	command := commandGroup("instances", "List, create and command instances", "instance")
	show := &cobra.Command{
		Use: "show INSTANCE", Short: "Show an instance", Example: "  accrue cloud instances show web-1",
		Args: takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error { return c.showInstance(command, args[0]) },
	}
	command.AddCommand(c.instancesListCommand(), show, c.instanceCreateCommand())
	command.AddCommand(c.powerCommands()...)
	command.AddCommand(c.rescueCommands()...)
	command.AddCommand(c.rebuildCommand(), c.resizeCommand(), c.renameCommand(), c.labelCommand(), c.protectCommand(), c.instanceDeleteCommand())
	return command
}

func (c *cloud) instancesListCommand() *cobra.Command {
	var labels string
	var deleted bool
	command := &cobra.Command{
		Use: "list", Short: "List instances, with what they cost", Aliases: []string{"ls"},
		Example: "  accrue cloud instances list --label env=prod",
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			query := url.Values{"limit": {"200"}}
			if labels != "" {
				query.Set("label_selector", labels)
			}
			if deleted {
				query.Set("deleted", "true")
			}
			return c.listInstances(command, query)
		},
	}
	command.Flags().StringVar(&labels, "label", "", "only those that fit a `SELECTOR` such as env=prod,!tmp")
	command.Flags().BoolVar(&deleted, "deleted", false, "deleted ones, too")
	return command
}

func (c *cloud) listInstances(command *cobra.Command, query url.Values) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	all, err := fetchAll[client.Instance](command, panel, withQuery("/v1/instances", query))
	if err != nil {
		return err
	}
	return c.answer(command, all, func(w io.Writer) {
		rows := newTable("ID>", "NAME", "STATUS", "PLAN", "LOCATION", "ADDRESS", "PER HOUR>", "THIS MONTH>")
		for _, i := range all {
			address := ""
			if len(i.it.Addresses) > 0 {
				address = i.it.Addresses[0]
			}
			rows.row(fmt.Sprint(i.it.ID), i.it.Name, i.it.Status, i.it.Plan.Name, i.it.Location.Name, address, i.it.PerHour.Display, i.it.MonthUsed.Display)
		}
		rows.print(w, "There are no instances.")
	})
}

func (c *cloud) showInstance(command *cobra.Command, text string) error {
	_, i, err := c.instance(command, text)
	if err != nil {
		return err
	}
	return c.answer(command, i, func(w io.Writer) { tellInstance(w, i.it) })
}

func tellInstance(w io.Writer, i client.Instance) {
	var f facts
	f.add("Instance", "%s", refText(client.Ref{ID: i.ID, Name: i.Name}))
	f.add("Status", "%s", i.Status)
	if i.Rescue {
		f.add("Boots", "the rescue system; its own disk with: accrue cloud instances unrescue %s", i.Name)
	}
	f.add("Failure", "%s", i.Failure)
	f.add("Held by", "%s", strings.Join(i.Holds, ", "))
	for _, a := range i.Actions {
		if !a.Ended() {
			f.add("Under way", "%s, %d %%", sentenceOf(a), a.Progress)
		}
	}
	f.add("Location", "%s", i.Location.Name)
	f.add("Plan", "%s: %s", i.Plan.Name, resourcesText(i.Resources))
	if i.Image != nil {
		f.add("Image", "%s", i.Image.Name)
	}
	f.add("Addresses", "%s", strings.Join(i.Addresses, ", "))
	f.add("Labels", "%s", labelled(i.Labels))
	f.add("Protected", "%s", protected(i.Protection))
	f.add("Price", "%s", priceText(i.Price))
	f.add("Costs now", "%s an hour", i.PerHour.Display)
	f.add("This month", "%s", i.MonthUsed.Display)
	f.add("Created", "%s", stamp(i.CreatedAt))
	f.add("Up since", "%s", stampIf(i.UpAt, ""))
	f.add("Deleted", "%s", stampIf(i.DeletedAt, ""))
	f.print(w)
}

// protected says what an instance is protected from.
func protected(p client.Protection) string {
	var from []string
	if p.Delete {
		from = append(from, "deleting")
	}
	if p.Rebuild {
		from = append(from, "rebuilding")
	}
	return strings.Join(from, " and ")
}

// priceText is a price in words.
func priceText(p client.Price) string {
	switch {
	case p.Hourly == nil:
		return display(p.Monthly, "") + " a month"
	case p.Monthly == nil:
		return p.Hourly.Display + " an hour"
	}
	return fmt.Sprintf("%s an hour, %s a month at most", p.Hourly.Display, p.Monthly.Display)
}
